/** `renewd init` as a person runs it: a tree of certbot, pairs among rubbish, real TLS servers, a terminal, a pipe. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { newChain, newLeaf, type TestCertificate } from '../builders/pki.ts';
import { loadConfiguration } from '../../src/settings/load.ts';
import { schemas } from '../../src/settings/schemas.ts';
import {
  inCi,
  passedOn,
  projectDirectory,
  renewdProgram,
  runRenewd,
  until,
  type Finished,
} from './processes.ts';

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);

interface Pair {
  readonly leaf: TestCertificate;
  readonly cert: string;
  readonly chain: string;
  readonly key: string;
}

async function aPair(names: readonly string[], notAfter = days(20)): Promise<Pair> {
  const { leaf, intermediate } = await newChain({ names, notAfter, subject: `CN=${names[0] ?? ''}` });
  return { leaf, cert: leaf.pem, chain: intermediate.pem, key: leaf.key.pem };
}

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-init-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function lineage(root: string, name: string, { cert, chain, key }: Pair, conf: string): void {
  const files = { cert, chain, fullchain: cert + chain, privkey: key };
  mkdirSync(join(root, 'live', name), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    put(join(root, 'archive', name, `${file}1.pem`), text);
    symlinkSync(`../../archive/${name}/${file}1.pem`, join(root, 'live', name, `${file}.pem`));
  }
  put(join(root, 'live/README'), 'This directory contains your keys and certificates.\n');
  put(join(root, 'renewal', `${name}.conf`), conf);
}

interface Written {
  readonly main: {
    readonly providers: Record<string, { readonly spend: { readonly ordersPerDay: number } }>;
    readonly publishers: Record<string, Record<string, unknown>>;
  };
  readonly entries: readonly {
    readonly name: string;
    readonly hold: boolean;
    readonly names: readonly string[];
    readonly product: string;
    readonly key: string;
    readonly dcv: object;
    readonly deploy: readonly [{ directory: string; reload?: readonly string[]; probe?: readonly string[] }];
  }[];
  readonly inventory: string;
}

function readResult(directory: string): Written {
  const inventory = readFileSync(join(directory, 'inventory.d/found.yaml'), 'utf8');
  const { certificates }: { certificates: Written['entries'] } = parse(inventory);
  return {
    main: parse(readFileSync(join(directory, 'renewd.yaml'), 'utf8')),
    entries: certificates,
    inventory,
  };
}

async function init(directory: string, ...more: readonly string[]): Promise<Finished> {
  const empty = join(directory, 'no-servers');
  const etc = more.includes('--etc') ? [] : ['--etc', empty];
  const finished = await runRenewd(
    [
      'init',
      '--yes',
      '-c',
      join(directory, 'renewd.yaml'),
      '--state',
      join(directory, 'state'),
      ...etc,
      ...more,
    ],
    { timeoutMs: 100_000 },
  );
  expect(finished.stderr).toBe('');
  return finished;
}

/** All that is missing are the secrets; once they are there, nothing is wrong. */
async function loadsBut(directory: string, secrets: readonly string[]): Promise<void> {
  const load = async (): Promise<readonly string[]> => {
    const { diagnostics } = await loadConfiguration(join(directory, 'renewd.yaml'), {
      schemas,
      env: {},
      readSecrets: true,
    });
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  };
  const missing = await load();
  expect(missing.map((message) => message.replace(/.*\//, ''))).toEqual(secrets);
  for (const name of secrets)
    writeFileSync(join(directory, 'credentials', name), 'c2VjcmV0', { mode: 0o600 });
  expect(await load()).toEqual([]);
}

test('a tree of certbot: lineages, how control was proved, who reads the files; taken over without an order', async () => {
  const directory = aDirectory();
  const root = join(directory, 'letsencrypt');
  const etc = join(directory, 'etc');
  lineage(
    root,
    'shop.example.com',
    await aPair(['shop.example.com', 'www.shop.example.com']),
    'version = 2.1.0\n[renewalparams]\nauthenticator = webroot\nwebroot_path = /srv/www,\n[[webroot_map]]\nshop.example.com = /srv/www\n',
  );
  put(
    join(root, 'rfc2136.ini'),
    'dns_rfc2136_server = 192.0.2.53\ndns_rfc2136_name = certbot.\ndns_rfc2136_secret = SECRET==\ndns_rfc2136_algorithm = HMAC-SHA512\n',
  );
  lineage(
    root,
    'wild',
    await aPair(['*.example.net', 'example.net']),
    `[renewalparams]\nauthenticator = dns-rfc2136\ndns_rfc2136_credentials = ${root}/rfc2136.ini\n`,
  );
  put(
    join(etc, 'nginx/sites-available/shop'),
    `server {\n  # ${root}/live/wild/fullchain.pem\n  ssl_certificate ${root}/live/shop.example.com/fullchain.pem;\n}\n`,
  );
  mkdirSync(join(etc, 'nginx/sites-enabled'));
  symlinkSync('../sites-available/shop', join(etc, 'nginx/sites-enabled/shop'));
  put(join(etc, 'postfix/main.cf'), `smtpd_tls_key_file=${root}/live/wild/privkey.pem\n`);

  const finished = await init(directory, '--from', join(root, 'live'), '--etc', etc);
  expect(finished.code).toBe(0);
  expect(finished.stdout).toContain('Found 2 certificate(s)');
  const { main, entries, inventory } = readResult(directory);
  expect(main.providers).toMatchObject({ rrpproxy: { spend: { ordersPerDay: 0 } } });
  expect(main.publishers).toMatchObject({
    web: { type: 'webroot', path: '/srv/www' },
    dns: {
      type: 'rfc2136',
      server: '192.0.2.53',
      zones: ['example.net'],
      key: { name: 'certbot.', algorithm: 'hmac-sha512', secret: { file: 'credentials/dns-tsig' } },
    },
  });
  expect(entries).toMatchObject([
    {
      name: 'shop.example.com',
      hold: true,
      names: ['shop.example.com', 'www.shop.example.com'],
      product: 'ssl123dv',
      key: 'ecdsa-p256',
      dcv: { method: 'file', publisher: 'web' },
      deploy: [
        {
          directory: join(etc, 'nginx/tls/shop.example.com'),
          reload: ['systemctl', 'reload', 'nginx'],
          probe: ['shop.example.com:443'],
        },
      ],
    },
    {
      name: 'wild',
      hold: true,
      names: ['*.example.net', 'example.net'],
      dcv: { method: 'dns', publisher: 'dns' },
      deploy: [{ reload: ['systemctl', 'reload', 'postfix'] }],
    },
  ]);
  for (const text of [
    /# yaml-language-server: \$schema=\/\S+config\/inventory\.schema\.json/,
    /# Found as \S+live\/shop\.example\.com\/cert\.pem with \S+: ends \d{4}-\d\d-\d\d, in 19d/,
    /# nginx reads it: \S+:3$/m,
    /# Postfix reads it: \S+main\.cf:1$/m,
    /# certbot renews it until you stop it: mv /,
    /# To decide: provider and product/,
  ])
    expect(inventory).toMatch(text);
  const all = inventory + readFileSync(join(directory, 'renewd.yaml'), 'utf8') + finished.stdout;
  expect(all).not.toContain('SECRET==');
  expect(all).not.toContain('PRIVATE KEY');
  expect(statSync(join(directory, 'renewd.yaml')).mode & 0o777).toBe(0o640);
  expect(statSync(join(directory, 'credentials')).mode & 0o777).toBe(0o700);

  const script = spawnSync('sh', [join(directory, 'take-over.sh')]);
  expect(script.stderr.toString()).toBe('');
  const taken = join(etc, 'nginx/tls/shop.example.com');
  expect(readFileSync(join(taken, 'privkey.pem'), 'utf8')).toContain('PRIVATE KEY');
  expect(statSync(join(taken, 'privkey.pem')).mode & 0o777).toBe(0o640);
  await loadsBut(directory, ['rrpproxy', 'dns-tsig']);
  const plan = await runRenewd(['plan', '--offline', '--json', '-c', join(directory, 'renewd.yaml')], {
    timeoutMs: 100_000,
  });
  const planned: { certificates: { action: string; reason: string }[] } = JSON.parse(plan.stdout);
  // Both are due within weeks, and would be bought if they were not on hold.
  expect(planned.certificates.map(({ action }) => action)).toEqual(['none', 'none']);
  const status = await runRenewd(['status', '--json', '-c', join(directory, 'renewd.yaml')], {
    timeoutMs: 100_000,
  });
  const { certificates }: { certificates: { name: string; notAfter: string | null }[] } = JSON.parse(
    status.stdout,
  );
  expect(certificates.map(({ notAfter }) => notAfter === null)).toEqual([false, false]);
});

test('pairs among rubbish: found by key, the rest left out with a reason; nothing is overwritten', async () => {
  const directory = aDirectory();
  const pairs = join(directory, 'certs');
  const [shop, older, mail] = await Promise.all([
    aPair(['shop.example.com']),
    aPair(['shop.example.com'], days(2)),
    aPair(['mail.example.com']),
  ]);
  put(join(pairs, 'a/one.crt'), shop.cert + shop.chain);
  put(join(pairs, 'b/elsewhere.key'), shop.key);
  put(join(pairs, 'old/shop.pem'), older.key + older.cert + older.chain);
  // As renewd lays out itself: taken over where it is.
  put(join(pairs, 'mail/fullchain.pem'), mail.cert + mail.chain);
  put(join(pairs, 'mail/privkey.pem'), mail.key);

  const lonely = await aPair(['lonely.example.com']);
  put(join(pairs, 'lonely.crt'), lonely.cert);
  const own = await newLeaf(undefined, { names: ['self.example.com'] });
  put(join(pairs, 'self.crt'), own.pem);
  put(join(pairs, 'self.key'), own.key.pem);
  put(join(pairs, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  put(join(pairs, 'cut.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n');
  put(
    join(pairs, 'locked.key'),
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
  );
  put(join(pairs, 'huge.pem'), Buffer.alloc(300_000, 'A'));
  put(join(pairs, 'odd\u001b[2J.crt'), shop.cert);
  put(join(pairs, 'notes.txt'), 'not a certificate');
  symlinkSync('loop', join(pairs, 'loop'));
  symlinkSync('.', join(pairs, 'circle'));
  symlinkSync('/dev/zero', join(pairs, 'zero.pem'));
  spawnSync('mkfifo', [join(pairs, 'pipe.pem')]);
  put(join(pairs, '1/2/3/4/5/6/7/deep.crt'), shop.cert);

  const finished = await init(directory, '--from', pairs);
  const { entries } = readResult(directory);
  expect(entries).toMatchObject([
    { name: 'mail', names: ['mail.example.com'], deploy: [{ directory: join(pairs, 'mail') }] },
    { name: 'one', names: ['shop.example.com'], deploy: [{ directory: join(directory, 'tls/one') }] },
  ]);
  for (const text of [
    /lonely\.crt: no key below this directory belongs to it/,
    /self\.crt: it is self-signed/,
    /broken\.pem: ./,
    /cut\.pem: a CERTIFICATE block begins and has no end/,
    /locked\.key: its key cannot be read/,
    /huge\.pem: .*larger than 262144 bytes/,
    /odd\\u001b\[2J\.crt": its name has control characters/,
    /old\/shop\.pem: a newer certificate for the same names was found/,
    /1\/2\/3\/4\/5\/6: it lies more than 6 directories deep/,
  ])
    expect(finished.stdout).toMatch(text);
  expect(finished.stdout).not.toContain('\u001b');
  await loadsBut(directory, ['rrpproxy']);

  const before = readFileSync(join(directory, 'renewd.yaml'), 'utf8');
  writeFileSync(join(directory, 'renewd.yaml'), `${before}# mine\n`);
  const again = await init(directory, '--from', pairs, '--provider', 'internetx');
  expect(again.stdout).toMatch(/wrote \S+renewd\.yaml\.new; \S+renewd\.yaml was there and stays/);
  expect(readFileSync(join(directory, 'renewd.yaml'), 'utf8')).toContain('# mine');
  expect(readFileSync(join(directory, 'renewd.yaml.new'), 'utf8')).toContain('type: internetx');
  const forced = await init(directory, '--from', pairs, '--provider', 'internetx', '--force');
  expect(forced.stdout).toMatch(/^wrote \S+\/renewd\.yaml$/m);
  expect(readFileSync(join(directory, 'renewd.yaml'), 'utf8')).toContain('type: internetx');
  expect(existsSync(join(directory, 'renewd.yaml.new-2'))).toBe(false);
});

async function portOf(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

test('servers: a list and single ones are asked over TLS; what shows nothing is said', async () => {
  const directory = aDirectory();
  const shop = await aPair(['shop.example.com', '*.shop.example.com']);
  const tls = createTlsServer({ cert: shop.cert + shop.chain, key: shop.key }, (socket) => socket.end());
  tls.on('tlsClientError', () => undefined);
  const port = await portOf(tls);
  const plain = await portOf(createTcpServer((socket) => socket.end('220 hello\r\n')));
  const list = join(directory, 'hosts.txt');
  put(
    list,
    `# ours\n127.0.0.1:${port}  # the shop\nlocalhost:${port}\n\n127.0.0.1:${plain}\nnot a host\nldap.example.com:389\n`,
  );
  const finished = await init(
    directory,
    '--from',
    list,
    '--host',
    `127.0.0.1:${port}`,
    '--product',
    'rapidssldv',
  );
  const { entries, inventory } = readResult(directory);
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    name: 'shop.example.com',
    names: ['shop.example.com', '*.shop.example.com'],
    product: 'rapidssldv',
    dcv: { method: 'dns', publisher: 'dns' },
  });
  expect(new Set(entries[0]?.deploy[0].probe)).toEqual(new Set([`127.0.0.1:${port}`, `localhost:${port}`]));
  expect(inventory).toMatch(
    /# Seen at 127\.0\.0\.1:\d+, localhost:\d+: ends .*; issued by CN=test intermediate/,
  );
  expect(finished.stdout).toMatch(new RegExp(`127\\.0\\.0\\.1:${plain}: `));
  expect(finished.stdout).toMatch(/hosts\.txt:6: "not a host" is not host:port/);
  expect(finished.stdout).toMatch(/ldap\.example\.com:389: at this port TLS is asked for/);
  await loadsBut(directory, ['rrpproxy', 'dns-tsig']);
});

test('wrong usage is refused before anything is written', async () => {
  const directory = aDirectory();
  const path = join(directory, 'renewd.yaml');
  for (const [parameters, words] of [
    [['--provider', 'rrpprox'], 'did you mean "rrpproxy"?'],
    [['--from', '/nowhere'], 'neither a directory nor a file'],
    [['--host', 'a b'], 'is not host:port'],
  ] as const) {
    const finished = await runRenewd(['init', '--yes', '-c', path, ...parameters], { timeoutMs: 100_000 });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain(words);
  }
  expect(existsSync(path)).toBe(false);
});

/** script(1) gives the program a terminal; what is written to its input is typed there. */
function atTerminal(parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = [process.execPath, renewdProgram, ...parameters].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: projectDirectory,
    env: { ...passedOn(), TERM: 'xterm', ...env },
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { shown: () => shown, type: (text: string) => void child.stdin.write(text), ended };
}

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript && !inCi)('at a terminal', () => {
  test('it asks, each question with its default; answers count', async () => {
    const directory = aDirectory();
    chmodSync(directory, 0o755);
    const terminal = atTerminal(['init', '-c', join(directory, 'renewd.yaml'), '--etc', directory]);
    const answers: readonly (readonly [string, string])[] = [
      ['Where certificates are now', ''],
      ['Reseller', 'hexonet'],
      ['Account name', 'examplecorp'],
      ['Product', ''],
      ['Prove control', 'email'],
      ['Address that is asked', ''],
      ['Directory of store', join(directory, 'state')],
    ];
    for (const [question, text] of answers) {
      await until(`the question "${question}"`, 90_000, () => terminal.shown().includes(question));
      terminal.type(`${text}\r`);
    }
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain('[COMODO_ESSENTIALSSL]');
    const main: object = parse(readFileSync(join(directory, 'renewd.yaml'), 'utf8'));
    expect(main).toMatchObject({
      store: { sqlite: join(directory, 'state/renewd.db') },
      providers: { hexonet: { type: 'hexonet', login: 'examplecorp' } },
    });
  });

  test('an end of input is wrong usage, and nothing is written', async () => {
    const directory = aDirectory();
    const terminal = atTerminal(['init', '-c', join(directory, 'renewd.yaml')]);
    await until('a question', 90_000, () => /Where certificates are|Reseller/.test(terminal.shown()));
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(2);
    expect(existsSync(join(directory, 'renewd.yaml'))).toBe(false);
  });
});

test('through a pipe nobody is asked and what is piped is not read: defaults are taken, and that is said', async () => {
  const directory = aDirectory();
  const finished = spawnSync(
    process.execPath,
    [
      renewdProgram,
      'init',
      '-c',
      join(directory, 'renewd.yaml'),
      '--etc',
      directory,
      '--host',
      '127.0.0.1:1',
    ],
    { input: 'hexonet\nhexonet\nhexonet\n', cwd: projectDirectory, timeout: 60_000 },
  );
  expect(finished.status).toBe(0);
  expect(finished.stdout.toString()).toContain('Nobody was asked');
  expect(readFileSync(join(directory, 'renewd.yaml'), 'utf8')).toContain('type: rrpproxy');
});
