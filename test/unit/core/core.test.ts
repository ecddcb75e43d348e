/** Durations, money, errors, secrets and the version: what everything else is written in. */
import { readFileSync } from 'node:fs';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/certificate.ts';
import {
  dayMs,
  formatDuration,
  hourMs,
  minuteMs,
  parseDuration,
  secondMs,
  wholeSeconds,
} from '../../../src/core/durations.ts';
import { errorTable } from '../../../src/core/error-table.ts';
import { errorKinds, RenewdError, toRenewdError } from '../../../src/core/errors.ts';
import { formatMoney, parseMoney } from '../../../src/core/money.ts';
import { version } from '../../../src/core/version.ts';

describe('durations', () => {
  test.each([
    ['30d', 30 * dayMs],
    ['1h30m', 90 * minuteMs],
    ['1h 30m', 90 * minuteMs],
    ['1.5h', 90 * minuteMs],
    ['90s', 90 * secondMs],
    ['250ms', 250],
    ['2w', 14 * dayMs],
    ['0s', 0],
    ['100000d', undefined],
    ['', undefined],
    ['  ', undefined],
    ['30', undefined],
    ['d', undefined],
    ['-1h', undefined],
    ['1h x', undefined],
    ['1h30', undefined],
    ['1y', undefined],
    ['1e3s', undefined],
    [`${'9'.repeat(400)}d`, undefined],
  ])('%j is %j ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    [0, '0ms'],
    [850, '850ms'],
    [secondMs, '1s'],
    [200 * secondMs, '3m 20s'],
    [hourMs, '1h'],
    [12 * dayMs + 4 * hourMs + 59 * minuteMs, '12d 4h'],
    [dayMs + 59 * minuteMs, '1d'],
    [-90 * minuteMs, '-1h 30m'],
  ])('%i ms reads %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what was formatted is read again, cut to two units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * dayMs }), (ms) => {
        const read = parseDuration(formatDuration(ms));
        expect(read).toBeLessThanOrEqual(ms);
        expect(read).toBeGreaterThan(ms * 0.95 - secondMs);
      }),
    );
  });

  test('times are cut to whole seconds, never rounded up', () => {
    expect(wholeSeconds(new Date(1999))).toEqual(new Date(1000));
    expect(wholeSeconds(new Date(2000))).toEqual(new Date(2000));
    expect(wholeSeconds(new Date(-1))).toEqual(new Date(-1000));
  });
});

describe('money', () => {
  test.each([
    ['42', 4200],
    ['42.5', 4250],
    [' 42.50 ', 4250],
    [42.5, 4250],
    ['0.07', 7],
    ['0', 0],
    [19.99, 1999],
    ['', undefined],
    ['  ', undefined],
    ['42 EUR', undefined],
    ['-1', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['1e10', undefined],
  ])('%j is %j hundredths', (amount, hundredths) => {
    expect(parseMoney(amount, 'eur')).toEqual(
      hundredths === undefined ? undefined : { hundredths, currency: 'EUR' },
    );
  });

  test('is written with two decimals', () => {
    expect(formatMoney({ hundredths: 4205, currency: 'EUR' })).toBe('42.05 EUR');
    expect(formatMoney({ hundredths: -7, currency: 'USD' })).toBe('-0.07 USD');
  });
});

describe('errors', () => {
  test('every kind is used by a code, every code has its words', () => {
    const kinds = new Set(Object.values(errorTable).map(({ kind }) => kind));
    expect(errorKinds.filter((kind) => !kinds.has(kind))).toEqual([]);
    for (const { meaning, remedy } of Object.values(errorTable)) {
      expect(meaning).toMatch(/^\S.+\.$/);
      expect(remedy).toMatch(/^\S.+[.`]$/);
    }
  });

  test('the kind comes from the table unless it is said', () => {
    expect(new RenewdError('spend-limit', 'x').kind).toBe('funds');
    expect(new RenewdError('spend-limit', 'x', { kind: 'local' }).kind).toBe('local');
    expect(new RenewdError('spend-limit', 'x', { retryAfterMs: 5 }).retryAfterMs).toBe(5);
  });

  test('what is ours passes, what is not is a bug of ours with its cause', () => {
    const own = new RenewdError('usage', 'x');
    expect(toRenewdError(own)).toBe(own);
    const cause = new TypeError('x is not a function');
    expect(toRenewdError(cause)).toMatchObject({ code: 'internal', kind: 'invariant', cause });
    expect(toRenewdError('a string').message).toBe('unexpected failure: a string');
    expect(toRenewdError(undefined).message).toBe('unexpected failure: undefined');
  });
});

describe('a secret', () => {
  const planted = 'hunter2-Planted';
  const secret = new Secret(planted);
  const holder = { config: { password: secret, list: [secret], map: new Map([['k', secret]]) } };

  test.each([
    ['String', String(secret)],
    ['concatenation', 'x' + String(secret)],
    ['JSON', JSON.stringify(holder)],
    ['inspect', inspect(holder, { depth: 10, showHidden: true })],
    ['inspect of itself', inspect(secret, { showHidden: true })],
    ['inspect without custom', inspect(secret, { customInspect: false, showHidden: true })],
    ['format %s', format('%s', secret)],
    ['format %o', format('%o', holder)],
    ['format %O', format('%O', holder)],
    ['format %j', format('%j', holder)],
    ['keys', Object.keys(secret).join()],
    ['entries', JSON.stringify(Object.entries(secret))],
    ['assign', JSON.stringify(Object.assign({}, secret))],
    ['property names', Reflect.ownKeys(secret).map(String).join()],
    ['an error message', new Error(`bad: ${String(secret)}`).message],
    ['a structured clone', inspect(structuredClone(secret))],
    ['joining', [secret, secret].join()],
  ])('does not show by %s', (_, text) => {
    expect(text).not.toContain(planted);
  });

  test('is revealed by asking for it', () => {
    expect(secret.reveal()).toBe(planted);
  });
});

test('the version is that of package.json', () => {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(manifest).toMatchObject({ version });
});
