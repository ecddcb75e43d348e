/** Revocation lists: what is believed and what is refused, by table; the same list read by OpenSSL's own making is in openssl.test.ts. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate, type Certificate } from '../../../src/pki/certificate.ts';
import { DerError, elementAt } from '../../../src/pki/der.ts';
import { readCertificate } from '../../../src/pki/x509.ts';
import { readEntries, serialBytesMax } from '../../../src/revocation/crl-entries.ts';
import { readCrl, scopeProblem } from '../../../src/revocation/crl.ts';
import { checkList } from '../../../src/revocation/lists.ts';
import { revocationPointers } from '../../../src/revocation/pointers.ts';
import { newCa, newLeaf, now, x509, type TestCertificate } from '../../builders/pki.ts';
import {
  aCrl,
  crlEntry,
  der,
  extension,
  hours,
  integer,
  listScope,
  oid,
  pointers,
  type CrlOptions,
} from '../../builders/revocation.ts';

let ca: TestCertificate;
let namesake: TestCertificate;
let other: TestCertificate;
let mute: TestCertificate;
let issuer: Certificate;

beforeAll(async () => {
  ca = await newCa('lists');
  namesake = await newCa('lists');
  other = await newCa('other');
  mute = await newCa('mute', undefined, { keyUsage: x509.KeyUsageFlags.keyCertSign });
  issuer = parseCertificate(ca.der);
});

const serialOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const check = (options: CrlOptions, by = issuer) => checkList(aCrl(ca, options), by, now);

describe('a list', () => {
  test('says what is revoked, since when and why', async () => {
    const { entries } = await check({
      entries: [
        { serial: '01', reason: 1, at: hours(-9) },
        { serial: '00ff01', at: hours(-3) },
        { serial: '7f'.repeat(20), reason: 0 },
      ],
    });
    expect(entries.count).toBe(3);
    expect(entries.find(serialOf('01'))).toEqual({ revokedAt: hours(-9), reason: 'keyCompromise' });
    expect(entries.find(serialOf('00ff01'))).toEqual({ revokedAt: hours(-3), reason: null });
    expect(entries.find(serialOf('7f'.repeat(20)))?.reason).toBe('unspecified');
    expect(entries.find(serialOf('02'))).toBeUndefined();
    // Neither a part of a number nor a number that begins the same.
    expect(entries.find(serialOf('ff01'))).toBeUndefined();
    expect(entries.find(serialOf('7f'.repeat(19)))).toBeUndefined();
    expect(entries.find(serialOf('0100'))).toBeUndefined();
  });

  test('may be empty', async () => {
    expect((await check({})).entries.count).toBe(0);
  });

  test.each<[string, CrlOptions]>([
    ['dated this second', { thisUpdate: now }],
    ['dated a little ahead, as clocks differ', { thisUpdate: hours(1 / 13) }],
    ['which ends a second from now', { nextUpdate: new Date(now.getTime() + 1000) }],
    [
      'with harmless extensions',
      { extensions: [extension('2.5.29.20', integer('05')), extension('1.2.3.4', integer('05'))] },
    ],
    [
      'with a date of invalidity',
      {
        entries: [
          {
            serial: '01',
            extensions: der(0x30, extension('2.5.29.24', der(0x18, Buffer.from('20260101000000Z')))),
          },
        ],
      },
    ],
  ])('%s is believed', async (_, options) => {
    await expect(check(options)).resolves.toBeDefined();
  });

  test('with an entry that has no reason, and others that have one', async () => {
    const { entries } = await check({ entries: [{ serial: '05' }, { serial: '06', reason: 4 }] });
    expect(entries.find(serialOf('05'))?.reason).toBeNull();
    expect(entries.find(serialOf('06'))?.reason).toBe('superseded');
  });

  test.each<[string, () => CrlOptions, RegExp]>([
    ['signed by another key of the same name', () => ({ signer: namesake }), /signature/],
    ['of another issuer', () => ({ name: other }), /another issuer/],
    ['out of date since this second', () => ({ nextUpdate: now }), /out of date/],
    ['from the future', () => ({ thisUpdate: hours(1 / 10) }), /has not come yet/],
    ['that never ends', () => ({ nextUpdate: null }), /when the next one comes/],
    [
      'with a weak signature algorithm',
      () => ({ algorithm: der(0x30, oid('1.2.840.10045.4.1')) }),
      /signature/,
    ],
    [
      'with an unknown critical entry extension',
      () => ({
        entries: [{ serial: '01', extensions: der(0x30, extension('2.5.29.29', integer('01'), true)) }],
      }),
      /2\.5\.29\.29/,
    ],
    ['with a reason of delta lists', () => ({ entries: [{ serial: '01', reason: 8 }] }), /reason code 8/],
    ['with an unknown reason', () => ({ entries: [{ serial: '01', reason: 77 }] }), /reason code 77/],
  ])('%s is refused', async (_, options, why) => {
    await expect(check(options())).rejects.toThrow(why);
    await expect(check(options())).rejects.toBeInstanceOf(DerError);
  });

  test('of an issuer that may not sign lists is refused', async () => {
    const list = aCrl(mute, {});
    await expect(checkList(list, parseCertificate(mute.der), now)).rejects.toThrow(/may not sign lists/);
  });

  test('that is cut off anywhere is refused', async () => {
    const list = aCrl(ca, { entries: [{ serial: '01', reason: 1 }] });
    for (let length = 0; length < list.length; length += 7)
      await expect(checkList(list.subarray(0, length), issuer, now)).rejects.toBeInstanceOf(DerError);
  });

  test('with one bit turned is never believed', async () => {
    const list = aCrl(ca, {
      entries: [{ serial: '01', reason: 1 }],
      extensions: [extension('2.5.29.20', integer('05'))],
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(list.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const turned = Buffer.from(list);
        turned[at] = (turned[at] ?? 0) ^ (1 << bit);
        await expect(checkList(turned, issuer, now)).rejects.toBeInstanceOf(DerError);
      }),
      { numRuns: 200 },
    );
  });

  test('of random bytes is a DerError and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(checkList(bytes, issuer, now)).rejects.toBeInstanceOf(DerError);
        const list = der(0x30, bytes);
        await readEntries(elementAt(list, 0, list.length)).then(
          (entries) => expect(entries.count).toBeLessThanOrEqual(bytes.length),
          (thrown: unknown) => expect(thrown).toBeInstanceOf(DerError),
        );
      }),
    );
  });

  test('any serial numbers are found again, and no others', async () => {
    const serial = fc
      .uint8Array({ minLength: 1, maxLength: serialBytesMax - 1 })
      .map((bytes) => Buffer.concat([Buffer.of(0x01), bytes]).toString('hex'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(serial, { maxLength: 40 }), serial, async (present, stranger) => {
        const list = der(0x30, ...present.map((hex) => crlEntry({ serial: hex })));
        const entries = await readEntries(elementAt(list, 0, list.length));
        for (const hex of present) expect(entries.find(serialOf(hex))).toBeDefined();
        expect(entries.find(serialOf(stranger)) !== undefined).toBe(present.includes(stranger));
      }),
    );
  });
});

describe('a list for a part of the certificates', () => {
  const own = 'http://crl.example.com/7.crl';
  const foreign = 'http://crl.example.com/8.crl';

  async function problem(scope: Buffer, lists: readonly string[]): Promise<string | undefined> {
    const leaf = await newLeaf(ca, { extra: pointers(lists) });
    const [pointer] = revocationPointers(readCertificate(leaf.der)).lists;
    return scopeProblem(readCrl(aCrl(ca, { extensions: [scope] })), pointer?.names ?? []);
  }

  test.each<[string, Buffer, RegExp]>([
    ['its own part', listScope(own), /^none$/],
    ['its own part, user certificates', listScope(own, der(0x81, Buffer.of(0xff))), /^none$/],
    ['user certificates', listScope(undefined, der(0x81, Buffer.of(0xff))), /^none$/],
    ['another part', listScope(foreign), /other certificates/],
    ['CA certificates', listScope(own, der(0x82, Buffer.of(0xff))), /not for the certificates of servers/],
    ['some reasons', listScope(own, der(0x83, Buffer.from([1, 2]))), /not for the certificates of servers/],
    ['several issuers', listScope(own, der(0x84, Buffer.of(0xff))), /not for the certificates of servers/],
    ['changes only', extension('2.5.29.27', integer('01'), true), /2\.5\.29\.27/],
  ])('%s', async (_, scope, why) => {
    expect((await problem(scope, [own])) ?? 'none').toMatch(why);
  });
});

describe('addresses in a certificate', () => {
  test('are read, http only, at most three', async () => {
    const leaf = await newLeaf(ca, {
      extra: pointers(
        [
          'ldap://x/y',
          'https://a.example/1',
          'http://a.example/1',
          'http://a.example/2',
          'http://a.example/3',
          'http://a.example/4',
        ],
        ['http://ocsp.example'],
      ),
    });
    const { lists, responders } = revocationPointers(readCertificate(leaf.der));
    expect(lists.map(({ url }) => url)).toEqual([
      'http://a.example/1',
      'http://a.example/2',
      'http://a.example/3',
    ]);
    expect(responders).toEqual(['http://ocsp.example/']);
  });

  test('may be none', async () => {
    const leaf = await newLeaf(ca);
    expect(revocationPointers(readCertificate(leaf.der))).toEqual({ lists: [], responders: [] });
  });
});
