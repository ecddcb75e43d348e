/** The program as a process of its own tells people: by a real Postfix, a signed request, a command, and a heartbeat. */
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newCa, newLeaf } from '../builders/pki.ts';
import { httpReceiver, type HttpReceiver } from '../builders/http-receiver.ts';
import { startSmtpServer } from '../builders/smtp-server.ts';
import { postfixMissing, startPostfix, type Postfix } from './postfix.ts';
import { runRenewd, shouldSkip, until } from './processes.ts';

const missing = postfixMissing();
const skip = shouldSkip('test/interop/notices.test.ts', missing);
const hourMs = 3_600_000;

const secrets = {
  CNR_PASSWORD: 'password-of-the-reseller',
  HOOK_KEY: 'key-of-the-hook',
  MAIL_PASSWORD: 'password-of-the-mail',
  BEAT: '',
};

let directory = '';
let root = '';
let server = { key: '', cert: '' };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'renewd-notices-'));
  const ca = await newCa('root of the mail server');
  const leaf = await newLeaf(ca, {
    names: ['mail.test'],
    addresses: ['127.0.0.1'],
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + hourMs),
  });
  server = { key: leaf.key.pem, cert: leaf.pem };
  root = join(directory, 'root.pem');
  writeFileSync(root, ca.pem);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

let state = '';
beforeEach(async () => {
  state = mkdtempSync(join(directory, 'state-'));
  mkdirSync(join(state, 'shop'));
  // Somebody else's file: a person has to say what is right.
  const { pem, key } = await newLeaf(undefined, {
    names: ['other.example.com'],
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + 24 * hourMs),
  });
  writeFileSync(join(state, 'shop', 'fullchain.pem'), pem);
  writeFileSync(join(state, 'shop', 'privkey.pem'), key.pem);
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

function configure(notices: string, heartbeat = ''): string {
  const path = join(state, 'renewd.yaml');
  writeFileSync(
    path,
    `store: { sqlite: renewd.db }
keys: keys
listen: false
providers:
  cnr: { type: rrpproxy, url: "http://127.0.0.1:9/", login: test, password: { env: CNR_PASSWORD }, spend: { ordersPerDay: 1 } }
publishers:
  web: { type: webroot, path: ${state} }
notices:
${notices}
${heartbeat}
certificates:
  - name: shop
    names: [shop.example.com]
    provider: cnr
    product: ssl123dv
    dcv: { method: file, publisher: web }
    deploy: [{ directory: shop }]
`,
  );
  return path;
}

function run(...parameters: readonly string[]) {
  return runRenewd([...parameters, '-c', join(state, 'renewd.yaml')], {
    env: { ...secrets, NODE_EXTRA_CA_CERTS: root },
  });
}

function withoutSecrets(text: string): void {
  for (const secret of Object.values(secrets).filter((one) => one !== '')) expect(text).not.toContain(secret);
}

describe.skipIf(skip)('Postfix', () => {
  let postfix: Postfix;
  beforeAll(async () => {
    postfix = await startPostfix(server);
  });
  afterAll(() => postfix?.stop());

  test('takes the mail over STARTTLS and delivers it as it was meant', async () => {
    configure(
      `  team: { type: smtp, host: 127.0.0.1, port: ${postfix.port}, tls: starttls, from: renewd@mail.test, to: ["${postfix.address}"] }`,
    );
    const tested = await run('notify', '--test', 'team');
    expect(tested, postfix.log()).toMatchObject({ code: 0, stdout: 'team (smtp): sent\n' });
    const [mail = ''] = await until('the mail', 60_000, () =>
      postfix.mails().length > 0 ? postfix.mails() : undefined,
    );
    expect(mail).toMatch(/^Subject: renewd: test of team$/m);
    expect(mail).toMatch(/^From: renewd <renewd@mail\.test>$/m);
    expect(mail).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail).toMatch(/using TLSv1\.[23]/);
    expect(mail).toContain('Nothing is wrong, and nothing is to be done.');

    // What really goes on: one mail for it, however often is looked.
    expect(await run('once')).toMatchObject({ code: 11 });
    expect(await run('once')).toMatchObject({ code: 11 });
    const mails = await until('the notice', 60_000, () =>
      postfix.mails().length > 1 ? postfix.mails() : undefined,
    );
    expect(
      mails.filter((text) => /^Subject: renewd: PERSON: shop \(crt-foreign\)$/m.test(text)),
    ).toHaveLength(1);
    expect(mails).toHaveLength(2);
    withoutSecrets(mails.join());
  });

  test('is not used without TLS, which it demands, nor with a certificate that we do not know', async () => {
    configure(
      `  plain: { type: smtp, host: 127.0.0.1, port: ${postfix.port}, tls: none, from: renewd@mail.test, to: ["${postfix.address}"] }`,
    );
    const before = postfix.mails().length;
    expect(await run('notify', '--test')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^plain \(smtp\): failed: .*530/),
    });
    configure(
      `  team: { type: smtp, host: 127.0.0.1, port: ${postfix.port}, tls: starttls, from: renewd@mail.test, to: ["${postfix.address}"] }`,
    );
    const stranger = await runRenewd(['notify', '--test', '-c', join(state, 'renewd.yaml')], {
      env: secrets,
    });
    expect(stranger).toMatchObject({ code: 1, stdout: expect.stringContaining('failed') });
    expect(postfix.mails()).toHaveLength(before);
  });
});

describe('renewd once', () => {
  let hook: HttpReceiver;
  let beat: HttpReceiver;
  beforeEach(async () => {
    hook = await httpReceiver();
    beat = await httpReceiver();
    secrets.BEAT = `${beat.url}/ping/T0KEN-0F-THE-BEAT`;
  });

  test('tells every channel once over several runs, and the dead man’s switch each time', async () => {
    const mail = await startSmtpServer({
      tls: server,
      login: { user: 'renewd', password: secrets.MAIL_PASSWORD },
    });
    const out = join(state, 'told.json');
    configure(
      `  chat: { type: webhook, url: "${hook.url}/hook", secret: { env: HOOK_KEY } }
  team: { type: smtp, host: 127.0.0.1, port: ${mail.port}, tls: starttls, from: renewd@mail.test, to: [ops@mail.test], user: renewd, password: { env: MAIL_PASSWORD } }
  local: { type: command, command: [${process.execPath}, -e, "require('fs').writeFileSync('${out}', require('fs').readFileSync(0))"] }
  broken: { type: command, command: [/no/such/program] }
  quiet: { type: webhook, url: "${hook.url}/quiet", secret: { env: HOOK_KEY }, levels: [urgent, expired] }`,
      'heartbeat: { url: { env: BEAT } }',
    );
    const first = await run('once');
    expect(first).toMatchObject({ code: 11 });
    const second = await run('once');
    expect(second).toMatchObject({ code: 11 });

    expect(hook.received.map(({ path }) => path)).toEqual(['/hook']);
    const [request] = hook.received;
    if (request === undefined) throw new Error('no request');
    const { headers, body } = request;
    const signed = `${String(headers['renewd-timestamp'])}.${body}`;
    const hmac = createHmac('sha256', secrets.HOOK_KEY).update(signed).digest('hex');
    expect(headers['renewd-signature']).toBe(`sha256=${hmac}`);
    expect(JSON.parse(body)).toMatchObject({
      level: 'person',
      total: 1,
      notices: [{ event: 'raised', certificate: 'shop', cause: 'crt-foreign', command: 'renewd plan shop' }],
    });
    expect(mail.mails).toMatchObject([{ to: ['ops@mail.test'], encrypted: true, user: 'renewd' }]);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ total: 1, level: 'person' });
    expect(beat.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(first.stderr).toMatch(/notices could not be delivered/);
    const said = [first, second].map(({ stdout, stderr }) => stdout + stderr).join('');
    withoutSecrets([said, body, ...mail.mails.map(({ data }) => data)].join());
    expect(said).not.toContain('T0KEN-0F-THE-BEAT');
  });
});
