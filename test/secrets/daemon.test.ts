/**
 * Secrets of every kind are planted in a real daemon's configuration, by every kind of source, and driven through
 * success, refusals that repeat them, broken configurations, reloads and every command that shows something. Afterwards
 * none of them, in no encoding, stands anywhere it was not meant to go.
 */
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { freePort } from '../interop/named.ts';
import { createClosers, runRenewd, startRenewd, until, type Closers } from '../interop/processes.ts';
import { canary, formsOf, leaks } from './canaries.ts';

const zone = 'example.test';

/** A refusal of each API, with a text in it. */
const refusals: Readonly<
  Record<string, (text: string) => { readonly status: number; readonly body: string }>
> = {
  rrpproxy: (text) => ({
    status: 200,
    body: `[RESPONSE]\ncode = 541\ndescription = Invalid attribute value; ${text}\nEOF\n`,
  }),
  hexonet: (text) => ({
    status: 200,
    body: `[RESPONSE]\r\nCODE=541\r\nDESCRIPTION=Invalid attribute value; ${text}\r\nEOF\r\n`,
  }),
  json: (text) => ({
    status: 400,
    body: JSON.stringify({
      stid: '1',
      messages: [{ text, code: 'EF01000', status: 'ERROR' }],
      status: { code: 'E400101', text, type: 'ERROR' },
    }),
  }),
  xml: (text) => ({
    status: 200,
    body: `<?xml version="1.0"?><response><result><msg><text><![CDATA[${text}]]></text><code>EF01000</code><type>error</type></msg><status><code>E400101</code><text><![CDATA[${text}]]></text><type>error</type></status></result><stid>1</stid></response>`,
  }),
  resello: (text) => ({
    status: 422,
    body: JSON.stringify({ errors: [{ code: 'invalid', message: text }] }),
  }),
  hook: (text) => ({ status: 500, body: text }),
};

/** Whoever speaks to it is refused, with the secret it was sent in one encoding after the other. */
async function startEcho(closers: Closers, secrets: Readonly<Record<string, string>>): Promise<string> {
  let turn = 0;
  const server = createServer((request, response) => {
    const [, word = ''] = (request.url ?? '').split('/');
    const forms = formsOf(secrets[word] ?? '');
    turn += 1;
    const kind = Object.keys(refusals).find((one) => word.includes(one)) ?? 'hook';
    const { status, body } = (refusals[kind] ?? refusals['hook'])?.(forms[turn % forms.length] ?? '') ?? {
      status: 500,
      body: '',
    };
    request.resume();
    request.on('end', () => response.writeHead(status).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.add(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Command lines and environments of a process and all it started, at this moment. */
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
      zones: [zone, 'hook.test'],
      tickMs: 100,
    });
    closers.add(() => sandbox.close());

    const evil = ['rrpproxy', 'rrpproxy-v1', 'hexonet', 'json', 'xml', 'resello'] as const;
    const secrets: Record<string, string> = {
      good: sandboxAccounts.rrpproxy.password,
      tsig: sandboxTsigKey.secret,
      ...Object.fromEntries(evil.map((word) => [word, canary(word)])),
      hook: canary('hook'),
      hookUrl: 'token-of-the-webhook-address-7231',
      smtp: canary('smtp'),
      program: canary('program'),
      keydns: canary('keydns'),
      literal: 'literal-in-the-file-8812',
    };
    const echo = await startEcho(closers, secrets);

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
      listen,
      log: { level: 'debug' },
      schedule: '*/2 * * * * *',
      resolvers: [dns],
      authoritative: { [zone]: [dns], 'hook.test': [dns] },
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
          port: 9,
          from: 'renewd@example.test',
          to: ['ops@example.test'],
          user: 'ada',
          password: source('smtp'),
        },
      },
      certificates: [
        {
          name: 'shop',
          names: [`shop.${zone}`],
          provider: 'good',
          product: 'ssl123dv',
          deploy: [{ directory: 'tls/shop', reload: printing('reload.out') }],
        },
        {
          name: 'hooked',
          names: ['www.hook.test'],
          provider: 'good',
          product: 'ssl123dv',
          deploy: [{ directory: 'tls/hooked' }],
        },
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
          }[provider],
          deploy: [{ directory: `tls/${provider}` }],
        })),
      ],
    };
    writeFileSync(join(directory, 'secrets', 'address'), `${echo}/hook/${secrets['hookUrl'] ?? ''}`);
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
    const served = '"certificate":"shop"[^\\n]*"state":"served"';
    await until('shop is served and everybody else was refused', 30_000, () => {
      if (!daemon.isRunning()) throw new Error(daemon.stderr());
      seen.push(processesOf(daemon.pid));
      const log = daemon.stderr();
      const missing = [
        ...(new RegExp(served).test(log) ? [] : ['served']),
        ...(existsSync(join(directory, 'publisher.out')) ? [] : ['publisher.out']),
        // Nothing new is sold by API 1: its client is reached by the question of which order this is.
        ...asked.filter((name) => !log.includes(`"certificate":"${name}"`)),
      ];
      if (missing.length === 0) return true;
      throw new Error(`missing: ${missing.join(', ')}; ${log.slice(-1500)}`);
    });
    for (const path of ['', 'metrics', 'status.json', 'healthz', 'readyz'])
      places[`GET /${path}`] = await (await fetch(`http://${listen}/${path}`)).text();

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
    await until('the broken configuration is refused', 30_000, () =>
      daemon.stderr().includes('the new configuration is refused'),
    );
    writeFileSync(configPath, stringify(configuration));
    daemon.kill('SIGHUP');
    await until('the good one is taken', 30_000, () => daemon.stderr().includes('configuration reloaded'));

    await ask('status', '--json');
    await ask('status', 'resello');
    await ask('plan', '--json');
    await ask('history', 'shop', '--json');
    await ask('history', 'json', '--json');
    await ask('notify', '--test');
    await ask('check', '--online', '--json');
    await ask('provider', 'hexonet', 'order-list');
    await ask('provider', 'json', 'certificate-list');
    seen.push(processesOf(daemon.pid));
    places['the database while it is open'] = readFileSync(join(directory, 'renewd.db'));
    places['its log'] = readFileSync(join(directory, 'renewd.db-wal'));
    const { stdout, stderr } = await daemon.stop();
    Object.assign(places, { stdout, stderr, processes: seen.join('\n') });
    places['the database'] = readFileSync(join(directory, 'renewd.db'));
    places['what the reload command saw'] = readFileSync(join(directory, 'reload.out'));
    // Its own secret was meant for it.
    const { program, ...others } = secrets;
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
}, 180_000);
