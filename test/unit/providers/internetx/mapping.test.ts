import { describe, expect, test } from 'vitest';
import {
  addTerm,
  isCertificateType,
  jobState,
  jobStates,
  serialInteger,
  vendorDate,
  wireId,
} from '../../../../src/providers/internetx/mapping.ts';

describe('job status', () => {
  const expected: Record<string, string> = {
    RUNNING: 'pending',
    WAIT: 'pending',
    DEFERRED: 'pending',
    NOT_SET: 'pending',
    SUPPORT: 'pending',
    SUCCESS: 'issued',
    FAILED: 'failed',
    CANCELED: 'cancelled',
  };

  test('every word is expected here and the other way round', () => {
    expect(Object.keys(jobStates).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s is %s', (word, status) => {
    expect(jobState(word).status).toBe(status);
    expect(jobState(word.toLowerCase()).status).toBe(status);
    expect(jobState(word).waitsForPerson !== undefined).toBe(word === 'SUPPORT');
  });

  test('an absent word is one not set; an unknown one is an error that carries it', () => {
    expect(jobState(undefined).status).toBe('pending');
    expect(() => jobState('CANCELLED')).toThrow(/CANCELLED/);
  });
});

describe('dates', () => {
  test.each([
    ['2018-12-12T10:53:23.000+0100', '2018-12-12T09:53:23.000Z'],
    ['2018-12-12T10:53:23.999+01:00', '2018-12-12T09:53:23.000Z'],
    ['2018-06-12T10:53:23+0200', '2018-06-12T08:53:23.000Z'],
    ['2018-12-12T10:53:23Z', '2018-12-12T10:53:23.000Z'],
    ['2018-12-12T10:53:23-0730', '2018-12-12T18:23:23.000Z'],
    [' 2030-01-01 23:59:59 ', '2030-01-01T23:59:59.000Z'],
  ])('%s', (text, iso) => {
    expect(vendorDate(text)?.toISOString()).toBe(iso);
  });

  test.each([
    undefined,
    '',
    'NOT_SET',
    '2018-12-12',
    '12.12.2018 10:53:23',
    '2018-13-40T99:99:99.000+0100',
    '1544608403000',
  ])('unreadable: %s', (text) => {
    expect(vendorDate(text)).toBeUndefined();
  });
});

describe('terms', () => {
  test.each([
    ['2026-01-31T10:00:00Z', 'MONTH', 1, '2026-02-28T10:00:00.000Z'],
    ['2026-01-15T10:00:00Z', 'MONTH', 12, '2027-01-15T10:00:00.000Z'],
    ['2028-02-29T10:00:00Z', 'YEAR', 1, '2029-02-28T10:00:00.000Z'],
    ['2026-11-30T10:00:00Z', 'QUARTER', 1, '2027-02-28T10:00:00.000Z'],
  ])('%s + %s %i', (start, unit, period, end) => {
    expect(addTerm(new Date(start), { unit, period })?.toISOString()).toBe(end);
  });

  test('units that are no calendar months, and absurd terms, give nothing', () => {
    expect(addTerm(new Date(), { unit: 'DAY', period: 365 })).toBeUndefined();
    expect(addTerm(new Date(), { unit: 'MONTH', period: 100_000 })).toBeUndefined();
  });
});

test('serial numbers are compared as integers', () => {
  expect(serialInteger('6CA6BD336FCFF808D72E231B4A7A84C')).toBe(
    serialInteger('06ca6bd336fcff808d72e231b4a7a84c'),
  );
  expect(serialInteger('06:CA:6B')).toBe(0x6ca6bn);
  for (const word of ['NOT_SET', '', undefined, 'f'.repeat(65)]) expect(serialInteger(word)).toBeUndefined();
});

test('ids go back as numbers where that keeps their digits', () => {
  expect(wireId('4297939738')).toBe(4_297_939_738);
  expect(wireId('9007199254740993')).toBe('9007199254740993');
  expect(wireId('A17')).toBe('A17');
});

test.each([
  ['Certificate', true],
  ['certificate', true],
  ['CERTIFICATE', true],
  ['domain', false],
  [undefined, false],
])('object type %s', (type, expected) => {
  expect(isCertificateType(type)).toBe(expected);
});
