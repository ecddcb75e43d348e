/** The one call that may cost money: sent at most once per intent, and every kind of answer told apart. */
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../../src/core/durations.ts';
import { errorKinds, RenewdError, type ErrorKind } from '../../../src/core/errors.ts';
import type { OrderReading } from '../../../src/contracts/order.ts';
import type { Provider } from '../../../src/contracts/provider.ts';
import { submitOrder } from '../../../src/renewal/order/submit.ts';
import type { RenewalEvent } from '../../../src/renewal/state-machine.ts';
import { aProvider, aReading, aStageContext } from '../../builders/stage.ts';
import { aChallenge, after, aRenewal, noon } from '../../builders/store-records.ts';

const eur = (hundredths: number) => ({ hundredths, currency: 'EUR' });
const ordering = aRenewal({
  state: 'ordering',
  action: 'create',
  keyId: 'k',
  spkiSha256: 'ab',
  csrPem: 'CSR',
  price: eur(4200),
  orderedAt: noon,
});

function answering(answer: OrderReading | RenewdError | Error): { provider: Provider; sent: unknown[] } {
  const sent: unknown[] = [];
  const provider = aProvider({
    submit: (request) => {
      sent.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { provider, sent };
}

const submit = async (answer: OrderReading | Error, renewal = ordering) =>
  submitOrder(renewal, aStageContext(answering(answer)), true);

test('what a crash left is looked up, never sent again', async () => {
  const { provider, sent } = answering(aReading());
  const outcome = await submitOrder(ordering, aStageContext({ provider }), false);
  expect(outcome).toMatchObject({ event: 'answer-lost', failure: { code: 'provider-outcome-unknown' } });
  expect(sent).toEqual([]);
  // The intent still counts: nothing is taken back.
  expect(outcome.effects).toBeUndefined();
  expect(outcome.patch).toBeUndefined();
});

test('a client that cannot be made has sent nothing', async () => {
  const failure = new RenewdError('secret-unreadable', 'no password');
  const outcome = await submitOrder(ordering, aStageContext({ providerFails: failure }), true);
  expect(outcome).toMatchObject({ event: 'order-not-applied', patch: { orderedAt: null } });
  expect(outcome.nextAt).toEqual(after(2000));
  expect(outcome.effects?.ledger).toMatchObject([{ kind: 'outcome', paid: true, charged: eur(-4200) }]);
});

describe('failures by kind', () => {
  const expected: Readonly<Record<ErrorKind, RenewalEvent>> = {
    unavailable: 'order-not-applied',
    'rate-limited': 'order-not-applied',
    conflict: 'order-not-applied',
    authentication: 'needs-person',
    funds: 'needs-person',
    configuration: 'needs-person',
    rejected: 'gave-up',
    'not-found': 'gave-up',
    'dcv-failed': 'gave-up',
    'outcome-unknown': 'answer-lost',
    protocol: 'answer-lost',
    local: 'answer-lost',
    invariant: 'answer-lost',
  };

  test.each(errorKinds.map((kind) => ({ kind, event: expected[kind] })))(
    '$kind: $event',
    async ({ kind, event }) => {
      const outcome = await submit(new RenewdError('internal', 'it failed', { kind, retryAfterMs: 30_000 }));
      expect(outcome.event).toBe(event);
      const [entry, ...more] = outcome.effects?.ledger ?? [];
      expect(more).toEqual([]);
      expect(entry).toMatchObject({ kind: 'outcome', subject: 'submit create', provider: 'cnr' });
      expect(outcome.failure?.message).toBe('it failed');
      // What may have been applied goes on counting, and is not forgotten.
      const lost = event === 'answer-lost';
      expect(entry).toMatchObject({ paid: !lost, charged: lost ? null : eur(-4200) });
      expect(outcome.patch).toEqual(lost ? undefined : { orderedAt: null });
      const waits: Partial<Record<RenewalEvent, Date>> = {
        'order-not-applied': after(30_000),
        'needs-person': after(hourMs),
      };
      expect(outcome.nextAt).toEqual(waits[event]);
    },
  );

  test('anything thrown that is not ours is doubtful', async () => {
    expect((await submit(new TypeError('x'))).event).toBe('answer-lost');
  });

  test('a free reissue has nothing to take back', async () => {
    const outcome = await submit(new RenewdError('provider-unavailable', 'x'), {
      ...ordering,
      action: 'reissue',
      price: null,
    });
    expect(outcome.effects?.ledger).toMatchObject([
      { paid: false, charged: null, subject: 'submit reissue' },
    ]);
  });
});

describe('answers', () => {
  const { challenge } = aChallenge();

  test.each([
    {
      title: 'pending with evidence',
      reading: aReading({ challenges: [challenge] }),
      event: 'order-accepted',
    },
    { title: 'pending without', reading: aReading(), event: 'order-accepted-proved' },
    { title: 'issued at once', reading: aReading({ status: 'issued' }), event: 'order-accepted' },
  ])('$title: $event', async ({ reading, event }) => {
    expect((await submit(reading)).event).toBe(event);
  });

  test('every id and date of the answer is kept', async () => {
    const outcome = await submit(
      aReading({
        handle: { orderId: 'o', certificateId: 'c', jobId: 'j' },
        paidUntil: after(5),
        price: eur(4200),
      }),
    );
    expect(outcome.patch).toEqual({
      orderId: 'o',
      certificateId: 'c',
      jobId: 'j',
      paidUntil: after(5),
      price: eur(4200),
    });
    expect(outcome.detail).toEqual({ ids: ['o', 'c', 'j'], status: 'PENDING' });
    expect(outcome.text).toBe('cnr has the order o / c / j (PENDING), charged 42.00 EUR');
  });

  test.each([
    { title: 'as expected', price: 4200, charged: null },
    { title: 'more than expected', price: 4500, charged: eur(300) },
    { title: 'less than expected', price: 4000, charged: eur(-200) },
    { title: 'nothing said', price: undefined, charged: null },
    { title: 'nothing charged', price: 0, charged: eur(-4200) },
  ])('charged $title', async ({ price, charged }) => {
    const outcome = await submit(aReading(price === undefined ? {} : { price: eur(price) }));
    expect(outcome.effects?.ledger).toMatchObject([{ kind: 'outcome', charged, paid: false }]);
  });

  test('a price that was unknown is counted by the answer', async () => {
    const outcome = await submit(aReading({ price: eur(4500) }), { ...ordering, price: null });
    expect(outcome.effects?.ledger).toMatchObject([{ charged: eur(4500) }]);
  });

  test('the call gets what the renewal says, and its signal', async () => {
    const { provider, sent } = answering(aReading());
    await submitOrder(ordering, aStageContext({ provider }), true);
    expect(sent).toMatchObject([
      { action: 'create', reference: 'ref-r1', csrPem: 'CSR', names: ['shop.example.com'] },
    ]);
  });
});
