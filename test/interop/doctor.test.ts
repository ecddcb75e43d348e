/**
 * `renewd doctor` against faults that are put in one by one: each is found, at its place, with a way to mend it, and
 * nothing else is. Sandbox, name server, store and files are real.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { diagnose } from '../../src/composition/doctor.ts';
import { realWorld } from '../../src/composition/world.ts';
import { version } from '../../src/core/version.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { createLogger, createScrubber } from '../../src/platform/logger.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { loadConfiguration } from '../../src/settings/load.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { createMetrics } from '../../src/status/metrics.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { leaseHolder } from '../../src/composition/holder.ts';
import { freePort } from '../builders/free-port.ts';
import { createClosers, renewdProgram, runRenewd, start } from './processes.ts';

const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

function canMount(): boolean {
  const can = spawnSync('unshare', ['--mount', 'true']).status === 0;
  if (!can) process.stderr.write('skipped: doctor.test.ts: no name space of mounts can be made here\n');
  return can;
}

/** Only root can become somebody else, and a checkout in root's own directory cannot be run by others. */
function nobodyCanRun(): boolean {
  const readable = ['sh', '-c', 'test -r "$1" && test -x "$2"', 'sh', renewdProgram, process.execPath];
  const can = spawnSync('setpriv', [...asNobody, ...readable]).status === 0;
  if (!can) process.stderr.write('skipped: doctor.test.ts: user nobody cannot run this checkout\n');
  return can;
}

const closers = createClosers();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startFullSandbox({ clock: { now: () => new Date() }, zones: ['example.test'], tickMs: 0 });
  closers.add(() => sandbox.close());
});
afterAll(() => closers.close());

interface Place {
  readonly directory: string;
  readonly secrets: Record<string, string>;
  /** As it will be written. */
  readonly yaml: ReturnType<typeof healthy>;
}

/** Any, for whoever sets it. */
function aName(name: string): string {
  return name;
}

/** Of any kind, for whoever sets it. */
function aListener(): string | false | { readonly address: string; readonly allowUnauthenticated: true } {
  return false;
}

function healthy(directory: string) {
  const dns = `127.0.0.1:${sandbox.dns.address.port}`;
  return {
    store: { sqlite: 'state/renewd.db' },
    keys: 'state/keys',
    listen: aListener(),
    resolvers: [dns],
    authoritative: { 'example.test': [dns] },
    providers: {
      cnr: {
        type: 'rrpproxy',
        url: `${sandbox.vendors.get('rrpproxy')?.baseUrl ?? ''}/api/call.cgi`,
        login: sandboxAccounts.rrpproxy.login,
        password: { file: join(directory, 'secrets/cnr') },
        requestsPerSecond: 20,
        defaultTechContact: {
          firstName: 'Jane',
          lastName: 'Doe',
          phone: '+49.301234567',
          email: 'hostmaster@example.test',
        },
      },
    },
    publishers: {
      ns: {
        type: 'rfc2136',
        server: dns,
        zones: ['example.test'],
        key: {
          name: aName(sandboxTsigKey.name),
          algorithm: 'hmac-sha256',
          secret: { file: join(directory, 'secrets/tsig') },
        },
      },
      web: { type: 'webroot', path: join(directory, 'www') },
    },
    certificates: [
      {
        name: 'shop',
        names: ['shop.example.test'],
        provider: 'cnr',
        product: 'ssl123dv',
        dcv: { method: 'dns' },
        deploy: [{ directory: 'tls/shop', reload: ['/bin/true'] }],
      },
    ],
  };
}

async function aPlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-doctor-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['secrets', 'www', 'tls/shop', 'state/keys'])
    mkdirSync(join(directory, name), { recursive: true });
  chmodSync(join(directory, 'state/keys'), 0o700);
  chmodSync(join(directory, 'state'), 0o700);
  const yaml = healthy(directory);
  const secrets = { cnr: sandboxAccounts.rrpproxy.password, tsig: sandboxTsigKey.secret };
  await (await openSqliteStore(join(directory, 'state/renewd.db'), { create: true })).close();
  return { directory, yaml, secrets };
}

function write({ directory, yaml, secrets }: Place): string {
  for (const [name, value] of Object.entries(secrets)) {
    writeFileSync(join(directory, 'secrets', name), value);
    chmodSync(join(directory, 'secrets', name), 0o600);
  }
  const path = join(directory, 'renewd.yaml');
  writeFileSync(path, stringify(yaml), { mode: 0o640 });
  return path;
}

async function look(
  path: string,
  options: { offline?: boolean; names?: readonly string[]; now?: () => Date } = {},
) {
  const scrubber = createScrubber();
  const { offline = false, names = [], now } = options;
  const world = now === undefined ? realWorld : { ...realWorld, clock: { ...realWorld.clock, now } };
  return diagnose(
    path,
    { offline, names, progress: () => undefined },
    {
      world,
      logger: await createLogger({ level: 'error', pretty: false, scrubber, write: () => undefined }),
      metrics: createMetrics(version),
      scrubber,
      env: {},
      passedSockets: [],
      health: { instance: 'here', startedAt: new Date(), lastPassAt: null, configValid: true },
      load: (readSecrets) =>
        loadConfiguration(path, { schemas, env: {}, readSecrets, processes: realWorld.processes }),
    },
  );
}

/** A machine of a developer may be confined or run the unit: that is not what is tested. */
function ofOurs(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ area, level }) => level !== 'ok' && area !== 'security' && area !== 'systemd');
}

test('a healthy place has nothing to complain of, and every area is looked at', async () => {
  const place = await aPlace();
  place.yaml.listen = await listening(
    createServer((_, answer) =>
      answer.end(JSON.stringify({ status: 'ok', lastPassAt: new Date(), configValid: true })),
    ),
  );
  const path = write(place);
  const findings = await look(path);
  expect(ofOurs(findings)).toEqual([]);
  expect(new Set(findings.map(({ area }) => area))).toEqual(
    new Set([
      'node',
      'config',
      'permissions',
      'store',
      'disk',
      'clock',
      'dns',
      'publisher',
      'provider',
      'reload',
      'listener',
      'security',
      ...(findings.some(({ area }) => area === 'systemd') ? ['systemd'] : []),
    ]),
  );
  const requests = sandbox.vendors.get('rrpproxy')?.simulator.invoices();
  expect(requests).toEqual([]);
  expect(sandbox.dns.records('_dnsauth.shop.example.test', 'TXT')).toEqual([]);
});

interface Fault {
  readonly what: string;
  readonly prepare: (place: Place) => unknown;
  /** After everything is written. */
  readonly after?: (place: Place) => unknown;
  readonly now?: () => Date;
  readonly finds: readonly {
    area: Finding['area'];
    level: Finding['level'];
    where: RegExp;
    what: RegExp;
    fix?: RegExp;
  }[];
}

/** Its address, as `listen` writes it. */
function listening(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
}

const inFuture = new Date(Date.now() + 86_400_000);

const faults: readonly Fault[] = [
  {
    what: 'a mistake in the configuration',
    prepare: ({ yaml }) => Object.assign(yaml, { shedule: '* * * * *' }),
    finds: [
      { area: 'config', level: 'fail', where: /renewd\.yaml:\d+:\d+$/, what: /unknown key/, fix: /schedule/ },
    ],
  },
  {
    what: 'a secret that is not there',
    prepare: () => undefined,
    after: ({ directory }) => rmSync(join(directory, 'secrets/cnr')),
    finds: [
      { area: 'config', level: 'fail', where: /renewd\.yaml/, what: /no secret file/ },
      { area: 'provider', level: 'fail', where: /^cnr$/, what: /no secret file/ },
    ],
  },
  {
    what: 'a secret of a publisher that is not there',
    prepare: () => undefined,
    after: ({ directory }) => rmSync(join(directory, 'secrets/tsig')),
    finds: [
      { area: 'config', level: 'fail', where: /renewd\.yaml/, what: /no secret file/ },
      { area: 'publisher', level: 'fail', where: /^ns$/, what: /cannot be set up: .*no secret file/ },
    ],
  },
  {
    what: 'a secret for everybody',
    prepare: () => undefined,
    after: ({ directory }) => chmodSync(join(directory, 'secrets/cnr'), 0o644),
    finds: [
      { area: 'config', level: 'warn', where: /renewd\.yaml/, what: /every user/ },
      { area: 'permissions', level: 'fail', where: /secrets\/cnr$/, what: /every user/, fix: /^chmod 0600 / },
    ],
  },
  {
    what: 'a configuration that everybody can write',
    prepare: () => undefined,
    after: ({ directory }) => chmodSync(join(directory, 'renewd.yaml'), 0o666),
    finds: [
      {
        area: 'permissions',
        level: 'fail',
        where: /renewd\.yaml$/,
        what: /every user .* change/,
        fix: /chmod o-w/,
      },
    ],
  },
  {
    what: 'a key directory that others can look into',
    prepare: ({ directory }) => chmodSync(join(directory, 'state/keys'), 0o755),
    finds: [{ area: 'permissions', level: 'warn', where: /keys$/, what: /look into/, fix: /chmod 0700/ }],
  },
  {
    what: 'a key directory that others can write',
    prepare: ({ directory }) => chmodSync(join(directory, 'state/keys'), 0o770),
    finds: [{ area: 'permissions', level: 'fail', where: /keys$/, what: /write into/, fix: /chmod 0700/ }],
  },
  {
    what: 'a file in place of the deploy directory',
    prepare: ({ directory }) => {
      rmSync(join(directory, 'tls/shop'), { recursive: true });
      writeFileSync(join(directory, 'tls/shop'), '');
    },
    finds: [
      { area: 'config', level: 'fail', where: /renewd\.yaml/, what: /is a file/ },
      { area: 'permissions', level: 'fail', where: /tls\/shop$/, what: /no directory/, fix: /install -d/ },
    ],
  },
  {
    what: 'a deployed key that everybody can read',
    prepare: ({ directory }) => writeFileSync(join(directory, 'tls/shop/privkey.pem'), 'x', { mode: 0o644 }),
    finds: [
      { area: 'permissions', level: 'fail', where: /privkey\.pem$/, what: /every user/, fix: /--new-key/ },
    ],
  },
  {
    what: 'a web root that is not there',
    prepare: ({ directory }) => rmSync(join(directory, 'www'), { recursive: true }),
    finds: [
      { area: 'permissions', level: 'fail', where: /www$/, what: /no such directory/, fix: /install -d/ },
    ],
  },
  {
    what: 'a store that is damaged',
    prepare: ({ directory }) =>
      writeFileSync(join(directory, 'state/renewd.db'), 'no database at all, but long enough'),
    finds: [{ area: 'store', level: 'fail', where: /renewd\.db$/, what: /renewd\.db/, fix: /backup/ }],
  },
  {
    what: 'a store of another program',
    prepare: ({ directory }) => {
      rmSync(join(directory, 'state/renewd.db'));
      const other = new DatabaseSync(join(directory, 'state/renewd.db'));
      other.exec('CREATE TABLE songs (title TEXT)');
      other.close();
      chmodSync(join(directory, 'state/renewd.db'), 0o600);
    },
    finds: [{ area: 'store', level: 'fail', where: /renewd\.db$/, what: /another program/ }],
  },
  {
    what: 'a store that others can open',
    prepare: ({ directory }) => chmodSync(join(directory, 'state/renewd.db'), 0o644),
    finds: [
      {
        area: 'store',
        level: 'warn',
        where: /renewd\.db$/,
        what: /others than its owner/,
        fix: /chmod 0600/,
      },
    ],
  },
  {
    what: 'a lease of a process that is gone',
    prepare: ({ directory }) => lease(directory, leaseHolder('daemon').replace(/:\d+:\d+:/, ':4194300:1:')),
    finds: [{ area: 'store', level: 'warn', where: /renewd\.db$/, what: /process that is gone/ }],
  },
  {
    what: 'a history from the future',
    prepare: ({ directory }) => {
      const database = new DatabaseSync(join(directory, 'state/renewd.db'));
      database
        .prepare(
          "INSERT INTO ledger (at, certificate, kind, subject, text, paid, detail) VALUES (?, 'shop', 'note', 'x', 'x', 0, '{}')",
        )
        .run(inFuture.getTime());
      database.close();
    },
    finds: [{ area: 'clock', level: 'fail', where: /renewd\.db$/, what: /future/, fix: /timedatectl/ }],
  },
  {
    what: 'a resolver that is down',
    prepare: async ({ yaml }) => void yaml.resolvers.push(`127.0.0.1:${await freePort()}`),
    finds: [
      {
        area: 'dns',
        level: 'fail',
        where: /^resolver 127/,
        what: /ECONNREFUSED|no answer/,
        fix: /resolvers/,
      },
    ],
  },
  {
    what: 'one of two name servers that is down',
    prepare: async ({ yaml }) =>
      void yaml.authoritative['example.test'].push(`127.0.0.1:${await freePort()}`),
    finds: [
      {
        area: 'dns',
        level: 'warn',
        where: /^zone example\.test$/,
        what: /ECONNREFUSED|no answer/,
        fix: /dig/,
      },
    ],
  },
  {
    what: 'a name that no zone holds and no alias leads from',
    prepare: ({ yaml }) => void (yaml.publishers.ns.zones = ['validation.example.test']),
    finds: [
      { area: 'config', level: 'warn', where: /renewd\.yaml/, what: /no zone/ },
      {
        area: 'dns',
        level: 'warn',
        where: /^_dnsauth\.shop\.example\.test$/,
        what: /no alias/,
        fix: /CNAME .*validation/,
      },
    ],
  },
  {
    what: 'a wrong TSIG secret',
    prepare: ({ secrets }) =>
      (secrets['tsig'] = Buffer.from('something else altogether, 32 by').toString('base64')),
    finds: [
      { area: 'publisher', level: 'fail', where: /^ns /, what: /BADSIG|signature/, fix: /publishers\.ns/ },
    ],
  },
  {
    what: 'a TSIG key of another name',
    prepare: ({ yaml }) => (yaml.publishers.ns.key.name = 'nobody'),
    finds: [{ area: 'publisher', level: 'fail', where: /^ns /, what: /does not know the TSIG key/ }],
  },
  {
    what: 'a wrong password',
    prepare: ({ secrets }) => (secrets['cnr'] = 'wrong'),
    finds: [{ area: 'provider', level: 'fail', where: /^cnr$/, what: /./, fix: /allowed addresses/ }],
  },
  {
    what: 'a provider that is down',
    prepare: async ({ yaml }) => (yaml.providers.cnr.url = `http://127.0.0.1:${await freePort()}/api`),
    finds: [
      { area: 'provider', level: 'fail', where: /^cnr \(127/, what: /ECONNREFUSED/, fix: /curl/ },
      { area: 'provider', level: 'fail', where: /^cnr$/, what: /ECONNREFUSED/ },
    ],
  },
  {
    what: 'a clock that is an hour ahead',
    prepare: ({ yaml }) => void (yaml.publishers.ns.zones = ['validation.example.test']),
    now: () => new Date(Date.now() + 3_600_000),
    finds: [
      { area: 'config', level: 'warn', where: /./, what: /no zone/ },
      { area: 'clock', level: 'fail', where: /^127\.0\.0\.1/, what: /1h.* ahead/, fix: /timedatectl/ },
      { area: 'dns', level: 'warn', where: /_dnsauth/, what: /no alias/ },
    ],
  },
  {
    what: 'a reload program that is not there',
    prepare: ({ yaml }) => setReload(yaml, ['/usr/sbin/no-such-server', 'reload']),
    finds: [{ area: 'reload', level: 'fail', where: /no-such-server reload$/, what: /no program/ }],
  },
  {
    what: 'a reload program that may not be run',
    prepare: ({ directory, yaml }) => {
      writeFileSync(join(directory, 'reload'), '#!/bin/sh\n', { mode: 0o644 });
      setReload(yaml, [join(directory, 'reload')]);
    },
    finds: [{ area: 'reload', level: 'fail', where: /reload$/, what: /may not run/, fix: /chmod a\+x/ }],
  },
  {
    what: 'a port that another web server has',
    prepare: async ({ yaml }) =>
      (yaml.listen = await listening(createServer((_, answer) => answer.end('hello')))),
    finds: [
      { area: 'listener', level: 'fail', where: /^127/, what: /another web server/, fix: /another port/ },
    ],
  },
  {
    what: 'a daemon that makes no passes, on an old configuration',
    prepare: async ({ yaml }) =>
      (yaml.listen = await listening(
        createServer((_, answer) =>
          answer.end(JSON.stringify({ status: 'stuck', lastPassAt: inFuture, configValid: false })),
        ),
      )),
    finds: [
      { area: 'clock', level: 'fail', where: /^127/, what: /last pass .* future/ },
      { area: 'listener', level: 'fail', where: /^127/, what: /no passes/, fix: /restart renewd/ },
      {
        area: 'listener',
        level: 'warn',
        where: /^127/,
        what: /last good configuration/,
        fix: /renewd check/,
      },
    ],
  },
  {
    what: 'an address that is not of this host',
    prepare: ({ yaml }) => (yaml.listen = { address: '192.0.2.1:9464', allowUnauthenticated: true }),
    finds: [
      { area: 'config', level: 'warn', where: /./, what: /./ },
      { area: 'listener', level: 'fail', where: /^192/, what: /no address/ },
    ],
  },
];

function setReload(yaml: Place['yaml'], argv: string[]): void {
  for (const { deploy } of yaml.certificates) for (const target of deploy) target.reload = argv;
}

function lease(directory: string, holder: string): void {
  const database = new DatabaseSync(join(directory, 'state/renewd.db'));
  database
    .prepare("INSERT INTO leases (name, holder, expires_at) VALUES ('daemon', ?, ?)")
    .run(holder, Date.now() + 600_000);
  database.close();
}

describe('each fault is found, and nothing else', () => {
  test.for(faults)('$what', async ({ prepare, after, now, finds }) => {
    const place = await aPlace();
    await prepare(place);
    const path = write(place);
    await after?.(place);
    const found = ofOurs(await look(path, now === undefined ? {} : { now }));
    expect(found.map(({ area, level }) => `${area} ${level}`)).toEqual(
      finds.map(({ area, level }) => `${area} ${level}`),
    );
    for (const [index, { where, what, fix }] of finds.entries()) {
      expect(found[index]?.where).toMatch(where);
      expect(found[index]?.what).toMatch(what);
      expect(found[index]?.fix ?? '').toMatch(fix ?? '');
    }
    for (const secret of Object.values(place.secrets))
      expect(JSON.stringify(found)).not.toContain(`"${secret}"`);
  });
});

describe('as a command', () => {
  test('a healthy place is exit code 0; with NAME only what it needs is looked at', async () => {
    const path = write(await aPlace());
    const all = await runRenewd(['doctor', '-c', path], { timeoutMs: 100_000 });
    expect(all.stdout).toMatch(/^ok +store +\S+renewd\.db: opens, whole, schema \d+$/m);
    expect(all.stdout).toMatch(/\n\d+ right, \d+ to look at, 0 failing\n$/);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    const wrong = await runRenewd(['doctor', 'shpo', '-c', path], { timeoutMs: 100_000 });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('did you mean "shop"?');
  });

  test('many faults at once are all told, for machines too, and exit code 1', async () => {
    const place = await aPlace();
    setReload(place.yaml, ['no-such-program']);
    place.secrets['cnr'] = 'wrong';
    place.secrets['tsig'] = 'bm9uc2Vuc2U=';
    rmSync(join(place.directory, 'www'), { recursive: true });
    chmodSync(join(place.directory, 'state/keys'), 0o777);
    const finished = await runRenewd(['doctor', '--json', '-c', write(place)], { timeoutMs: 100_000 });
    expect(finished).toMatchObject({ code: 1, stderr: '' });
    const told: { healthy: boolean; failed: number; findings: Finding[] } = JSON.parse(finished.stdout);
    expect(told).toMatchObject({ healthy: false, failed: 5 });
    const failing = told.findings.filter(({ level }) => level === 'fail');
    expect(failing.map(({ area }) => area)).toEqual([
      'permissions',
      'permissions',
      'publisher',
      'provider',
      'reload',
    ]);
    expect(failing.every(({ fix = '', why = '' }) => fix.length > 5 && why.length > 5)).toBe(true);
    expect(finished.stdout).not.toContain('bm9uc2Vuc2U=');
  });

  test.skipIf(!nobodyCanRun())('who may not write is told where, and whom it belongs to', async () => {
    const place = await aPlace();
    const path = write(place);
    // The place may be looked into, but the state and the deploy directory are root's.
    chmodSync(place.directory, 0o755);
    chmodSync(path, 0o644);
    chownSync(join(place.directory, 'state'), 65_534, 65_534);
    chownSync(join(place.directory, 'state/renewd.db'), 65_534, 65_534);
    const finished = await start(
      'setpriv',
      [...asNobody, process.execPath, renewdProgram, 'doctor', '--offline', '-c', path],
      { env: { HOME: place.directory } },
    ).ended;
    expect(finished.code).toBe(1);
    for (const text of [
      /^fail  permissions  \S+state\/keys: nobody cannot write there: it belongs to root:root, mode 0700$/m,
      /^fail  permissions  \S+tls\/shop: nobody cannot write there: it belongs to root:root, mode 0755$/m,
      /^ {6}fix: chown nobody \S+tls\/shop && chmod u\+rwx/m,
      /^fail  permissions  \S+secrets\/cnr: nobody cannot read this secret/m,
      /^fail  config +\S+ providers\.cnr\.password: secret file \S+ may not be read/m,
      /^ok +store +\S+renewd\.db: opens, whole/m,
    ])
      expect(finished.stdout).toMatch(text);
  });

  test.skipIf(!canMount())('a read-only mount is told as such: no owner or mode is to blame', async () => {
    const place = await aPlace();
    const path = write(place);
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
    const doctor = [process.execPath, renewdProgram, 'doctor', '--offline', '-c', path];
    const finished = await start('unshare', ['--mount', 'sh', '-c', script, place.directory, ...doctor])
      .ended;
    expect(finished.code).toBe(1);
    for (const text of [
      /^fail  permissions  \S+tls\/shop: root cannot write there: its file system is read-only$/m,
      /^ {6}fix: mount it writable: ReadWritePaths=\S+tls\/shop in the unit/m,
      /^ {6}fix: mount it writable: ReadWritePaths=\S+state in the unit/m,
    ])
      expect(finished.stdout).toMatch(text);
    expect(finished.stdout).not.toContain('chown');
  });
});
