/** After a lost answer: found, absent, or a person's matter. */
import { describe, expect, test } from 'vitest';
import { hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { FindQuery, FindResult } from '../../../src/contracts/order.ts';
import { settleOrder } from '../../../src/renewal/order/settle.ts';
import { handClock } from '../../builders/clocks.ts';
import { aProvider, aReading, aStageContext } from '../../builders/stage.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';

const unconfirmed = aRenewal({
  state: 'order-unconfirmed',
  action: 'renew',
  spkiSha256: 'ab',
  orderedAt: noon,
  attempts: 8,
  price: { hundredths: 4200, currency: 'EUR' },
  previousCertificateId: 'c-1',
});
const nothing: FindResult = { matches: [], complete: true };

async function settle(ageMs: number, result: FindResult | Error, renewal = unconfirmed) {
  const asked: FindQuery[] = [];
  const provider = aProvider({
    find: (query) => {
      asked.push(query);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
  });
  const context = aStageContext({
    provider,
    clock: handClock(after(ageMs)),
    handle: { lostAnswerGraceMs: 120_000 },
  });
  return { outcome: await settleOrder(renewal, context), asked };
}

test('it is looked for by reference, key, names and time', async () => {
  const { asked } = await settle(0, nothing);
  expect(asked).toEqual([
    {
      reference: 'ref-r1',
      spkiSha256: 'ab',
      names: ['shop.example.com'],
      product: 'ssl123dv',
      since: after(-10 * minuteMs),
      previous: { certificateId: 'c-1' },
    },
  ]);
});

describe('absence', () => {
  test.each([
    { ageMs: 0, event: 'hold', nextAt: 15 * secondMs },
    { ageMs: 119 * secondMs, event: 'hold', nextAt: 120 * secondMs },
    { ageMs: 119_999, event: 'hold', nextAt: 119_999 + secondMs },
    { ageMs: 120 * secondMs, event: 'order-absent', nextAt: undefined },
    { ageMs: 121 * secondMs, event: 'order-absent', nextAt: undefined },
  ])('after $ageMs ms: $event', async ({ ageMs, event, nextAt }) => {
    const { outcome } = await settle(ageMs, nothing);
    expect(outcome.event).toBe(event);
    expect(outcome.nextAt).toEqual(nextAt === undefined ? undefined : after(nextAt));
  });

  test.each([
    { attempts: 0, event: 'hold' },
    { attempts: 7, event: 'hold' },
    { attempts: 8, event: 'order-absent' },
  ])(
    'is not believed for the time alone, which may have jumped: $event after $attempts looks',
    async ({ attempts, event }) => {
      const { outcome } = await settle(hourMs, nothing, { ...unconfirmed, attempts });
      expect(outcome.event).toBe(event);
      expect(outcome.nextAt).toEqual(event === 'hold' ? after(hourMs + 15 * secondMs) : undefined);
    },
  );

  test.each([
    { behindMs: minuteMs, patch: undefined },
    { behindMs: minuteMs + secondMs, patch: { orderedAt: after(-minuteMs - secondMs) } },
  ])('the clock is $behindMs ms behind the intent', async ({ behindMs, patch }) => {
    const { outcome, asked } = await settle(-behindMs, nothing);
    expect(outcome.event).toBe('hold');
    expect(outcome.patch).toEqual(patch);
    expect(asked.length).toBe(patch === undefined ? 1 : 0);
  });

  test('gives back what the intent counted, and lets the order be placed', async () => {
    const { outcome } = await settle(hourMs, nothing);
    expect(outcome.patch).toEqual({ orderedAt: null });
    expect(outcome.effects?.ledger).toMatchObject([
      { kind: 'outcome', subject: 'settle', paid: true, charged: { hundredths: -4200, currency: 'EUR' } },
    ]);
  });

  test.each([
    { ageMs: 6 * hourMs - secondMs, attempts: 10, event: 'hold' },
    { ageMs: 6 * hourMs, attempts: 9, event: 'hold' },
    { ageMs: 6 * hourMs, attempts: 10, event: 'needs-person' },
  ])(
    'is no proof where the list is not complete: $event after $ageMs ms and $attempts looks',
    async ({ ageMs, attempts, event }) => {
      const { outcome } = await settle(ageMs, { matches: [], complete: false }, { ...unconfirmed, attempts });
      expect(outcome.event).toBe(event);
      expect(outcome.nextAt).toEqual(event === 'hold' ? after(ageMs + minuteMs) : null);
      expect(outcome.patch).toBeUndefined();
    },
  );
});

describe('presence', () => {
  test.each([true, false])('one match is the order (complete: %s)', async (complete) => {
    const { outcome } = await settle(0, { matches: [aReading({ paidUntil: after(1) })], complete });
    expect(outcome).toMatchObject({
      event: 'order-found',
      patch: { orderId: 'o-9', certificateId: 'c-9', paidUntil: after(1) },
    });
    expect(outcome.effects?.ledger).toMatchObject([{ kind: 'outcome', charged: null, paid: false }]);
  });

  test('several are a person’s matter, with their ids', async () => {
    const matches = [aReading(), aReading({ handle: { orderId: 'o-8' } }), aReading({ handle: {} })];
    const { outcome } = await settle(0, { matches, complete: true });
    expect(outcome).toMatchObject({
      event: 'needs-person',
      failure: { code: 'order-ambiguous' },
      nextAt: null,
    });
    expect(outcome.text).toContain('3 orders match: c-9, o-8, ?');
  });
});

describe('a look-up that fails', () => {
  test.each([
    { ageMs: 6 * hourMs - secondMs, attempts: 10, event: 'hold' },
    { ageMs: 6 * hourMs, attempts: 9, event: 'hold' },
    { ageMs: 6 * hourMs, attempts: 10, event: 'needs-person' },
  ])('$event after $ageMs ms and $attempts looks', async ({ ageMs, attempts, event }) => {
    const failure = new RenewdError('provider-unavailable', 'no answer', { retryAfterMs: 45_000 });
    const { outcome } = await settle(ageMs, failure, { ...unconfirmed, attempts });
    expect(outcome.event).toBe(event);
    expect(outcome.nextAt).toEqual(event === 'hold' ? after(ageMs + 600_000) : null);
  });
});

test('a renewal that does not know when it ordered counts from its beginning', async () => {
  const { asked } = await settle(hourMs, nothing, {
    ...unconfirmed,
    orderedAt: null,
    previousCertificateId: null,
  });
  expect(asked[0]?.since).toEqual(after(-10 * minuteMs));
  expect(asked[0]).not.toHaveProperty('previous');
});
