/**
 * The daemon is killed without warning, again and again, at moments spread over the whole flow, and started anew each
 * time. Afterwards everything is served, nothing was bought twice, no key is lost, no reader ever saw half a set, and
 * no evidence is left behind.
 */
import { createPrivateKey, createPublicKey, createHash, randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Store } from '../../src/contracts/store.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { createClosers, pause, runRenewd, start, startRenewd, until, type Running } from './processes.ts';
import { fingerprintOf, products, seedOnDisk, type Vendor } from './seeds.ts';
import type { ReaderReport } from './set-reader.ts';

/** Rounds; more of them are for a machine that has the time (docs/reliability.md). */
const kills = Number(process.env['RENEWD_KILLS'] ?? 20);
/** In the inventory from the beginning; one more comes with each start. */
const firstCertificates = 6;
/** Several of one user: they have to keep to the pace of two requests a second together. */
const internetxAccounts = 4;
/**
 * What follows here is for a machine on which one pass over nothing takes so long, from the start of the program to its
 * end; where that takes longer, so do they.
 */
const usualPassMs = 1500;
const slownessMax = 12;
/** The first so many milliseconds of a daemon's life are loading; kills by time fall into the rest too. */
const lifeMs = 3000;
/** Until a daemon writes its first line: it has loaded the inventory then. */
const loadingTimeoutMs = 60_000;
/** A trigger that has not come so long after that line is replaced by that moment. */
const patienceMs = 5000 + kills * 10;
/** A quarter of the certificates is at InterNetX, and each needs about eight requests at its pace. */
const servedTimeoutMs = 300_000 + kills * 2000;
const testTimeoutMs = 240_000 + servedTimeoutMs + kills * (loadingTimeoutMs + patienceMs * slownessMax);

const zone = 'example.test';
const secrets = {
  CNR_PASSWORD: sandboxAccounts.rrpproxy.password,
  INX_PASSWORD: sandboxAccounts.internetx.password,
  HX_PASSWORD: sandboxAccounts.hexonet.password,
  RS_API_KEY: sandboxAccounts.resello.apiKey,
  TSIG_SECRET: sandboxTsigKey.secret,
};

/** Mulberry32: small, and the same on every machine for the same seed. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What a kill waits for: an entry of the ledger, an order that reaches the CA, or nothing but time. */
type Trigger =
  | { readonly kind: 'ledger'; readonly subject: RegExp }
  | { readonly kind: 'order' }
  | { readonly kind: 'time' };

const triggers: readonly Trigger[] = [
  { kind: 'ledger', subject: /^begin$/ },
  { kind: 'ledger', subject: /^submit / },
  { kind: 'order' },
  { kind: 'order' },
  { kind: 'order' },
  { kind: 'ledger', subject: /^awaiting-dcv$/ },
  { kind: 'ledger', subject: /^publish$/ },
  { kind: 'ledger', subject: /^awaiting-issuance$/ },
  { kind: 'ledger', subject: /^issued$/ },
  { kind: 'ledger', subject: /^verified$/ },
  { kind: 'ledger', subject: /^deployed$/ },
  { kind: 'ledger', subject: /^served$/ },
  { kind: 'time' },
  { kind: 'time' },
];

/** Whose answers are held back for a moment when a kill waits for an order: it falls between buying and knowing of it. */
const heldBack = [
  ['rrpproxy', 'RenewCertificate'],
  ['rrpproxy', 'ReissueCertificate'],
  ['internetx', 'POST /certificate'],
  ['internetx', 'PUT /certificate/{id}'],
  ['internetx', 'PUT /certificate/{id}/_renew'],
  ['hexonet', 'CreateSSLCert'],
  ['hexonet', 'ReissueSSLCert'],
  ['hexonet', 'RenewSSLCert'],
  ['resello', 'POST /ssl-certificate'],
  ['resello', 'POST /ssl-certificate/{id}/reissue'],
  ['resello', 'POST /ssl-certificate/{id}/renew'],
] as const;

const vendors = ['rrpproxy', 'internetx', 'hexonet', 'resello'] as const satisfies readonly Vendor[];
const accountOf = { rrpproxy: 'cnr', hexonet: 'hx', resello: 'rs' } as const;

interface Plan {
  readonly name: string;
  readonly host: string;
  readonly vendor: Vendor;
  readonly provider: string;
  readonly verb: 'reissue' | 'renew' | 'create';
  readonly method: 'dns' | 'file';
}

/** All verbs at all vendors, proved both ways, in turn: the vendors move on by one with each round of the verbs. */
function planOf(index: number): Plan {
  const name = `site-${String(index).padStart(2, '0')}`;
  const vendor = vendors[(index + Math.floor(index / 4)) % vendors.length] ?? 'rrpproxy';
  const verb = (['reissue', 'renew', 'create', 'renew'] as const)[index % 4] ?? 'reissue';
  return {
    name,
    host: `${name}.${zone}`,
    vendor,
    provider:
      vendor === 'internetx'
        ? `inx${Math.floor(index / vendors.length) % internetxAccounts}`
        : accountOf[vendor],
    verb,
    method: index % 5 === 1 || index % 5 === 4 ? 'file' : 'dns',
  };
}

const plans = Array.from({ length: firstCertificates + kills - 1 }, (_, index) => planOf(index));
const life = { reissue: { daysLeft: 12, paidDays: 180 }, renew: { daysLeft: 6, paidDays: 8 } } as const;

function spkiOf(keyPem: string): string {
  const der = createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

/** Keys of every request a vendor passed on, that are not in the directory of keys. */
function lostKeys(sandbox: Sandbox, directory: string): readonly string[] {
  const kept = new Set(
    readdirSync(directory)
      .filter((name) => name.endsWith('.pem'))
      .map((name) => spkiOf(readFileSync(join(directory, name), 'utf8'))),
  );
  return sandbox.ca.orders().flatMap(({ id, request }) => {
    const { spkiSha256 } = sandbox.ca.parseCsr(request.csrPem);
    return kept.has(spkiSha256) ? [] : [`${id} for ${request.names.join(', ')}`];
  });
}

function configurationOf(
  sandbox: Sandbox,
  directory: string,
  tlsPort: number,
  count: number,
): Record<string, unknown> {
  const urlOf = (vendor: string): string => sandbox.vendors.get(vendor)?.baseUrl ?? '';
  const dns = `127.0.0.1:${sandbox.dns.address.port}`;
  const shared = { lostAnswerGrace: '1s', spend: { ordersPerDay: plans.length } };
  const inx = {
    type: 'internetx',
    url: `${urlOf('internetx')}/v1`,
    user: sandboxAccounts.internetx.user,
    password: { env: 'INX_PASSWORD' },
    adminContact: 100,
    ...shared,
  };
  return {
    store: { sqlite: 'renewd.db' },
    keys: 'keys',
    listen: false,
    schedule: '* * * * * *',
    resolvers: [dns],
    authoritative: { [zone]: [dns] },
    providers: {
      cnr: {
        type: 'rrpproxy',
        url: `${urlOf('rrpproxy')}/api/call.cgi`,
        login: sandboxAccounts.rrpproxy.login,
        password: { env: 'CNR_PASSWORD' },
        requestsPerSecond: 20,
        defaultTechContact: {
          firstName: 'Jane',
          lastName: 'Doe',
          phone: '+49.301234567',
          email: 'hostmaster@example.test',
        },
        ...shared,
      },
      hx: {
        type: 'hexonet',
        url: `${urlOf('hexonet')}/api/call.cgi`,
        login: sandboxAccounts.hexonet.login,
        password: { env: 'HX_PASSWORD' },
        requestsPerSecond: 20,
        ...shared,
      },
      rs: {
        type: 'resello',
        url: `${urlOf('resello')}/api`,
        username: sandboxAccounts.resello.username,
        apiKey: { env: 'RS_API_KEY' },
        requestsPerSecond: 20,
        ...shared,
      },
      ...Object.fromEntries(
        Array.from({ length: internetxAccounts }, (_, index) => [`inx${index}`, inx] as const),
      ),
    },
    publishers: {
      ns: {
        type: 'rfc2136',
        server: dns,
        zones: [zone],
        key: { name: sandboxTsigKey.name, algorithm: 'hmac-sha256', secret: { env: 'TSIG_SECRET' } },
      },
      // A web root for each site, as virtual hosts have: the vendors' file has one name for all orders.
      ...Object.fromEntries(
        plans
          .filter(({ method }) => method === 'file')
          .map(({ name, host }) => [
            `web-${name}`,
            { type: 'webroot', path: join(directory, 'webroot', name), hosts: [host, `www.${host}`] },
          ]),
      ),
    },
    defaults: { deploy: { reload: ['/bin/true'], probeTimeout: '10s' } },
    certificates: plans.slice(0, count).map(({ name, host, vendor, provider, method }) => ({
      name,
      names: [host],
      provider,
      product: products[vendor],
      // Not every reseller hands out the root.
      trustAnchors: ['root.pem'],
      dcv: {
        method,
        publisher: method === 'dns' ? 'ns' : `web-${name}`,
        ...(vendor === 'hexonet' ? { record: 'cname' } : {}),
      },
      deploy: [{ directory: `tls/${name}`, probe: [{ host: '127.0.0.1', port: tlsPort, serverName: host }] }],
    })),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Serves what is in place at the moment of the handshake. */
async function startTls(directory: string): Promise<{ port: number; close: () => void }> {
  const server = createTlsServer({
    SNICallback(host, callback) {
      try {
        const pem = readFileSync(join(directory, 'tls', host.split('.')[0] ?? '', 'combined.pem'));
        callback(null, createSecureContext({ key: pem, cert: pem }));
      } catch (thrown) {
        callback(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => void server.close() };
}

/** The web server of all names, for the CA's fetches: below the root a directory for each site. */
async function startWeb(root: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    try {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const site = (request.headers.host ?? '').replace(/^www\./, '').split('.')[0] ?? '';
      response.end(readFileSync(join(root, site, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => void server.close() };
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function evidenceIn(sandbox: Sandbox): readonly string[] {
  return sandbox.ca
    .orders()
    .flatMap(({ request }) => request.requirements)
    .flatMap((one) => (one.kind === 'dns-txt' || one.kind === 'dns-cname' ? [one.recordName] : []))
    .flatMap((name) => [
      ...sandbox.dns.records(name, 'TXT').map((value) => `${name} TXT ${value}`),
      ...sandbox.dns.records(name, 'CNAME').map((value) => `${name} CNAME ${value}`),
    ]);
}

test(`killed ${kills} times in the middle of things`, { timeout: testTimeoutMs }, async () => {
  const seed = Number(process.env['RENEWD_KILL_SEED'] ?? randomInt(2 ** 31));
  process.stdout.write(`sigkill: seed ${seed} (RENEWD_KILL_SEED=${seed} repeats its choices)\n`);
  const random = seededRandom(seed);
  const closers = createClosers();
  const startedAt = performance.now();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'renewd-sigkill-'));
    closers.add(() => rmSync(directory, { recursive: true, force: true }));
    for (const name of ['tls', 'webroot', 'keys']) mkdirSync(join(directory, name), { mode: 0o700 });
    for (const { name } of plans) mkdirSync(join(directory, 'webroot', name));
    const web = await startWeb(join(directory, 'webroot'));
    closers.add(web.close);
    const tls = await startTls(directory);
    closers.add(tls.close);
    const sandbox = await startFullSandbox({
      clock: { now: () => new Date() },
      zones: [zone],
      tickMs: 100,
      issuanceDelayMs: 300,
      httpPortMap: web.port,
    });
    closers.add(() => sandbox.close());
    writeFileSync(join(directory, 'root.pem'), sandbox.ca.rootPem);
    for (const { name, host, vendor, verb, method } of plans) {
      if (verb === 'create') continue;
      await seedOnDisk(sandbox, {
        vendor,
        method,
        names: [host],
        ...life[verb],
        directory: join(directory, 'tls', name),
      });
    }
    const seededInvoices = [...sandbox.vendors.values()].flatMap(({ simulator }) => simulator.invoices());
    expect(seededInvoices).toEqual([]);
    const store = await openSqliteStore(join(directory, 'renewd.db'), { create: true });
    closers.add(() => store.close());
    const configPath = join(directory, 'renewd.yaml');

    const reader = start(process.execPath, [
      fileURLToPath(new URL('./set-reader.ts', import.meta.url)),
      join(directory, 'tls'),
    ]);
    closers.add(() => reader.stop());

    const startDaemon = (): Running => {
      const daemon = startRenewd(['run', '-c', configPath], { env: secrets, cwd: directory });
      closers.add(() => daemon.stop());
      return daemon;
    };

    // Who is killed keeps no compiled code; who ends in order does, and all that follow start sooner.
    writeFileSync(configPath, stringify(configurationOf(sandbox, directory, tls.port, 0)));
    const idle = await runRenewd(['once', '-c', configPath], { env: secrets, cwd: directory });
    expect(idle).toMatchObject({ code: 0, stdout: 'nothing to do\n' });
    const slowness = Math.min(Math.max(1, idle.durationMs / usualPassMs), slownessMax);

    const struck: Record<string, number> = {};
    const strike = async (store: Store): Promise<void> => {
      for (const { state } of await store.openRenewals()) struck[state] = (struck[state] ?? 0) + 1;
    };
    const errorLines: string[] = [];
    let missedTriggers = 0;

    for (let kill = 1; kill <= kills; kill += 1) {
      const count = firstCertificates + kill - 1;
      writeFileSync(configPath, stringify(configurationOf(sandbox, directory, tls.port, count)));
      const trigger = triggers[random(triggers.length)] ?? { kind: 'time' };
      const delayMs = trigger.kind === 'time' ? random(Math.round(lifeMs * slowness)) : random(50);
      const before = (await store.ledger({ limit: 1_000_000 })).at(-1)?.sequence ?? 0;
      const ordersBefore = sandbox.ca.orders().length;
      if (trigger.kind === 'order') {
        for (const [vendor, command] of heldBack)
          sandbox.faults.add({ vendor, command, kind: 'delay', delayMs: 100 });
      }
      const daemon = startDaemon();
      let deadline = performance.now() + loadingTimeoutMs;
      let loading = true;
      let after = before;
      const triggered = async (): Promise<boolean> => {
        if (trigger.kind === 'time') return true;
        if (trigger.kind === 'order') return sandbox.ca.orders().length > ordersBefore;
        const entries = await store.ledger({ afterSequence: after, limit: 1000 });
        after = entries.at(-1)?.sequence ?? after;
        return entries.some(({ subject }) => trigger.subject.test(subject));
      };
      while (!(await triggered())) {
        if (!daemon.isRunning()) throw new Error(`the daemon ended by itself:\n${daemon.stderr()}`);
        if (loading && daemon.stderr() !== '') {
          loading = false;
          deadline = performance.now() + patienceMs * slowness;
        }
        if (performance.now() > deadline) {
          missedTriggers += 1;
          break;
        }
        await pause(5);
      }
      await pause(delayMs);
      if (!daemon.isRunning()) throw new Error(`the daemon ended by itself:\n${daemon.stderr()}`);
      daemon.kill('SIGKILL');
      const { stderr } = await daemon.ended;
      errorLines.push(...stderr.split('\n').filter((line) => line.includes('"level":"error"')));
      sandbox.faults.clear();
      await strike(store);
      expect(lostKeys(sandbox, join(directory, 'keys'))).toEqual([]);
    }
    const killedMs = performance.now() - startedAt;

    const last = startDaemon();
    try {
      await until(
        'everything is served',
        servedTimeoutMs,
        async () => {
          if (!last.isRunning()) throw new Error('the daemon ended by itself');
          const troubles = [];
          for (const { name } of plans) {
            const renewals = await store.renewalsOf(name, 10);
            if (renewals.map(({ state }) => state).join() === 'served') continue;
            const told = renewals.map(({ state, failure }) => `${state} ${failure?.message ?? ''}`);
            troubles.push(`${name}: ${told.join(', ')}`);
          }
          if (troubles.length === 0) return true;
          throw new Error(troubles.join('\n'));
        },
        200,
      );
    } catch (error) {
      throw new Error(`the daemon said:\n${last.stderr().split('\n').slice(-20).join('\n')}`, {
        cause: error,
      });
    }

    await until('all evidence is withdrawn, and that is written down', 300_000, async () => {
      const remembered = (await store.challengesToWithdraw()).map(({ renewalId }) => renewalId);
      const left = [...evidenceIn(sandbox), ...filesBelow(join(directory, 'webroot')), ...remembered];
      if (left.length === 0) return true;
      throw new Error(left.join('; '));
    });
    const ended = await last.stop();
    expect(ended).toMatchObject({ code: 0, signal: null });
    errorLines.push(...ended.stderr.split('\n').filter((line) => line.includes('"level":"error"')));

    // One order per intent: nothing twice, nothing for nothing.
    const orders = sandbox.ca.orders();
    for (const { name, host } of plans) {
      const own = orders.filter(({ request }) => request.names.includes(host));
      expect(
        own.map(({ status }) => status),
        name,
      ).toEqual(['issued']);
      const deployed = readFileSync(join(directory, 'tls', name, 'cert.pem'));
      expect(fingerprintOf(deployed), name).toBe(fingerprintOf(own[0]?.certificate?.leafPem ?? ''));
    }
    expect(orders).toHaveLength(plans.length);
    for (const vendor of vendors) {
      const paid = plans.filter((plan) => plan.vendor === vendor && plan.verb !== 'reissue');
      expect(sandbox.vendors.get(vendor)?.simulator.invoices(), vendor).toHaveLength(paid.length);
    }
    expect(lostKeys(sandbox, join(directory, 'keys'))).toEqual([]);
    expect(await store.openRenewals()).toEqual([]);

    const { stdout } = await reader.stop();
    const seen: ReaderReport = JSON.parse(stdout);
    expect(seen.torn).toEqual([]);
    expect(seen.looks).toBeGreaterThan(1000);
    const settled = (await store.ledger({ limit: 1_000_000 })).filter(({ subject }) => subject === 'settle');
    const absent = settled.filter(({ text }) => text.includes('never placed')).length;
    process.stdout.write(
      `sigkill: ${kills} kills in ${(killedMs / 1000).toFixed(0)} s (${missedTriggers} without their trigger), ` +
        `${plans.length} certificates served after ${((performance.now() - startedAt) / 1000).toFixed(0)} s; ` +
        `lost answers settled: ${settled.length} (${absent} never placed); open at the kills: ${JSON.stringify(struck)}; ` +
        `reader: ${seen.looks} looks at ${seen.versions} sets, ${seen.torn.length} torn\n`,
    );
    expect(errorLines).toEqual([]);
    expect(Object.keys(struck).length).toBeGreaterThanOrEqual(4);
  } finally {
    await closers.close();
  }
});
