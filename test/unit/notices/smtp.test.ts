import tls from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { smtpChannel, type OpenSmtp } from '../../../src/notices/channels/smtp.ts';
import { composeTest, type NoticeMessage } from '../../../src/notices/message.ts';
import { newCa, newLeaf } from '../../builders/pki.ts';
import { startSmtpServer, type ReceivedMail, type SmtpServer } from '../../builders/smtp-server.ts';
import { noon } from '../../builders/store-records.ts';

const never = new AbortController().signal;
const login = { user: 'renewd', password: 'correct horse ü' };
const message = composeTest('team', { instance: 'host-1', at: noon, scrub: (text) => text });
const hourMs = 3_600_000;

let good = { key: '', cert: '' };
let otherName = good;
let untrusted = good;

beforeAll(async () => {
  const trusted = tls.getCACertificates('default');
  const root = await newCa('mail root');
  // TLS goes by the real time.
  const dates = { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + hourMs) };
  const of = async (issuer: typeof root, fields: Parameters<typeof newLeaf>[1]) => {
    const { key, pem } = await newLeaf(issuer, { ...dates, ...fields });
    return { key: key.pem, cert: pem };
  };
  good = await of(root, { names: ['mail.test'], addresses: ['127.0.0.1'] });
  otherName = await of(root, { names: ['other.test'] });
  untrusted = await of(await newCa('somebody'), { names: ['mail.test'], addresses: ['127.0.0.1'] });
  tls.setDefaultCACertificates([...trusted, root.pem]);
  return () => tls.setDefaultCACertificates(trusted);
});

function channel({ port }: Pick<SmtpServer, 'port'>, fields: Partial<OpenSmtp> = {}) {
  return smtpChannel({
    type: 'smtp',
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'renewd@example.com',
    to: ['ops@example.com', 'night@example.com'],
    timeoutMs: 5000,
    ...fields,
  });
}

function only({ mails }: SmtpServer): ReceivedMail {
  const [first] = mails;
  if (first === undefined || mails.length !== 1) throw new Error(`${mails.length} mails`);
  return first;
}

/** Header lines, folded ones put together. */
function headersOf({ data }: ReceivedMail): readonly string[] {
  return (data.split('\r\n\r\n', 1)[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
}

function bodyOf({ data }: ReceivedMail): string {
  const body = data.slice(data.indexOf('\r\n\r\n') + 4);
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(data)) return body;
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

test('a plain text mail to every recipient', async () => {
  const server = await startSmtpServer();
  expect(await channel(server).send(message, never)).toBeUndefined();
  const mail = only(server);
  expect(mail).toMatchObject({
    from: 'renewd@example.com',
    to: ['ops@example.com', 'night@example.com'],
    encrypted: false,
    user: null,
  });
  expect(headersOf(mail)).toEqual(
    expect.arrayContaining([
      'From: renewd <renewd@example.com>',
      'To: ops@example.com, night@example.com',
      'Subject: renewd: test of team',
      'Auto-Submitted: auto-generated',
      'X-Renewd-Level: test',
      `X-Renewd-Notice: ${message.id}`,
      'Content-Type: text/plain; charset=utf-8',
    ]),
  );
  expect(bodyOf(mail).trimEnd().replaceAll('\r\n', '\n')).toBe(message.text.trimEnd());
});

test('dots, long lines and letters of all kinds arrive as they were', async () => {
  const server = await startSmtpServer();
  const text = `.\n..\n.QUIT\n${'ä'.repeat(1200)}\n日本\n`;
  await channel(server).send({ ...message, subject: 'renewd: ünïcode', text }, never);
  const mail = only(server);
  expect(bodyOf(mail).trimEnd().replaceAll('\r\n', '\n')).toBe(text.trimEnd());
  expect(headersOf(mail).filter((line) => /^subject/i.test(line))).toEqual([
    expect.stringMatching(/^Subject: =\?UTF-8\?[QB]\?.*\?=$/),
  ]);
});

test('a text cannot add a header, a recipient or a command', async () => {
  const server = await startSmtpServer();
  const hostile: NoticeMessage = {
    ...message,
    subject: 'x\r\nBcc: victim@example.com\r\n\r\nbody\r\n.\r\nMAIL FROM:<a@b.c>',
    text: 'a\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\n',
  };
  await channel(server).send(hostile, never);
  const mail = only(server);
  expect(mail.to).toEqual(['ops@example.com', 'night@example.com']);
  expect(headersOf(mail).filter((line) => /^(?:bcc|cc|subject)/i.test(line))).toEqual([
    'Subject: x Bcc: victim@example.com body . MAIL FROM:<a@b.c>',
  ]);
  expect(server.said.filter((line) => /^MAIL/i.test(line))).toHaveLength(1);
  expect(server.said.join()).not.toContain('victim');
});

describe('TLS', () => {
  test('by STARTTLS, and only then login and mail', async () => {
    const server = await startSmtpServer({ tls: good, login });
    await channel(server, { tls: 'starttls', login }).send(message, never);
    expect(only(server)).toMatchObject({ encrypted: true, user: 'renewd' });
    expect(server.said.map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['EHLO', 'STARTTLS', 'AUTH']),
    );
    expect(server.said.findIndex((line) => line.startsWith('AUTH'))).toBeGreaterThan(
      server.said.indexOf('STARTTLS'),
    );
  });

  test('from the start', async () => {
    const server = await startSmtpServer({ tls: good, implicitTls: true, login });
    await channel(server, { tls: 'implicit', login }).send(message, never);
    expect(only(server)).toMatchObject({ encrypted: true, user: 'renewd' });
    expect(server.said).not.toContain('STARTTLS');
  });

  test.each<readonly [string, Parameters<typeof startSmtpServer>[0], RegExp]>([
    ['is not offered', { login }, /STARTTLS|TLS/i],
    ['is offered and refused', { login, tls: good, answers: { STARTTLS: '454 4.7.0 not now' } }, /TLS/i],
  ])('that %s is a failure, and neither password nor mail is said', async (_, options, said) => {
    const server = await startSmtpServer(options);
    const failure = channel(server, { tls: 'starttls', login }).send(message, never);
    await expect(failure).rejects.toMatchObject({
      code: 'notice-failed',
      message: expect.stringMatching(said),
    });
    expect(server.mails).toEqual([]);
    expect(server.said.filter((line) => /^(?:AUTH|MAIL|DATA)/i.test(line))).toEqual([]);
  });

  test.each([
    ['of somebody we do not know', () => untrusted],
    ['for another name', () => otherName],
  ])('with a certificate %s is a failure', async (_, certificate) => {
    for (const implicitTls of [false, true]) {
      const server = await startSmtpServer({ tls: certificate(), implicitTls, login });
      const failure = channel(server, { tls: implicitTls ? 'implicit' : 'starttls', login }).send(
        message,
        never,
      );
      await expect(failure).rejects.toMatchObject({ code: 'notice-failed' });
      expect(server.mails).toEqual([]);
      expect(server.said.filter((line) => /^(?:AUTH|MAIL|DATA)/i.test(line))).toEqual([]);
    }
  });
});

describe('login', () => {
  test('that is wrong is a failure that does not say the password', async () => {
    const server = await startSmtpServer({ login });
    const wrong = { user: 'renewd', password: 'not this one' };
    const failure = channel(server, { login: wrong }).send(message, never);
    await expect(failure).rejects.toMatchObject({
      code: 'notice-failed',
      message: expect.stringContaining('535'),
    });
    await expect(failure).rejects.not.toMatchObject({
      message: expect.stringMatching(/not this one|bm90IHRoaXM/),
    });
    expect(server.mails).toEqual([]);
  });

  test('is not left out because the server does not announce it', async () => {
    const server = await startSmtpServer({ answers: { AUTH: '502 5.5.1 not here' } });
    await expect(channel(server, { login }).send(message, never)).rejects.toMatchObject({
      code: 'notice-failed',
    });
    expect(server.mails).toEqual([]);
  });
});

describe('trouble', () => {
  test('one recipient refused: the others get it, and it is said', async () => {
    const server = await startSmtpServer({ refuses: ['night'] });
    expect(await channel(server).send(message, never)).toBe('127.0.0.1 refused night@example.com');
    expect(only(server).to).toEqual(['ops@example.com']);
  });

  test.each<readonly [string, Parameters<typeof startSmtpServer>[0]]>([
    ['all recipients refused', { refuses: ['ops', 'night'] }],
    ['a busy server', { answers: { MAIL: '451 4.3.0 later\u0007' } }],
    ['a mail that is not taken', { answers: { '.': '552 5.2.2 too full' } }],
    ['nonsense', { answers: { EHLO: 'hello yourself', HELO: 'no' } }],
  ])('%s: a failure in one line', async (_, options) => {
    const server = await startSmtpServer(options);
    const failure: unknown = await channel(server)
      .send(message, never)
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      code: 'notice-failed',
      message: expect.stringMatching(/^mail by 127\.0\.0\.1 failed: [^\p{Cc}]+$/u),
    });
  });

  test('a server that goes silent is left in time, and its connection closed', async () => {
    const server = await startSmtpServer({ answers: { EHLO: null } });
    await expect(channel(server, { timeoutMs: 150 }).send(message, never)).rejects.toMatchObject({
      code: 'notice-failed',
      message: expect.stringMatching(/timed out|timeout/i),
    });
    await expect.poll(() => server.open()).toBe(0);
  });

  test.each(['x'.repeat(10_000), `220-${'x'.repeat(500)}\r\n`])(
    'a server without an end is left',
    async (floods) => {
      const server = await startSmtpServer({ floods });
      await expect(channel(server, { timeoutMs: 2000 }).send(message, never)).rejects.toMatchObject({
        code: 'notice-failed',
      });
      await expect.poll(() => server.open()).toBe(0);
    },
  );

  test('nobody there', async () => {
    await expect(channel({ port: 1 }).send(message, never)).rejects.toMatchObject({
      code: 'notice-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('our own end cuts it', async () => {
    const server = await startSmtpServer({ answers: { EHLO: null } });
    const ending = new AbortController();
    const failure = channel(server).send(message, ending.signal);
    await expect.poll(() => server.said.length).toBe(1);
    ending.abort();
    await expect(failure).rejects.toMatchObject({ code: 'notice-failed' });
    await expect.poll(() => server.open()).toBe(0);
  });
});
