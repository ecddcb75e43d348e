/**
 * Secrets of every kind are planted in a real daemon's configuration, by every kind of source, and driven through
 * success, refusals that repeat them, broken configurations, reloads and every command that shows something. Afterwards
 * none of them, in no encoding, stands anywhere it was not meant to go.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { startSmtpServer } from '../builders/smtp-server.ts';
import { freePort } from '../builders/free-port.ts';
import { createClosers, runRenewd, startRenewd, until } from '../interop/processes.ts';
import { canary, leaks } from './canaries.ts';
import { startEcho, startEppEcho } from './echo.ts';
import { secretKeys } from './secret-keys.ts';

const zone = 'example.test';
/** Zones of publishers that are refused, and of one that is a program. */
const accountZones = { autodns: 'autodns.test', hexonetDns: 'hexonetdns.test', keydns: 'keydns.test' };
const ownZones = ['hook.test', ...Object.values(accountZones)];

/** Every place in a configuration where a secret is named, as `secretKeys` writes it. */
function plantedKeys(configuration: unknown): readonly string[] {
  const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const isSource = (value: Readonly<Record<string, unknown>>): boolean =>
    Object.keys(value).length === 1 && ['env', 'file', 'command'].some((word) => Object.hasOwn(value, word));
  const walk = (value: unknown, path: readonly string[]): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap((one: unknown) => walk(one, [...path, '*']));
    if (!isMapping(value)) return [];
    if (isSource(value)) return [path.join('/')];
    return Object.entries(value).flatMap(([key, one]) => walk(one, [...path, key]));
  };
  if (!isMapping(configuration)) return [];
  const entries = ['providers', 'publishers', 'notices'].flatMap((section) => {
    const several = configuration[section];
    return Object.values(isMapping(several) ? several : {}).flatMap((entry) =>
      isMapping(entry) ? walk(entry, [section, String(entry['type'])]) : [],
    );
  });
  const main = ['heartbeat', 'listen', 'defaults', 'certificates'].flatMap((section) =>
    walk(configuration[section], ['main', section]),
  );
  return [...new Set([...entries, ...main])];
}

/** Command lines of a process and all it started, at this moment. */
function processesOf(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) return '';
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? [];
      parents.set(Number(name), Number(parent));
    } catch {
      // It ended while we were looking.
    }
  }
  const family = [pid, ...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child)];
  return family
    .map((one) => {
      try {
        return readFileSync(`/proc/${one}/cmdline`, 'latin1');
      } catch {
        // As above.
        return '';
      }
    })
    .join('\n');
}

test('no secret is where it was not meant to go', async () => {
  const closers = createClosers();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'renewd-secrets-'));
    closers.add(() => rmSync(directory, { recursive: true, force: true }));
    for (const name of ['tls', 'secrets']) mkdirSync(join(directory, name), { mode: 0o700 });
    const sandbox = await startFullSandbox({
      clock: { now: () => new Date() },
      zones: [zone, ...ownZones],
      tickMs: 100,
    });
    closers.add(() => sandbox.close());

    const evil = ['rrpproxy', 'rrpproxy-v1', 'hexonet', 'json', 'xml', 'resello', 'epp'] as const;
    const publisherWords = ['dns-json', 'dns-hexonet', 'dns-rrpproxy'] as const;
    const secrets: Record<string, string> = {
      good: sandboxAccounts.rrpproxy.password,
      tsig: sandboxTsigKey.secret,
      ...Object.fromEntries(evil.map((word) => [word, canary(word)])),
      hook: canary('hook'),
      hookUrl: 'token-of-the-webhook-address-7231',
      smtp: canary('smtp'),
      p12: canary('p12'),
      truststore: canary('truststore'),
      program: canary('program'),
      listen: 'token-of-the-listener-4471-0098',
      ...Object.fromEntries([...publisherWords, 'epp'].map((word) => [word, canary(word)])),
      heartbeat: 'token-of-the-heartbeat-address-5512',
      goodhx: sandboxAccounts.hexonet.password,
      literal: 'literal-in-the-file-8812',
    };
    const { url: echo, asked: echoed } = await startEcho(closers, secrets);
    const epp = await startEppEcho(closers, secrets, 'epp');
    const smtpAnswer = `535 5.7.8 no login with ${secrets['smtp'] ?? ''}`;
    const mail = await startSmtpServer({
      login: { user: 'ada', password: 'another' },
      answers: { AUTH: smtpAnswer },
    });

    // By turns: from the environment, from a file, from a program.
    const env: Record<string, string> = {};
    let turn = 0;
    const source = (word: string): Record<string, unknown> => {
      const secret = secrets[word] ?? '';
      turn += 1;
      const path = join(directory, 'secrets', word);
      if (turn % 3 === 0) {
        const name = `SECRET_${word.replaceAll('-', '_').toUpperCase()}`;
        env[name] = secret;
        return { env: name };
      }
      writeFileSync(path, `${secret}\n`, { mode: 0o600 });
      return turn % 3 === 1 ? { file: path } : { command: ['/bin/cat', path] };
    };

    const hexonet = { type: 'hexonet', login: 'ada', requestsPerSecond: 20 };
    const internetx = { type: 'internetx', user: 'ada', adminContact: 1 };
    const contact = { firstName: 'A', lastName: 'B', phone: '+49.301234567', email: 'a@example.test' };
    const rrpproxy = { login: 'ada', requestsPerSecond: 20 };
    const dns = `127.0.0.1:${sandbox.dns.address.port}`;
    const listen = `127.0.0.1:${await freePort()}`;
    const printing = (file: string): string[] => [
      '/bin/sh',
      '-c',
      `env >> '${join(directory, file)}'; echo "$@" >> '${join(directory, file)}'`,
      'hook',
    ];
    const configuration = {
      store: { sqlite: 'renewd.db' },
      keys: 'keys',
      listen: { address: listen, token: source('listen') },
      log: { level: 'debug' },
      schedule: '*/2 * * * * *',
      resolvers: [dns],
      authoritative: Object.fromEntries([zone, ...ownZones].map((one) => [one, [dns]])),
      providers: {
        good: {
          type: 'rrpproxy',
          url: `${sandbox.vendors.get('rrpproxy')?.baseUrl ?? ''}/api/call.cgi`,
          ...rrpproxy,
          login: sandboxAccounts.rrpproxy.login,
          password: source('good'),
          defaultTechContact: contact,
        },
        rrpproxy: {
          type: 'rrpproxy',
          url: `${echo}/rrpproxy/`,
          ...rrpproxy,
          password: source('rrpproxy'),
          defaultTechContact: contact,
        },
        'rrpproxy-v1': {
          type: 'rrpproxy-v1',
          url: `${echo}/rrpproxy-v1/`,
          ...rrpproxy,
          password: source('rrpproxy-v1'),
        },
        hexonet: { ...hexonet, url: `${echo}/hexonet/`, password: source('hexonet') },
        json: { ...internetx, url: `${echo}/json`, password: source('json') },
        xml: { ...internetx, encoding: 'xml', url: `${echo}/xml/`, password: source('xml') },
        resello: { type: 'resello', url: `${echo}/resello`, username: 'ada', apiKey: source('resello') },
        epp: {
          ...hexonet,
          transport: 'epp',
          url: epp.url,
          ca: epp.caPem,
          keepAliveSeconds: 0,
          password: source('epp'),
        },
        goodhx: {
          ...hexonet,
          url: `${sandbox.vendors.get('hexonet')?.baseUrl ?? ''}/api/call.cgi`,
          login: sandboxAccounts.hexonet.login,
          password: source('goodhx'),
        },
      },
      publishers: {
        ns: {
          type: 'rfc2136',
          server: dns,
          zones: [zone],
          key: { name: sandboxTsigKey.name, algorithm: 'hmac-sha256', secret: source('tsig') },
        },
        program: {
          type: 'command',
          convention: 'plain',
          zones: ['hook.test'],
          command: [...printing('publisher.out')],
          env: { TOKEN: source('program') },
        },
        autodns: {
          type: 'autodns',
          url: `${echo}/dns-json`,
          user: 'ada',
          password: source('dns-json'),
          zones: [accountZones.autodns],
        },
        hexonetDns: {
          type: 'hexonet-dns',
          url: `${echo}/dns-hexonet/`,
          login: 'ada',
          password: source('dns-hexonet'),
          zones: [accountZones.hexonetDns],
        },
        keydns: {
          type: 'rrpproxy-keydns',
          url: `${echo}/dns-rrpproxy/`,
          login: 'ada',
          password: source('dns-rrpproxy'),
          zones: [accountZones.keydns],
        },
      },
      notices: {
        hook: { type: 'webhook', url: `${echo}/hook`, secret: source('hook') },
        hidden: {
          type: 'webhook',
          url: { file: join(directory, 'secrets', 'address') },
          secret: source('hook'),
        },
        mail: {
          type: 'smtp',
          host: '127.0.0.1',
          port: mail.port,
          from: 'renewd@example.test',
          to: ['ops@example.test'],
          user: 'ada',
          password: source('smtp'),
        },
        local: { type: 'command', command: printing('notice.out') },
      },
      heartbeat: { url: { file: join(directory, 'secrets', 'beat') }, interval: '10s' },
      defaults: {
        deploy: { files: [{ name: 'trust.p12', format: 'truststore', password: source('truststore') }] },
      },
      certificates: [
        {
          name: 'shop',
          names: [`shop.${zone}`],
          provider: 'good',
          product: 'ssl123dv',
          deploy: [
            {
              directory: 'tls/shop',
              files: [{ name: 'shop.p12', format: 'pkcs12', password: source('p12') }],
              reload: printing('reload.out'),
            },
          ],
        },
        {
          name: 'hooked',
          names: ['www.hook.test'],
          provider: 'good',
          product: 'ssl123dv',
          deploy: [{ directory: 'tls/hooked' }],
        },
        {
          name: 'made',
          names: [`made.${zone}`],
          provider: 'goodhx',
          product: 'COMODO_ESSENTIALSSL',
          key: { type: 'rsa-2048', madeBy: 'provider' },
          dcv: { record: 'cname' },
          deploy: [{ directory: 'tls/made' }],
        },
        ...Object.entries(accountZones).map(([publisher, own]) => ({
          name: `at-${publisher}`,
          names: [own],
          provider: 'good',
          product: 'ssl123dv',
          dcv: { publisher },
          deploy: [{ directory: `tls/${publisher}` }],
        })),
        ...evil.map((provider) => ({
          name: provider,
          names: [`${provider}.${zone}`],
          provider,
          product: {
            rrpproxy: 'ssl123dv',
            'rrpproxy-v1': 'SSL123',
            hexonet: 'COMODO_ESSENTIALSSL',
            json: 'SSL123',
            xml: 'SSL123',
            resello: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
            epp: 'COMODO_ESSENTIALSSL',
          }[provider],
          deploy: [{ directory: `tls/${provider}` }],
        })),
      ],
    };
    writeFileSync(join(directory, 'secrets', 'address'), `${echo}/hook/${secrets['hookUrl'] ?? ''}`);
    writeFileSync(join(directory, 'secrets', 'beat'), `${echo}/hook-beat/${secrets['heartbeat'] ?? ''}`);
    // A key that is new in a schema has to be planted here, too.
    const planted = plantedKeys(configuration).map((name) => name.replace('/env/TOKEN', '/env/*'));
    expect(planted.toSorted()).toEqual(secretKeys.map(({ name }) => name).toSorted());
    const configPath = join(directory, 'renewd.yaml');
    writeFileSync(configPath, stringify(configuration));

    const places: Record<string, string | Buffer> = {};
    const options = { env, cwd: directory, timeoutMs: 60_000 };
    const ask = async (...parameters: readonly string[]): Promise<void> => {
      const { stdout, stderr } = await runRenewd([...parameters, '-c', configPath], options);
      places[`renewd ${parameters.join(' ')}`] = stdout + stderr;
    };
    const daemon = startRenewd(['run', '-c', configPath], { env, cwd: directory });
    closers.add(() => daemon.stop());
    const asked = evil.filter((name) => name !== 'rrpproxy-v1');
    const seen: string[] = [];
    const served = (name: string) => new RegExp(`"certificate":"${name}"[^\\n]*"state":"served"`);
    await until(
      'two are served and everybody else was refused',
      300_000,
      () => {
        if (!daemon.isRunning()) throw new Error(daemon.stderr());
        seen.push(processesOf(daemon.pid));
        const log = daemon.stderr();
        const missing = [
          ...['shop', 'made'].filter((name) => !served(name).test(log)),
          ...['publisher.out', 'notice.out'].filter((name) => !existsSync(join(directory, name))),
          ...[...publisherWords, 'hook', 'hook-beat'].filter((word) => !echoed.has(word)),
          ...(epp.logins() > 0 ? [] : ['a login over EPP']),
          ...(mail.said.some((line) => line.startsWith('AUTH')) ? [] : ['a login for mail']),
          // Nothing new is sold by API 1: its client is reached by the question of which order this is.
          ...asked.filter((name) => !log.includes(`"certificate":"${name}"`)),
        ];
        if (missing.length === 0) return true;
        throw new Error(`missing: ${missing.join(', ')}; ${log.slice(-1500)}`);
      },
      200,
    );
    const token = secrets['listen'] ?? '';
    for (const path of ['', 'certificates/shop', 'metrics', 'status.json', 'healthz', 'readyz']) {
      const headers = { authorization: `Bearer ${token}` };
      const granted = await fetch(`http://${listen}/${path}`, { headers });
      expect(granted.status).toBe(200);
      places[`GET /${path}`] = await granted.text();
      // Nearly right, and in a place where it does not belong.
      const refused = await fetch(`http://${listen}/${path}?token=${token}`, {
        headers: { authorization: `Bearer ${token}x` },
      });
      places[`GET /${path}, refused`] = await refused.text();
    }

    // A secret that somebody wrote into the file itself: refused, and not said back.
    const broken = structuredClone(configuration);
    writeFileSync(
      configPath,
      stringify({
        ...broken,
        providers: {
          ...broken.providers,
          resello: { type: 'resello', url: `${echo}/resello`, username: 'ada', apiKey: secrets['literal'] },
        },
      }),
    );
    await ask('check');
    daemon.kill('SIGHUP');
    await until('the broken configuration is refused', 60_000, () =>
      daemon.stderr().includes('the new configuration is refused'),
    );
    writeFileSync(configPath, stringify(configuration));
    daemon.kill('SIGHUP');
    await until('the good one is taken', 60_000, () => daemon.stderr().includes('configuration reloaded'));

    await ask('status', '--json');
    await ask('status', 'resello');
    await ask('plan', '--json');
    await ask('history', 'shop', '--json');
    await ask('history', 'json', '--json');
    await ask('notify', '--test');
    await ask('doctor', '--json');
    await ask('backup', join(directory, 'copy'), '--json');
    await ask('check', '--online', '--json');
    await ask('provider', 'hexonet', 'order-list');
    await ask('provider', 'json', 'certificate-list');
    await ask('provider', 'epp', 'order-list');
    await ask('history', 'made', '--verify');
    await ask('status', 'made', '--json');
    seen.push(processesOf(daemon.pid));
    places['the database while it is open'] = readFileSync(join(directory, 'renewd.db'));
    places['its log'] = readFileSync(join(directory, 'renewd.db-wal'));
    const { stdout, stderr } = await daemon.stop();
    Object.assign(places, { stdout, stderr, processes: seen.join('\n') });
    places['the database'] = readFileSync(join(directory, 'renewd.db'));
    places['what the reload command saw'] = readFileSync(join(directory, 'reload.out'));
    // Its own secret was meant for it.
    const { program, ...others } = secrets;
    places['what the command of notices saw'] = readFileSync(join(directory, 'notice.out'));
    const publisherSaw = { 'what the publisher saw': readFileSync(join(directory, 'publisher.out')) };
    expect(leaks(publisherSaw, others)).toEqual([]);
    expect(leaks(publisherSaw, { program: program ?? '' })).not.toEqual([]);

    for (const file of readdirSync(join(directory, 'keys'))) {
      const lines = readFileSync(join(directory, 'keys', file), 'latin1').split('\n');
      secrets[`key ${file}`] = lines[1] ?? '';
    }
    expect(Object.keys(secrets).some((word) => word.startsWith('key '))).toBe(true);
    expect(leaks(places, secrets)).toEqual([]);
  } finally {
    await closers.close();
  }
}, 420_000);
