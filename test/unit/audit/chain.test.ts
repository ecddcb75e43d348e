/** Whatever is done to a stored receipt is found, and where. */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChainCheck, readReceipt } from '../../../src/audit/chain.ts';
import type { ChainBreak } from '../../../src/audit/report.ts';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import { receiptHash, sealReceipt, type SealedReceipt } from '../../../src/core/receipt.ts';
import { aChain, aReceiptContent, numbered } from '../../builders/receipts.ts';

function firstBreak(rows: readonly SealedReceipt[]): ChainBreak | undefined {
  const check = createChainCheck();
  for (const row of rows) {
    const result = check.next(row);
    if ('break' in result) return result.break;
  }
  return undefined;
}

const length = 6;
const chain = aChain(length);

function rowOf(index: number): SealedReceipt {
  const row = chain[index];
  if (row === undefined) throw new Error(`no row ${index}`);
  return row;
}

function replaced(index: number, fields: Partial<SealedReceipt>): readonly SealedReceipt[] {
  return chain.map((row, at) => (at === index ? { ...row, ...fields } : row));
}

test('a chain that nobody touched is whole', () => {
  expect(firstBreak(chain)).toBeUndefined();
  expect(firstBreak([])).toBeUndefined();
});

describe('the form', () => {
  test('one line of printable ASCII, whose hash is that of a file that holds it', () => {
    const { content, hash: stored } = rowOf(0);
    expect(content).toMatch(/^[\x20-\x7e]+$/);
    expect(content).toContain(String.raw`Gr\u00fc\u00dfe, \u8a3c\u660e\u66f8`);
    expect(stored).toBe(hash('sha256', `${content}\n`, 'hex'));
    expect(readReceipt(rowOf(0))).toMatchObject({ sequence: 1, previous: null, certificate: 'shop' });
    expect(readReceipt(rowOf(1))).toMatchObject({ sequence: 2, previous: stored });
  });

  test.each([
    [{ b: 1, a: [true, null, 'x'], A: {} }, '{"A":{},"a":[true,null,"x"],"b":1}'],
    [
      { '\u20ac': 1, '\r': 2, 1: 3, '\ud83d\ude00': 4, '\ufb33': 5 },
      String.raw`{"\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}`,
    ],
    [{ text: '\u007f"\\/\n\u0001' }, String.raw`{"text":"\u007f\"\\/\n\u0001"}`],
    [[1e21, 0.5, -0, 100], '[1e+21,0.5,0,100]'],
    [JSON.parse('{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}'],
  ])('%j', (value: unknown, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, { a: undefined }, new Date(0)])(
    'refuses %s',
    (value: unknown) => {
      expect(() => canonicalJson(value)).toThrow(/JSON/);
    },
  );

  test('takes what is as deep as may be', () => {
    const nested = (levels: number): unknown => (levels === 0 ? [] : [nested(levels - 1)]);
    expect(canonicalJson(nested(64))).toBe('['.repeat(65) + ']'.repeat(65));
    expect(() => canonicalJson(nested(65))).toThrow('JSON deeper than 64 levels');
    const members = (levels: number): unknown => (levels === 0 ? {} : { a: members(levels - 1) });
    expect(canonicalJson(members(64))).toHaveLength(64 * 6 + 2);
    expect(() => canonicalJson(members(65))).toThrow('JSON deeper than 64 levels');
  });

  test('says what it refuses', () => {
    expect(() => canonicalJson(undefined)).toThrow('a undefined has no place in JSON');
    expect(() => canonicalJson(Number.NaN)).toThrow('a number has no place in JSON');
    expect(() => canonicalJson(new Date(0))).toThrow('only plain objects have a place in JSON');
    expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  test('refuses what is too deep', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100; depth += 1) value = [value];
    expect(() => canonicalJson(value)).toThrow(/deeper/);
  });

  test('is the same for the same JSON, in whatever order it was put together, and reads as it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        const read: unknown = JSON.parse(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(read)).toBe(text);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe('is found', () => {
  const place = fc.nat({ max: length - 1 });

  test('any change of one byte, in any column', () => {
    const column = fc.constantFrom('content', 'hash', 'certificate', 'renewalId');
    fc.assert(
      fc.property(place, column, fc.nat(), fc.integer({ min: 1, max: 255 }), (index, name, at, change) => {
        const bytes = Buffer.from(rowOf(index)[name], 'latin1');
        const offset = at % bytes.length;
        bytes[offset] = (bytes[offset] ?? 0) ^ change;
        const found = firstBreak(replaced(index, { [name]: bytes.toString('latin1') }));
        expect(found?.place).toBe(index + 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('every single bit of one receipt', () => {
    const { content } = rowOf(2);
    for (let bit = 0; bit < content.length * 8; bit += 1) {
      const bytes = Buffer.from(content, 'latin1');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(firstBreak(replaced(2, { content: bytes.toString('latin1') }))?.differs).toBe('hash');
    }
  });

  test('any other number', () => {
    fc.assert(
      fc.property(place, fc.integer(), (index, sequence) => {
        fc.pre(sequence !== index + 1);
        expect(firstBreak(replaced(index, { sequence }))).toMatchObject({
          place: index + 1,
          differs: 'number',
        });
      }),
    );
  });

  test('a change that comes with a fitting hash: at the next receipt', () => {
    fc.assert(
      fc.property(fc.nat({ max: length - 2 }), (index) => {
        const content = rowOf(index).content.replace('4250', '1');
        const found = firstBreak(replaced(index, { content, hash: receiptHash(content) }));
        expect(found).toMatchObject({ place: index + 2, differs: 'previous' });
      }),
    );
  });

  test('a removal, but of the newest', () => {
    const without = (index: number) => firstBreak(chain.filter((_, at) => at !== index));
    for (let index = 0; index < length - 1; index += 1) {
      expect(without(index)).toMatchObject({ place: index + 1, differs: 'number' });
    }
    expect(without(length - 1)).toBeUndefined();
  });

  test('a removal with the numbers closed up', () => {
    const rows = chain
      .filter((_, at) => at !== 2)
      .map((row, at) => {
        const content = row.content.replace(/"sequence":\d+/, `"sequence":${at + 1}`);
        return { ...row, sequence: at + 1, content, hash: receiptHash(content) };
      });
    expect(firstBreak(rows)).toMatchObject({ place: 3, differs: 'previous' });
  });

  test('any other order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...chain], { minLength: length }), (rows) => {
        const firstMoved = rows.findIndex((row, at) => row !== chain[at]);
        expect(firstBreak(rows)?.place).toBe(firstMoved === -1 ? undefined : firstMoved + 1);
      }),
    );
  });

  test('an insertion, anywhere', () => {
    for (let index = 0; index < length; index += 1) {
      const forged = sealReceipt(numbered(99), chain[index - 1]);
      const found = firstBreak([...chain.slice(0, index), forged, ...chain.slice(index)]);
      // The forged one follows what is before it; the one after it does not follow it.
      expect(found).toMatchObject({ place: index + 2, differs: 'number' });
    }
  });

  test.each(['null', '[]', '{}', '{"format":"renewd-receipt-1"}', 'x', '{"format":"renewd-receipt-2"}', ''])(
    'content that is no receipt: %s',
    (content) => {
      expect(firstBreak(replaced(3, { content, hash: receiptHash(content) }))).toMatchObject({
        place: 4,
        differs: 'format',
      });
    },
  );

  const deployed = { directory: '/srv', set: 's1', files: [{ name: 'cert.pem' }], endpoints: [] };

  /** Row 3 with other members, under a hash that fits. */
  function rewritten(members: Readonly<Record<string, unknown>>): readonly SealedReceipt[] {
    const content = canonicalJson({ ...readReceipt(rowOf(3)), ...members });
    return replaced(3, { content, hash: receiptHash(content) });
  }

  const { renewal, leaf, ledger } = readReceipt(rowOf(3));

  test.each<[Readonly<Record<string, unknown>>]>([
    [{ format: 'renewd-receipt-2' }],
    [{ sequence: '4' }],
    [{ previous: 4 }],
    [{ at: 4 }],
    [{ certificate: 4 }],
    [{ keyId: 4 }],
    [{ renewal: null }],
    [{ renewal: [] }],
    [{ renewal: 'r4' }],
    [{ renewal: { ...renewal, id: 4 } }],
    [{ renewal: { ...renewal, action: 4 } }],
    [{ renewal: { ...renewal, reason: 4 } }],
    [{ leaf: { ...leaf, serial: 4 } }],
    [{ leaf: { ...leaf, fingerprint256: 4 } }],
    [{ leaf: { ...leaf, spkiSha256: 4 } }],
    [{ leaf: { ...leaf, notAfter: 4 } }],
    [{ deployments: {} }],
    [{ deployments: [deployed, {}] }],
    [{ deployments: [{ ...deployed, directory: 4 }] }],
    [{ deployments: [{ ...deployed, set: 4 }] }],
    [{ deployments: [{ ...deployed, files: {} }] }],
    [{ deployments: [{ ...deployed, files: [{ name: 'a' }, { name: 4 }] }] }],
    [{ deployments: [{ ...deployed, endpoints: {} }] }],
    [{ ledger: { ...ledger, sha256: 4 } }],
    [{ ledger: { ...ledger, entries: '4' } }],
    [{ ledger: { ...ledger, through: '4' } }],
  ])('a member of another kind: %j', (members) => {
    expect(firstBreak(rewritten(members))).toEqual({
      place: 4,
      differs: 'format',
      expected: 'renewd-receipt-1',
      found: 'something else',
      text: 'receipt 4 is not in the form of a receipt',
    });
  });

  test.each<[Readonly<Record<string, unknown>>]>([
    [{ keyId: 'k1' }],
    [{ deployments: [deployed, { ...deployed, set: null, files: [] }] }],
  ])('but not what a receipt may hold: %j', (members) => {
    expect(firstBreak(rewritten(members))).toMatchObject({ place: 5, differs: 'previous' });
  });

  test('and is said', () => {
    const [first, second, third, fourth] = chain;
    const hashOf = (row: SealedReceipt | undefined) => row?.hash ?? '';
    const said = (rows: readonly SealedReceipt[]) => firstBreak(rows);
    expect(said(chain.slice(1))).toEqual({
      place: 1,
      differs: 'number',
      expected: '1',
      found: '2 and 2',
      text: 'in place 1 stands receipt 2 and 2: one was removed, added or moved',
    });
    expect(said(replaced(2, { sequence: 9 }))).toMatchObject({ found: '9 and 3' });
    expect(said(rewritten({ sequence: 9 }))).toMatchObject({ differs: 'number', found: '4 and 9' });
    const other = sealReceipt(numbered(9), first);
    expect(said([other].flatMap((row) => [...chain.slice(0, 1), row, ...chain.slice(2)]))).toEqual({
      place: 3,
      differs: 'previous',
      expected: other.hash,
      found: hashOf(second),
      text: 'receipt 3 does not follow receipt 2: it names another hash as the one before',
    });
    const orphan = canonicalJson({ ...readReceipt(rowOf(0)), previous: hashOf(third) });
    expect(said(replaced(0, { content: orphan, hash: receiptHash(orphan) }))).toMatchObject({
      place: 1,
      differs: 'previous',
      expected: 'null',
      found: hashOf(third),
    });
    expect(said(replaced(3, { certificate: 'mail' }))).toEqual({
      place: 4,
      differs: 'certificate',
      expected: 'shop',
      found: 'mail',
      text: 'receipt 4 is filed under another certificate',
    });
    expect(said(replaced(3, { renewalId: 'r9' }))).toEqual({
      place: 4,
      differs: 'renewal',
      expected: fourth?.renewalId,
      found: 'r9',
      text: 'receipt 4 is filed under another renewal',
    });
  });

  test('a receipt filed under another name', () => {
    expect(firstBreak(replaced(3, { certificate: 'mail' }))?.differs).toBe('certificate');
    expect(firstBreak(replaced(3, { renewalId: 'r9' }))?.differs).toBe('renewal');
  });
});

test('content that is no receipt is not printed as one', () => {
  expect(() => readReceipt({ ...rowOf(0), content: '{}' })).toThrow(/not in the form/);
  expect(readReceipt(sealReceipt(aReceiptContent(), undefined)).order.price).toEqual({
    hundredths: 4250,
    currency: 'EUR',
  });
});
