import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import type { Command } from '../../../../src/vendors/hexonet/command.ts';
import { codeTable, failureOf } from '../../../../src/vendors/hexonet/errors.ts';
import type { Reply } from '../../../../src/vendors/hexonet/reply.ts';
import { openTransport } from '../../../../src/vendors/hexonet/transport.ts';
import {
  account,
  answer,
  cut,
  dependenciesOf,
  httpVendor,
  never,
  newWatch,
  password,
  type HttpVendor,
  type Said,
} from './support.ts';

const read: Command = { name: 'StatusSSLCert', parameters: { sslcertid: '570' }, repeatable: true };
const paid: Command = { name: 'CreateSSLCert', parameters: { sslcertclass: 'X' }, repeatable: false };

async function sent(
  command: Command,
  say: (count: number) => Said,
  more: object = {},
): Promise<{ result: Reply | undefined; thrown: unknown; vendor: HttpVendor }> {
  await using vendor = await httpVendor((_, count) => say(count));
  const transport = await openTransport(account({ url: vendor.url, ...more }), dependenciesOf(newWatch()));
  try {
    return { result: await transport.send(command, never), thrown: undefined, vendor };
  } catch (thrown) {
    return { result: undefined, thrown, vendor };
  } finally {
    await transport.close();
  }
}

describe('the form', () => {
  test('entity, credentials and the command as one field, as the vendor’s client sends them', async () => {
    const { vendor } = await sent(read, () => answer(), { login: 'user', password: new Secret('a b') });
    expect(vendor.bodies).toEqual([
      's_entity=54cd&s_login=user&s_pw=a%20b&s_command=COMMAND%3DStatusSSLCert%0ASSLCERTID%3D570',
    ]);
  });

  test('the entity says which environment is meant; a view is a field of its own', async () => {
    const { vendor } = await sent(read, () => answer(), { environment: 'ote', user: 'sub.user' });
    expect(vendor.forms[0]?.get('s_entity')).toBe('1234');
    expect(vendor.forms[0]?.get('s_user')).toBe('sub.user');
    expect(vendor.forms[0]?.get('s_pw')).toBe(password);
  });
});

describe('every documented code', () => {
  test.each([...codeTable])('%i', async (code, row) => {
    const failure = (repeatable: boolean) =>
      failureOf({
        command: 'X',
        resultCode: code,
        description: 'because',
        carrier: 'HTTP 200',
        serverFailed: false,
        repeatable,
      });
    expect(failure(true)).toMatchObject({ code: row.code, message: `X: ${code} because` });
    // A refusal was not carried out; what is temporary may have been.
    expect(failure(false).kind === 'outcome-unknown').toBe(row.ambiguous);
    expect(row.ambiguous).toBe(code < 500 || code === 520 || code === 521);
  });

  test.each([
    [421, 3, 'provider-unavailable'],
    [541, 1, 'provider-rejected'],
    [530, 1, 'provider-unauthorized'],
    [425, 1, 'provider-rate-limited'],
  ])('%i to a read: %i requests, %s', async (code, requests, expected) => {
    const { thrown, vendor } = await sent(read, () => answer({}, code));
    expect(thrown).toMatchObject({ code: expected });
    expect(vendor.heard).toHaveLength(requests);
  });

  test.each<readonly [string, Said]>([
    ['421', answer({}, 421)],
    ['a code that no list has', answer({}, 599)],
    ['a page of a proxy', { status: 502, body: '<html>Bad gateway</html>' }],
    ['an empty body', ''],
    ['a success under an HTTP failure', { status: 500, body: answer() }],
    ['a cut connection', cut],
  ])('%s to an order: unknown outcome, one request', async (_, said) => {
    const { thrown, vendor } = await sent(paid, () => said);
    expect(thrown).toMatchObject({ kind: 'outcome-unknown' });
    expect(vendor.heard).toHaveLength(1);
  });
});

describe('secrets', () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldY\n-----END RSA PRIVATE KEY-----\n`;
  const lines = key.trim().split('\n');

  test('a private key in an answer is taken out and wrapped', async () => {
    const { result } = await sent(read, () => answer({ PEM: lines, CSR: ['x'], OTHER: lines }));
    expect(result?.privateKey?.reveal()).toBe(key);
    expect(JSON.stringify(result)).not.toContain('QUJDREVG');
    expect(Object.keys(result?.answer.properties ?? {})).toEqual(['CSR']);
  });

  test('keys and passwords that the vendor repeats get into no error', async () => {
    const own: Command = { ...paid, parameters: { pem: new Secret(key) } };
    const echo = `${key.replaceAll('\n', ' ')} ${lines[1]} ${password} ${encodeURIComponent(password)}`;
    const { thrown } = await sent(
      own,
      () => `CODE=541\r\nDESCRIPTION=Invalid attribute value; ${echo}\r\nEOF\r\n`,
    );
    expect(thrown).toMatchObject({ code: 'provider-rejected' });
    for (const secret of [lines[1] ?? '', password, encodeURIComponent(password)]) {
      expect(String(thrown)).not.toContain(secret);
      expect(JSON.stringify(thrown)).not.toContain(secret);
    }
  });

  test('our own key goes out line by line', async () => {
    const { vendor } = await sent({ ...paid, parameters: { pem: new Secret(key) } }, () => answer());
    expect(vendor.heard[0]).toEqual({
      COMMAND: 'CreateSSLCert',
      PEM0: lines[0],
      PEM1: lines[1],
      PEM2: lines[2],
    });
  });

  test('a password in a property is blotted out', async () => {
    const { result } = await sent(read, () => answer({ STATUSDETAILS: `echo ${password}` }));
    expect(result?.answer.properties['STATUSDETAILS']).toEqual(['echo [secret]']);
  });
});
