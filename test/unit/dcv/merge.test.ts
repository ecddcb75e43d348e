/** What the provider asks for now, brought together with what is stored. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Challenge } from '../../../src/core/challenge.ts';
import type { StoredChallenge } from '../../../src/core/renewal.ts';
import { mergeChallenges } from '../../../src/renewal/dcv/merge.ts';
import { aChallenge } from '../../builders/store-records.ts';

const dns = (value: string, recordName = '_a.shop.example.com'): Challenge => ({
  kind: 'dns',
  identifier: 'shop.example.com',
  recordName,
  recordType: 'TXT',
  value,
});
const file = (content: string): Challenge => ({
  kind: 'file',
  identifier: 'x',
  host: 'h',
  path: '/p',
  content,
});
const mail = (identifier: string): Challenge => ({ kind: 'email', identifier, addresses: [] });

test('an empty list says nothing: what is stored stays wanted, what was withdrawn stays gone', () => {
  const stored = [aChallenge({ index: 0, state: 'published' }), aChallenge({ index: 1, state: 'withdrawn' })];
  expect(mergeChallenges('r1', stored, [])).toEqual({ added: [], wanted: [stored[0]] });
});

test('the same record for two names is one row', () => {
  const shared = { ...dns('t'), identifier: 'www.shop.example.com' };
  const { added, wanted } = mergeChallenges('r1', [], [dns('t'), shared]);
  expect(added).toHaveLength(1);
  expect(wanted).toEqual(added);
});

test('two values at one name are two rows', () => {
  const { added } = mergeChallenges('r1', [], [dns('a'), dns('b')]);
  expect(added.map(({ index }) => index)).toEqual([0, 1]);
});

test('a row of another value is no longer wanted, but is not forgotten by index', () => {
  const stored = [aChallenge({ index: 4, challenge: dns('old'), state: 'published' })];
  const { added, wanted } = mergeChallenges('r1', stored, [dns('new')]);
  expect(added).toMatchObject([{ index: 5, state: 'wanted', publisher: null }]);
  expect(wanted).toEqual(added);
});

test('what was withdrawn and is asked for again is a new row', () => {
  const stored = [aChallenge({ index: 0, challenge: dns('t'), state: 'withdrawn' })];
  expect(mergeChallenges('r1', stored, [dns('t')]).added).toMatchObject([{ index: 1, state: 'wanted' }]);
});

describe('for any lists', () => {
  const challenge = fc.oneof(
    fc
      .constantFrom('a', 'b', 'c')
      .chain((value) => fc.constantFrom('_x.a.test', '_y.a.test').map((name) => dns(value, name))),
    fc.constantFrom('a', 'b').map(file),
    fc.constantFrom('a.test', 'b.test').map(mail),
  );
  const rows = fc
    .array(
      fc.record({
        challenge,
        state: fc.constantFrom('wanted' as const, 'published' as const, 'withdrawn' as const),
      }),
      { maxLength: 6 },
    )
    .map((list) => list.map((part, index): StoredChallenge => aChallenge({ ...part, index })));

  test('indexes are unique, nothing asked for is lost, nothing stored is changed, asking again adds nothing', () => {
    fc.assert(
      fc.property(rows, fc.array(challenge, { maxLength: 6 }), (stored, asked) => {
        const before = structuredClone(stored);
        const { added, wanted } = mergeChallenges('r1', stored, asked);
        expect(stored).toEqual(before);
        const all = [...stored, ...added];
        expect(new Set(all.map(({ index }) => index)).size).toBe(all.length);
        for (const row of wanted) {
          expect(row.state).not.toBe('withdrawn');
          expect(all).toContain(row);
        }
        expect(new Set(wanted).size).toBe(wanted.length);
        for (const one of asked) expect(wanted.map((row) => row.challenge)).toContainEqual(one);
        expect(mergeChallenges('r1', all, asked).added).toEqual([]);
      }),
    );
  });
});
