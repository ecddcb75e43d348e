import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChallenges } from '../../../../src/providers/hexonet/challenges.ts';
import { toReading } from '../../../../src/providers/hexonet/reading.ts';
import {
  readApprovers,
  readCertificate,
  readCertificatePage,
} from '../../../../src/providers/hexonet/schema.ts';
import { parseDate } from '../../../../src/vendors/command-text/fields.ts';
import { checkChallenge } from '../../../../src/renewal/dcv/safety.ts';
import { parseAnswer } from '../../../../src/vendors/command-text/wire.ts';
import { propertiesOf } from '../../../../src/vendors/hexonet/epp/key-values.ts';
import { answer, thrownIn } from '../../vendors/hexonet/support.ts';

const hash = '0123456789abcdef0123456789abcdef';
const names = ['*.shop.example.com', 'shop.example.com', 'www.example.com'];

function challengesOf(properties: Readonly<Record<string, string | readonly string[]>>) {
  return readChallenges(readCertificate(parseAnswer(answer(properties))), names);
}

describe('records', () => {
  const target = 'a.b.comodoca.com';

  test.each([
    [
      'of a name',
      `_${hash}.shop.example.com. CNAME ${target}.`,
      `_${hash}.shop.example.com`,
      '*.shop.example.com',
    ],
    [
      'with blanks, TTL, class and capitals',
      `_${hash.toUpperCase()}.www.Example.com.  60 IN CNAME ${target}`,
      `_${hash}.www.example.com`,
      'www.example.com',
    ],
    [
      'of 32 random characters',
      `${hash}.www.example.com. CNAME ${target}.`,
      `${hash}.www.example.com`,
      'www.example.com',
    ],
    [
      'as the document prints it',
      'abcde01234.www.example.com. CNAME vwxyz56789.www.example.com.',
      'abcde01234.www.example.com',
      'www.example.com',
    ],
  ])('%s', (_, text, recordName, identifier) => {
    const { challenges, refused } = challengesOf({ VALIDATIONDNSRR: text });
    expect(refused).toEqual([]);
    expect(challenges).toEqual([
      expect.objectContaining({ kind: 'dns', recordType: 'CNAME', recordName, identifier }),
    ]);
  });

  test.each([
    ['a host of ours as an alias', 'mail.www.example.com. CNAME evil.example.net.'],
    ['a random word that leads elsewhere', 'abcde01234.www.example.com. CNAME vwxyz56789.example.net.'],
    ['the name itself', 'www.example.com. CNAME evil.example.net.'],
    ['a domain above the names', `_${hash}.example.com. CNAME a.b.comodoca.com.`],
    ['a name of somebody else', `_${hash}.example.net. CNAME ${target}.`],
    ['later proofs', '_acme-challenge.www.example.com. CNAME x.example.net.'],
    ['a mail policy', '_dmarc.www.example.com. CNAME x.example.net.'],
    ['a text record', `_${hash}.www.example.com. TXT "v=spf1 +all"`],
    ['no owner', `CNAME ${target}.`],
    ['another type', `_${hash}.www.example.com. A 192.0.2.1`],
    ['nonsense', 'x'.repeat(5000)],
  ])('%s: refused, and not in the reading', (_, text) => {
    const { challenges, refused } = challengesOf({ VALIDATIONDNSRR: text });
    expect(challenges).toEqual([]);
    expect(refused).toHaveLength(1);
  });

  test('the same record for two names is asked for once', () => {
    const text = `_${hash}.shop.example.com. CNAME ${target}.`;
    expect(challengesOf({ VALIDATIONDNSRR: [text, text] }).challenges).toHaveLength(1);
  });
});

describe('files', () => {
  test.each([
    [
      'in the validation directory',
      `http://www.example.com/.well-known/pki-validation/${hash}.txt`,
      `/.well-known/pki-validation/${hash}.txt`,
    ],
    [
      'by https',
      `https://shop.example.com/.well-known/pki-validation/fileauth.txt`,
      '/.well-known/pki-validation/fileauth.txt',
    ],
    ['in the root, as the document prints it', 'http://www.example.com/abcde01234.txt', '/abcde01234.txt'],
  ])('%s', (_, url, path) => {
    const { challenges } = challengesOf({ VALIDATIONURL: url, VALIDATIONURLCONTENT: 'vwxyz56789' });
    expect(challenges).toEqual([expect.objectContaining({ kind: 'file', path, content: 'vwxyz56789' })]);
  });

  test.each([
    'http://www.example.com/../etc/passwd1234.txt',
    'http://www.example.com/.well-known/pki-validation/../x.txt',
    'http://www.example.com/.well-known/acme-challenge/abcdefghij.txt',
    'http://www.example.com/index.html',
    'http://www.example.com/robots.txt',
    'http://www.example.com/abcde01234.php',
    'http://www.example.com/abcde01234.txt?x=1',
    'http://evil.example.net/abcde01234.txt',
    'http://user@www.example.com/abcde01234.txt',
    'ftp://www.example.com/abcde01234.txt',
    'http://www.example.com:8080/abcde01234.txt',
    '/abcde01234.txt',
  ])('%s: refused', (url) => {
    const { challenges, refused } = challengesOf({ VALIDATIONURL: url, VALIDATIONURLCONTENT: 'vwxyz56789' });
    expect({ challenges, refused: refused.length }).toEqual({ challenges: [], refused: 1 });
  });

  test('hash and CA on one line become two lines', () => {
    const { challenges } = challengesOf({
      VALIDATIONURL: `http://www.example.com/.well-known/pki-validation/${hash}.txt`,
      VALIDATIONURLCONTENT: `${hash}${hash} comodoca.com`,
    });
    expect(challenges).toEqual([expect.objectContaining({ content: `${hash}${hash}\ncomodoca.com` })]);
  });

  test('a file without contents is refused', () => {
    expect(challengesOf({ VALIDATIONURL: 'http://www.example.com/abcde01234.txt' }).refused).toHaveLength(1);
  });
});

test('each name by its own method', () => {
  const { challenges } = challengesOf({
    DOMAIN: ['shop.example.com', 'www.example.com', 'example.com'],
    VALIDATION: ['DNSZONE', 'URL', 'EMAIL'],
    VALIDATIONDNSRR: [`_${hash}.shop.example.com. CNAME a.b.comodoca.com.`, '', ''],
    VALIDATIONURL: ['', 'http://www.example.com/abcde01234.txt', ''],
    VALIDATIONURLCONTENT: ['', 'x', ''],
    // Addresses of other methods are only the contact's.
    VALIDATIONEMAIL: ['a@example.com', 'b@example.com', 'c@example.com'],
  });
  expect(challenges.map((one) => [one.kind, one.identifier])).toEqual([
    ['dns', 'shop.example.com'],
    ['file', 'www.example.com'],
    ['email', 'example.com'],
  ]);
});

test('real values pass the guard of the flow as well', () => {
  const { challenges } = challengesOf({
    VALIDATIONDNSRR: `_${hash}.shop.example.com. CNAME a.b.comodoca.com.`,
    VALIDATIONURL: ['', `http://www.example.com/.well-known/pki-validation/${hash}.txt`],
    VALIDATIONURLCONTENT: ['', 'x'],
  });
  expect(challenges).toHaveLength(2);
  expect(challenges.map((one) => checkChallenge(one, names))).toEqual([undefined, undefined]);
});

test.each([
  ['2017-11-22 23:59:59', '2017-11-22T23:59:59.000Z'],
  ['2017-11-22 23:59:59.0', '2017-11-22T23:59:59.000Z'],
  ['2017-11-22', '2017-11-22T00:00:00.000Z'],
  ['2017-02-29 00:00:00', undefined],
  ['2017-11-22 24:00:00', undefined],
  ['', undefined],
  ['tomorrow', undefined],
])('date %j is %s', (text, expected) => {
  expect(parseDate(text)?.toISOString()).toBe(expected);
});

describe('any answer', () => {
  const name = fc.constantFrom(
    'SSLCERTID',
    'STATUS',
    'DOMAIN',
    'VALIDATION',
    'VALIDATIONDNSRR',
    'VALIDATIONURL',
    'VALIDATIONURLCONTENT',
    'VALIDATIONEMAIL',
    'CSR',
    'CRT',
    'CACRT',
    'EMAIL',
    'TOTAL',
    'LAST',
    '__proto__',
    'constructor',
    'CREATEDDATE',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      'DNSZONE',
      'URL',
      'EMAIL',
      'ACTIVE',
      'www.example.com',
      '-----BEGIN CERTIFICATE-----',
      '9'.repeat(30),
    ),
    fc.constant(`_${hash}.www.example.com. CNAME a.b.comodoca.com.`),
  );

  test('gives a reading or a typed error, in text and over EPP, and touches no prototype', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.nat({ max: 3 }), value), { maxLength: 25 }), (rows) => {
        const text = rows.map(([key, index, one]) => `PROPERTY[${key}][${index}]=${one}`).join('\n');
        const pairs = rows.map(([key, index, one]) => ({
          key: index === 0 ? key : `${key}${index}`,
          value: one,
        }));
        const base = { code: 200, description: '', ended: true };
        for (const raw of [parseAnswer(text), { ...base, ...propertiesOf(pairs) }]) {
          expect(['nothing', 'RenewdError']).toContain(
            thrownIn(() => {
              toReading(readCertificate(raw), { names });
              readCertificatePage(raw, 0);
              readApprovers(raw);
            }),
          );
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  test('whatever is asked for lies within the certificate’s names', () => {
    const label = fc.constantFrom(
      'www',
      'mail',
      '_dmarc',
      `_${hash}`,
      hash,
      'abcde01234',
      '*',
      '..',
      '',
      'x'.repeat(70),
    );
    const base = fc.constantFrom(
      'example.com',
      'www.example.com',
      'shop.example.com',
      'example.net',
      'com',
      '',
    );
    fc.assert(
      fc.property(label, base, label, base, (owner, at, first, target) => {
        const { challenges } = challengesOf({ VALIDATIONDNSRR: `${owner}.${at}. CNAME ${first}.${target}.` });
        for (const one of challenges) {
          if (one.kind !== 'dns') throw new Error('no record');
          expect(one.recordName).toMatch(
            /^(_[0-9a-f]{32}|[0-9a-f]{32}|abcde01234)\.(www|shop)\.example\.com$/,
          );
        }
      }),
    );
  });
});
