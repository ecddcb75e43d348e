import { expect, test } from 'vitest';
import { decodeMessage } from '../../../src/dns/message.ts';
import { txtEquals, txtSegments } from '../../../src/dns/txt-value.ts';
import {
  addValue,
  deleteValue,
  encodeUpdate,
  nameIsFree,
  setIsExactly,
  typeIsAbsent,
} from '../../../src/dns/update.ts';

const text = { name: '_d.example.test', type: 'TXT', value: 'token' } as const;
const alias = { name: '_d.example.test', type: 'CNAME', value: 'token.ca.test' } as const;

test('an update on the wire, octet by octet (RFC 2136 §2)', () => {
  const bytes = encodeUpdate(0x0102, {
    zone: 'a',
    prerequisites: [typeIsAbsent('b.a', 'CNAME')],
    changes: [deleteValue({ name: 'b.a', type: 'TXT', value: 'x' })],
  });
  const expected = [
    '0102 2800 0001 0001 0001 0000', // id, opcode UPDATE, one zone, one prerequisite, one change
    '0161 00 0006 0001', // a, SOA, IN
    '0162 c00c 0005 00fe 00000000 0000', // b.a, CNAME, NONE, no data
    'c013 0010 00fe 00000000 0002 0178', // b.a, TXT, NONE, "x"
  ];
  expect(Buffer.from(bytes).toString('hex')).toBe(expected.join('').replaceAll(' ', ''));
});

test('every part means what the RFC says', () => {
  expect(addValue(text, 60)).toMatchObject({ type: 16, class: 1, ttl: 60, data: { kind: 'TXT' } });
  expect(addValue(alias, 60)).toMatchObject({
    type: 5,
    class: 1,
    data: { kind: 'CNAME', target: 'token.ca.test' },
  });
  expect(deleteValue(text)).toMatchObject({ type: 16, class: 254, ttl: 0, data: { kind: 'TXT' } });
  expect(nameIsFree(text.name)).toMatchObject({ type: 255, class: 254, ttl: 0 });
  expect(setIsExactly(alias)).toMatchObject({ type: 5, class: 1, ttl: 0 });
});

test.for([
  [0, 1],
  [1, 1],
  [255, 1],
  [256, 2],
  [510, 2],
  [700, 3],
] as const)('%i octets of text make %i segments', ([length, count]) => {
  const value = 'x'.repeat(length);
  const segments = txtSegments(value);
  expect(segments).toHaveLength(count);
  expect(txtEquals(segments, value)).toBe(true);
  const bytes = encodeUpdate(1, { zone: 'a', prerequisites: [], changes: [addValue({ ...text, value }, 1)] });
  expect(decodeMessage(bytes).authorities[0]?.data).toEqual({ kind: 'TXT', segments });
});

test('values are compared whole and exactly, however they are cut', () => {
  const cut = ['to', '', 'ken'].map((part) => Uint8Array.from(Buffer.from(part)));
  expect(txtEquals(cut, 'token')).toBe(true);
  expect(txtEquals(cut, 'Token')).toBe(false);
  expect(txtEquals(cut, 'token ')).toBe(false);
});
