import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChallenges } from '../../../../src/vendors/rrpproxy/challenges.ts';
import type { ChallengeReading } from '../../../../src/vendors/command-text/proof-place.ts';
import { readCertificate } from '../../../../src/providers/rrpproxy/schema.ts';
import { parseAnswer } from '../../../../src/vendors/command-text/wire.ts';
import { ok } from './support.ts';

interface Row {
  readonly dcv?: string;
  readonly domain?: string;
  readonly rr?: string;
  readonly file?: string;
  readonly contents?: string;
  readonly email?: string;
}

const property: Readonly<Record<string, string>> = {
  dcv: 'dcv domain',
  domain: 'domain',
  rr: 'dns rr',
  file: 'file name',
  contents: 'file contents',
  email: 'dcv email',
};

function read(names: readonly string[], ...rows: readonly Row[]): ChallengeReading {
  const lines = rows.flatMap((row, index) =>
    Object.entries(row).map(([key, value]) => `property[${property[key]}][${index}] = ${value}`),
  );
  return readChallenges(readCertificate(parseAnswer(ok + lines.join('\n')), 'EUR'), names);
}

const token = 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4';

describe('DNS instructions', () => {
  test.each<[string, readonly string[], Row, object]>([
    [
      '@ is the dcv domain',
      ['shop.example.com'],
      { dcv: 'example.com', domain: 'shop.example.com', rr: `@ IN TXT ${token}` },
      { identifier: 'example.com', recordName: 'example.com' },
    ],
    [
      '@ without dcv domain is the domain',
      ['a.example.com'],
      { domain: 'a.example.com', rr: `@ IN TXT ${token}` },
      { recordName: 'a.example.com' },
    ],
    ['@ without either is the name', ['a.example.com'], { rr: token }, { recordName: 'a.example.com' }],
    [
      'a wildcard keeps its star, the record does not',
      ['*.example.com'],
      { dcv: '*.example.com', rr: token },
      { identifier: '*.example.com', recordName: 'example.com' },
    ],
    [
      'an owner below the name',
      ['example.com'],
      { dcv: 'example.com', rr: `_dnsauth.example.com. 60 IN TXT "${token}"` },
      { recordName: '_dnsauth.example.com' },
    ],
    [
      'a relative owner',
      ['example.com'],
      { dcv: 'example.com', rr: `_dnsauth 60 IN TXT ${token}` },
      { recordName: '_dnsauth.example.com' },
    ],
    [
      'capitals and final dots',
      ['example.com'],
      { dcv: 'EXAMPLE.com.', rr: `_DNSAUTH.Example.COM. IN TXT ${token}` },
      { identifier: 'example.com', recordName: '_dnsauth.example.com' },
    ],
    [
      'Sectigo',
      ['example.com'],
      { dcv: 'example.com', rr: '_0d1c.example.com.  CNAME  ab.comodoca.com.' },
      { recordName: '_0d1c.example.com', recordType: 'CNAME', value: 'ab.comodoca.com' },
    ],
    [
      'the free www twin',
      ['example.com'],
      { dcv: 'www.example.com', domain: 'www.example.com', rr: token },
      { recordName: 'www.example.com' },
    ],
    [
      'columns out of line: the owner decides',
      ['a.example', 'b.example'],
      { dcv: 'a.example', domain: 'a.example', rr: `_dnsauth.b.example. IN TXT ${token}` },
      { identifier: 'b.example' },
    ],
  ])('%s', (_, names, row, expected) => {
    const { challenges, refused } = read(names, row);
    expect(refused).toEqual([]);
    expect(challenges).toMatchObject([expected]);
  });

  test('the same record for two names is one challenge', () => {
    const row = { dcv: 'example.com', rr: `@ 3600 IN TXT ${token}` };
    expect(read(['example.com', 'www.example.com'], row, row).challenges).toHaveLength(1);
  });

  test.each<[string, Row]>([
    ['a foreign dcv domain', { dcv: 'victim.example', rr: token }],
    ['a foreign owner', { dcv: 'example.com', rr: `_x.victim.example. IN TXT ${token}` }],
    ['an owner that only ends alike', { dcv: 'example.com', rr: `_x.notexample.com. IN TXT ${token}` }],
    ['a top-level domain', { dcv: 'com', rr: token }],
    ['a name taken over by CNAME', { dcv: 'example.com', rr: 'example.com. IN CNAME evil.example' }],
    ['a host taken over by CNAME', { dcv: 'example.com', rr: 'www.example.com. IN CNAME evil.example' }],
    [
      'a mail host taken over by CNAME',
      { dcv: 'example.com', rr: 'mail.example.com. IN CNAME evil.example' },
    ],
    [
      'an ACME challenge for somebody else',
      { dcv: 'example.com', rr: `_acme-challenge.example.com. IN TXT ${token}` },
    ],
    ['another type', { dcv: 'example.com', rr: 'x.example.com. IN A 192.0.2.1' }],
    ['a wildcard owner', { dcv: 'example.com', rr: `*.example.com. IN TXT ${token}` }],
    ['control characters', { dcv: 'example.com', rr: '@ IN TXT "a\u0007b"' }],
    ['an endless value', { dcv: 'example.com', rr: `@ IN TXT ${'x'.repeat(501)}` }],
  ])('%s is refused', (_, row) => {
    const { challenges, refused } = read(['example.com'], row);
    expect(challenges).toEqual([]);
    expect(refused).toHaveLength(1);
  });
});

describe('file instructions', () => {
  const at = '/.well-known/pki-validation/';
  test.each<[string, string, string]>([
    ['https URL', 'https://example.com/.well-known/pki-validation/fileauth.txt', 'fileauth.txt'],
    ['http URL', 'http://EXAMPLE.com/.well-known/pki-validation/0A1B.txt', '0A1B.txt'],
    ['host and path', 'example.com/.well-known/pki-validation/fileauth.txt', 'fileauth.txt'],
    ['path', '/.well-known/pki-validation/fileauth.txt', 'fileauth.txt'],
    ['path without slash (API 1, DigiCert)', '.well-known/pki-validation/fileauth.txt', 'fileauth.txt'],
    ['name alone (API 1, Sectigo)', '0A1B2C.txt', '0A1B2C.txt'],
  ])('%s', (_, file, name) => {
    const { challenges, refused } = read(['example.com'], { dcv: 'example.com', file, contents: token });
    expect(refused).toEqual([]);
    expect(challenges).toEqual([
      { kind: 'file', identifier: 'example.com', host: 'example.com', path: at + name, content: token },
    ]);
  });

  test("Sectigo's hash and domain get lines of their own", () => {
    const contents = `${'a1'.repeat(32)} comodoca.com`;
    const { challenges } = read(['example.com'], { dcv: 'example.com', file: 'A.txt', contents });
    expect(challenges).toMatchObject([{ content: `${'a1'.repeat(32)}\ncomodoca.com` }]);
  });

  test.each([
    'https://example.com/.well-known/pki-validation/../../index.html',
    'https://example.com/.well-known/pki-validation/%2e%2e/x',
    'https://example.com/.well-known/pki-validation/.htaccess',
    'https://example.com/.well-known/pki-validation/a/b.txt',
    'https://example.com/.well-known/acme-challenge/x',
    'https://example.com/index.html',
    'https://example.com/.well-known/pki-validation/',
    'https://victim.example/.well-known/pki-validation/fileauth.txt',
    'https://example.com@evil.example/.well-known/pki-validation/f.txt',
    'https://example.com:8443/.well-known/pki-validation/f.txt',
    'https://example.com/.well-known/pki-validation/f.txt?x=1',
    String.raw`https://example.com/.well-known/pki-validation/..\f.txt`,
    'file:///etc/passwd',
    '../f.txt',
    `${'x'.repeat(200)}.txt`,
  ])('%s is refused', (file) => {
    const { challenges, refused } = read(['example.com'], { dcv: 'example.com', file, contents: token });
    expect(challenges).toEqual([]);
    expect(refused).toHaveLength(1);
  });

  test('a file without usable contents is refused', () => {
    expect(read(['example.com'], { dcv: 'example.com', file: 'f.txt' }).refused).toHaveLength(1);
    expect(
      read(['example.com'], { dcv: 'example.com', file: 'f.txt', contents: 'x'.repeat(1001) }).refused,
    ).toHaveLength(1);
  });
});

test('addresses are grouped by name, broken ones left out', () => {
  const { challenges } = read(
    ['example.com', 'example.org'],
    { dcv: 'example.com', email: 'admin@example.com' },
    { dcv: 'example.com', email: 'webmaster@example.com' },
    { dcv: 'example.org', email: 'admin@example.org' },
    { dcv: 'example.org', email: 'not an address' },
  );
  expect(challenges).toEqual([
    { kind: 'email', identifier: 'example.com', addresses: ['admin@example.com', 'webmaster@example.com'] },
    { kind: 'email', identifier: 'example.org', addresses: ['admin@example.org'] },
  ]);
});

test('whatever the provider says, nothing leaves the names of the certificate', () => {
  const word = fc.constantFrom(
    'example.com',
    'www',
    'victim.example',
    'com',
    '@',
    '*',
    '_x',
    '..',
    '/',
    'IN',
    'TXT',
    'CNAME',
    'https://',
    token,
    '.well-known/pki-validation/',
    'a.txt',
    ' ',
    '.',
    '%2f',
  );
  const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(''));
  const spaced = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.oneof(text, spaced), fc.oneof(text, spaced), text, (rr, file, dcv) => {
      const { challenges } = read(['example.com'], { dcv, rr, file, contents: token });
      const places = challenges.map((challenge) =>
        challenge.kind === 'dns'
          ? challenge.recordName
          : challenge.kind === 'file'
            ? challenge.host + challenge.path
            : '',
      );
      for (const place of places) {
        expect(place).toMatch(
          /^(([a-z0-9_-]+\.)*example\.com|(www\.)?example\.com\/\.well-known\/pki-validation\/[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?)$/,
        );
      }
    }),
    { numRuns: 2000 },
  );
});
