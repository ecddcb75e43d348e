/** Name constraints, name by name (RFC 5280 §4.2.1.10), without certificates around them. */
import { describe, expect, test } from 'vitest';
import { encode } from '../../../src/pki/der-encode.ts';
import { readWhole, tags, type DerElement } from '../../../src/pki/der.ts';
import { extensionIds } from '../../../src/pki/extensions.ts';
import { constraintViolation } from '../../../src/pki/name-constraints.ts';
import { readCertificate, type CertificateFields } from '../../../src/pki/x509.ts';
import { newLeaf } from '../../builders/pki.ts';

const base = readCertificate((await newLeaf(undefined)).der);

const dns = (text: string): Buffer => encode(0x82, Buffer.from(text, 'latin1'));
const address = (...bytes: number[]): Buffer => encode(0x87, Buffer.from(bytes));
const mail = (text: string): Buffer => encode(0x81, Buffer.from(text));

type Relative = readonly [type: 'C' | 'O' | 'CN', value: string];

/** `[["C", "DE"], ["O", "Example"]]` as a Name. */
function distinguishedName(...parts: readonly Relative[]): Buffer {
  const last = { C: 6, O: 10, CN: 3 };
  return encode(
    tags.sequence,
    ...parts.map(([type, value]) =>
      encode(
        tags.set,
        encode(
          tags.sequence,
          encode(tags.oid, Buffer.from([0x55, 4, last[type]])),
          encode(tags.utf8String, Buffer.from(value)),
        ),
      ),
    ),
  );
}

const directory = (...parts: readonly Relative[]): Buffer => encode(0xa4, distinguishedName(...parts));

const read = (der: Buffer): DerElement => readWhole(der, der[0] ?? 0);

interface Lists {
  readonly permitted?: readonly Buffer[];
  readonly excluded?: readonly Buffer[];
}

/** What stands against these SANs, and this subject, under the constraints. */
function violation(
  { permitted = [], excluded = [] }: Lists,
  sans: readonly Buffer[],
  subject = distinguishedName(),
): string | undefined {
  const extensions = new Map([
    [
      extensionIds.subjectAltName,
      { critical: false, value: read(encode(tags.octetString, encode(tags.sequence, ...sans))) },
    ],
  ]);
  const fields: CertificateFields = { ...base, subject: read(subject), extensions };
  return constraintViolation({ permitted: permitted.map(read), excluded: excluded.map(read) }, fields);
}

describe('DNS names', () => {
  test.each<[constraint: string, name: string, inside: boolean]>([
    ['example.com', 'example.com', true],
    ['example.com', 'shop.example.com', true],
    ['example.com', 'a.b.example.com', true],
    ['example.com', 'badexample.com', false],
    ['example.com', 'example.com.evil.test', false],
    ['example.com', 'com', false],
    ['Example.COM', 'SHOP.example.com', true],
    ['.example.com', 'shop.example.com', true],
    ['.example.com', 'example.com', false],
    ['', 'anything.test', true],
    ['example.com', '*.example.com', true],
    ['shop.example.com', '*.example.com', false],
  ])('%j holds %j: %s', (constraint, name, inside) => {
    expect(violation({ permitted: [dns(constraint)] }, [dns(name)]) === undefined).toBe(inside);
  });

  test.each<[constraint: string, name: string, excluded: boolean]>([
    ['example.com', 'shop.example.com', true],
    ['example.com', 'shop.example.net', false],
    ['', 'anything.test', true],
    // A wildcard can be used as any name one label below it.
    ['shop.example.com', '*.example.com', true],
    ['.shop.example.com', '*.example.com', true],
    ['SHOP.example.com', '*.EXAMPLE.com', true],
    ['a.shop.example.com', '*.example.com', false],
    ['shop.example.net', '*.example.com', false],
    ['shop.example.com', 'a*.example.com', false],
    ['shop.example.com', 'x.example.com', false],
    ['com', '*.com', true],
    ['localhost', '*.example.com', false],
  ])('without %j there is no %j: %s', (constraint, name, excluded) => {
    expect(violation({ excluded: [dns(constraint)] }, [dns(name)]) !== undefined).toBe(excluded);
  });
});

describe('addresses', () => {
  test.each<[range: readonly number[], name: readonly number[], inside: boolean]>([
    [[192, 0, 2, 0, 255, 255, 255, 0], [192, 0, 2, 7], true],
    [[192, 0, 2, 0, 255, 255, 255, 0], [192, 0, 3, 7], false],
    [[192, 0, 2, 0, 255, 255, 255, 0], [193, 0, 2, 7], false],
    [[192, 0, 2, 7, 255, 255, 255, 255], [192, 0, 2, 7], true],
    [[192, 0, 2, 7, 255, 255, 255, 255], [192, 0, 2, 8], false],
    [[10, 64, 0, 0, 255, 192, 0, 0], [10, 127, 1, 1], true],
    [[10, 64, 0, 0, 255, 192, 0, 0], [10, 128, 1, 1], false],
    // The base may have bits beyond its mask.
    [[10, 64, 9, 9, 255, 192, 0, 0], [10, 65, 1, 1], true],
    [[0, 0, 0, 0, 0, 0, 0, 0], [198, 51, 100, 1], true],
    // An IPv4 range says nothing good about an IPv6 address.
    [[0, 0, 0, 0, 0, 0, 0, 0], [0x20, 1, 0xd, 0xb8, ...Array.from({ length: 12 }, () => 0)], false],
    [[192, 0, 2, 7], [192, 0, 2, 7], false],
  ])('%j holds %j: %s', (range, name, inside) => {
    expect(violation({ permitted: [address(...range)] }, [address(...name)]) === undefined).toBe(inside);
  });
});

describe('directory names', () => {
  const german = directory(['C', 'DE']);
  const ours = directory(['C', 'DE'], ['O', 'Example']);

  test.each<[title: string, constraint: Buffer, name: Buffer, inside: boolean]>([
    ['the same', ours, ours, true],
    ['below it', ours, directory(['C', 'DE'], ['O', 'Example'], ['CN', 'shop']), true],
    ['another organisation', ours, directory(['C', 'DE'], ['O', 'Other']), false],
    ['another country', ours, directory(['C', 'AT'], ['O', 'Example']), false],
    ['above it', ours, german, false],
    ['another order', ours, directory(['O', 'Example'], ['C', 'DE']), false],
    ['everything is below nothing', directory(), ours, true],
  ])('%s: %s', (_title, constraint, name, inside) => {
    expect(violation({ permitted: [constraint] }, [name]) === undefined).toBe(inside);
  });

  test('the subject is one of them', () => {
    const lists = { permitted: [ours] };
    expect(
      violation(lists, [], distinguishedName(['C', 'DE'], ['O', 'Example'], ['CN', 'x'])),
    ).toBeUndefined();
    expect(violation(lists, [], distinguishedName(['C', 'DE'], ['O', 'Other']))).toBe(
      'the subject is not among its permitted names',
    );
    expect(violation({ excluded: [german] }, [], distinguishedName(['C', 'DE']))).toBe(
      'the subject is among its excluded names',
    );
  });

  test('an empty subject is none', () => {
    expect(violation({ permitted: [ours] }, [dns('example.com')])).toBeUndefined();
  });
});

describe('lists', () => {
  test('one of several permitted names is enough, one excluded name too many', () => {
    const permitted = [dns('example.net'), dns('example.com')];
    expect(violation({ permitted }, [dns('shop.example.com')])).toBeUndefined();
    const excluded = [dns('example.org'), dns('bad.example.com')];
    expect(violation({ permitted, excluded }, [dns('bad.example.com')])).toMatch(/excluded/);
  });

  test('every name has to be inside', () => {
    const permitted = [dns('example.com')];
    expect(violation({ permitted }, [dns('shop.example.com'), dns('shop.example.net')])).toBe(
      '"shop.example.net" is not among its permitted names',
    );
  });

  test('a constraint on one kind of name says nothing about another', () => {
    const permitted = [dns('example.com')];
    expect(violation({ permitted }, [address(192, 0, 2, 7)])).toBeUndefined();
    expect(violation({ excluded: permitted }, [address(192, 0, 2, 7)])).toBeUndefined();
  });

  test('a kind that cannot be checked is refused where it occurs', () => {
    const lists = { permitted: [mail('example.com')] };
    expect(violation(lists, [mail('a@example.com')])).toBe(
      'it constrains a kind of name that cannot be checked',
    );
    expect(violation(lists, [dns('example.net')])).toBeUndefined();
    expect(violation({ permitted: [dns('example.com')] }, [mail('a@example.net')])).toBeUndefined();
  });
});

describe('in words', () => {
  test.each<[name: Buffer, lists: Lists, words: string]>([
    [dns('a\n"b'), { excluded: [dns('')] }, '"a?"b" is among its excluded names'],
    [
      address(192, 0, 2, 7),
      { excluded: [address(0, 0, 0, 0, 0, 0, 0, 0)] },
      'the address c0000207 is among its excluded names',
    ],
  ])('%#', (name, lists, words) => {
    expect(violation(lists, [name])).toBe(words);
  });
});
