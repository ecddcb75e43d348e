/** When to ask again, and what a reading means. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import type { OrderReading, OrderStatus } from '../../../src/contracts/order.ts';
import { judgeReading, keepWaiting, pollDelayMs } from '../../../src/renewal/poll/follow.ts';
import { aReading } from '../../builders/stage.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';

describe('the pause', () => {
  test.each([
    [0, undefined, secondMs],
    [4 * secondMs - 1, undefined, secondMs],
    [8 * secondMs, undefined, 2 * secondMs],
    [40 * minuteMs, undefined, 10 * minuteMs],
    [7 * dayMs, undefined, 10 * minuteMs],
    // A hint slows down, up to four times, and never hurries.
    [0, 2 * secondMs, 2 * secondMs],
    [0, hourMs, 4 * secondMs],
    [hourMs, hourMs, 40 * minuteMs],
    [hourMs, 0, 10 * minuteMs],
    [-hourMs, undefined, secondMs],
  ])('%i ms waited, hint %s: %i ms', (waited, hint, delay) => {
    expect(pollDelayMs(waited, hint)).toBe(delay);
  });

  test('is between a second and forty minutes, whatever a provider says', () => {
    fc.assert(
      fc.property(
        fc.integer({ max: 400 * dayMs, min: -dayMs }),
        fc.option(fc.integer(), { nil: undefined }),
        (waited, hint) => {
          const delay = pollDelayMs(waited, hint);
          expect(delay).toBeGreaterThanOrEqual(secondMs);
          expect(delay).toBeLessThanOrEqual(40 * minuteMs);
        },
      ),
    );
  });
});

const renewal = aRenewal({ state: 'awaiting-issuance', spkiSha256: 'aa', orderedAt: after(-hourMs) });
const issued = aReading({ status: 'issued', leafPem: 'LEAF', caPems: ['CA1', 'CA2'], spkiSha256: 'aa' });

describe('a reading', () => {
  test('pending means nothing by itself', () => {
    expect(judgeReading(renewal, aReading())).toBeUndefined();
  });

  test('issued with our key is taken', () => {
    expect(judgeReading(renewal, issued)).toMatchObject({
      event: 'certificate-issued',
      patch: { leafPem: 'LEAF', chainPem: 'CA1\nCA2' },
    });
  });

  test('issued without a key shown is taken: it is verified later', () => {
    const { spkiSha256: _, ...rest } = issued;
    expect(judgeReading(renewal, rest)?.event).toBe('certificate-issued');
  });

  test.each([
    ['another key', { ...issued, spkiSha256: 'bb' }],
    ['no certificate yet', aReading({ status: 'issued', spkiSha256: 'aa' })],
  ] satisfies readonly (readonly [string, OrderReading])[])('issued with %s is waited for', (_, reading) => {
    expect(judgeReading(renewal, reading)).toBeUndefined();
  });

  test('issued without a chain has an empty one', () => {
    const { caPems: _, ...rest } = issued;
    expect(judgeReading(renewal, rest)?.patch).toEqual({ leafPem: 'LEAF', chainPem: '' });
  });

  test.each<OrderStatus>(['failed', 'cancelled', 'revoked', 'expired'])(
    '%s gives up, in the words of the provider',
    (status) => {
      const outcome = judgeReading(
        renewal,
        aReading({ status, statusWord: 'REJECTED', message: 'CAA forbids it' }),
      );
      expect(outcome).toMatchObject({ event: 'gave-up', failure: { code: 'order-failed' } });
      expect(outcome?.text).toBe('cnr says the order is REJECTED: CAA forbids it');
      expect(judgeReading(renewal, aReading({ status, statusWord: 'X' }))?.text).toBe(
        'cnr says the order is X',
      );
    },
  );
});

describe('waiting', () => {
  test('counts from the order', () => {
    expect(keepWaiting(renewal, aReading(), noon)).toEqual({
      event: 'hold',
      text: 'cnr: PENDING',
      nextAt: after(10 * minuteMs),
    });
  });

  test('counts from the beginning where no order is known', () => {
    const outcome = keepWaiting({ ...renewal, orderedAt: null }, aReading({ retryAfterMs: 3000 }), noon);
    expect(outcome).toEqual({ event: 'hold', text: 'cnr: PENDING', nextAt: after(3000) });
  });
});
