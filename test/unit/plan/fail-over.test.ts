/** The second provider: both sides of every condition under which it is asked. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../../src/core/durations.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import type { DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aRenewal, noon } from '../../builders/store-records.ts';
import { aRecord, days, decided, ending, ok } from './facts.ts';

const failover = { provider: 'second', product: 'DV', order: {}, record: 'txt' } as const;
const managed = aManagedCertificate({ failover });
const second = { managed, secondCapabilities: someCapabilities() };
/** 199 days of life: emergency from 9.95 days before the end, critical from 3.98. */
const emergency = ending(9);
const calm = ending(11);
const ago = (ms: number): Date => new Date(noon.getTime() - ms);
const failure = { code: 'x', kind: 'rejected', message: 'the provider is closed', at: ago(hourMs) };

function open(fields: Partial<Renewal>): Renewal {
  return aRenewal({
    action: 'renew',
    state: 'blocked',
    failure,
    nextAt: null,
    createdAt: days(-3),
    updatedAt: ago(hourMs),
    ...fields,
  });
}

/** A quarter of the 5.97 days between emergency and critical. */
const stuckMs = 5.97 * 0.25 * dayMs;

function stuckIn(state: Renewal['state'], fields: Partial<Renewal> = {}): Renewal {
  return open({
    action: 'reissue',
    state,
    failure: null,
    createdAt: ago(stuckMs),
    nextAt: days(1),
    ...fields,
  });
}

interface Row {
  readonly title: string;
  readonly given: Partial<DecisionFacts>;
  readonly asked: boolean;
}

const failed = { failures: 1, lastFailureAt: ago(11 * minuteMs) };
const rows: readonly Row[] = [
  { title: 'blocked, nothing ordered', given: { crt: emergency, open: open({}) }, asked: true },
  { title: 'blocked, but not yet an emergency', given: { crt: calm, open: open({}) }, asked: false },
  {
    title: 'blocked with an order that is paid for',
    given: { crt: emergency, open: open({ orderedAt: days(-2) }) },
    asked: false,
  },
  {
    title: 'blocked with a reissue, which is free',
    given: { crt: emergency, open: open({ action: 'reissue', orderedAt: days(-2) }) },
    asked: true,
  },
  {
    title: 'a reissue that waits for issuance for days',
    given: {
      crt: ending(5),
      open: open({
        action: 'reissue',
        state: 'awaiting-issuance',
        failure: null,
        orderedAt: days(-6),
        createdAt: days(-6),
        nextAt: days(1),
      }),
    },
    asked: true,
  },
  {
    title: 'a reissue that has only just begun',
    given: {
      crt: ending(5),
      open: open({
        action: 'reissue',
        state: 'awaiting-issuance',
        failure: null,
        createdAt: ago(hourMs),
        nextAt: days(1),
      }),
    },
    asked: false,
  },
  {
    title: 'a paid order that waits for issuance is never given up',
    given: {
      crt: ending(1),
      open: open({
        state: 'awaiting-issuance',
        failure: null,
        orderedAt: days(-6),
        createdAt: days(-6),
        nextAt: days(1),
      }),
    },
    asked: false,
  },
  {
    title: 'an answer that was lost is settled first',
    given: {
      crt: ending(1),
      open: open({ state: 'order-unconfirmed', action: 'reissue', orderedAt: days(-1) }),
    },
    asked: false,
  },
  {
    title: 'pausing after failures',
    given: {
      crt: emergency,
      record: aRecord({ ...failed, failures: 6, orderId: null, certificateId: null, paidUntil: null }),
    },
    asked: true,
  },
  {
    title: 'pausing after a failure a moment ago',
    given: {
      crt: emergency,
      record: aRecord({
        failures: 6,
        lastFailureAt: ago(9 * minuteMs),
        orderId: null,
        certificateId: null,
        paidUntil: null,
      }),
    },
    asked: false,
  },
  {
    title: 'the first provider cannot be asked about the order',
    given: { crt: emergency, record: aRecord({ orderReadAt: null }), lookupFailures: 5 },
    asked: true,
  },
  {
    title: 'the first provider has hardly been asked about the order',
    given: { crt: emergency, record: aRecord({ orderReadAt: null }), lookupFailures: 4 },
    asked: false,
  },
  {
    title: 'no certificate, and three failures in a row',
    given: {
      crt: { state: 'missing', reason: 'gone' },
      record: aRecord({ ...failed, failures: 3, lastFailureAt: ago(20 * minuteMs), paidUntil: null }),
    },
    asked: true,
  },
  {
    title: 'no certificate, and two failures',
    given: {
      crt: { state: 'missing', reason: 'gone' },
      record: aRecord({ ...failed, failures: 2, lastFailureAt: ago(12 * minuteMs), paidUntil: null }),
    },
    asked: false,
  },
  {
    title: 'open at the second provider already',
    given: { crt: emergency, open: open({ provider: 'second' }) },
    asked: false,
  },
  {
    title: 'held',
    given: { crt: emergency, managed: { ...managed, hold: true }, open: open({}) },
    asked: false,
  },
  {
    title: 'no second provider',
    given: { crt: emergency, managed: aManagedCertificate(), secondCapabilities: undefined, open: open({}) },
    asked: false,
  },
  {
    title: 'one is named, but not configured here',
    given: { crt: emergency, secondCapabilities: undefined, open: open({}) },
    asked: false,
  },
  {
    title: 'nothing is recorded yet',
    given: { crt: emergency, record: undefined, open: open({}) },
    asked: true,
  },
  { title: 'the emergency begins this second', given: { crt: ending(9.95), open: open({}) }, asked: true },
  {
    title: 'a failure ten minutes ago',
    given: { crt: emergency, record: aRecord({ lastFailureAt: ago(10 * minuteMs) }), open: open({}) },
    asked: true,
  },
  {
    title: 'no certificate, and nothing is recorded yet',
    given: { crt: { state: 'missing', reason: 'gone' }, record: undefined, open: open({}) },
    asked: false,
  },
  {
    title: 'no certificate, three failures, but something is on its way',
    given: {
      crt: { state: 'missing', reason: 'gone' },
      record: aRecord({ ...failed, failures: 3, lastFailureAt: ago(20 * minuteMs) }),
      open: open({ action: 'reissue', state: 'awaiting-issuance', failure: null, nextAt: days(1) }),
    },
    asked: false,
  },
  {
    title: 'begun a quarter of the emergency window ago, and nothing sent yet',
    given: { crt: ending(5), open: stuckIn('planned', { action: 'renew' }) },
    asked: true,
  },
  {
    title: 'a reissue that has waited for control a quarter of the emergency window',
    given: { crt: ending(5), open: stuckIn('awaiting-dcv') },
    asked: true,
  },
  {
    title: 'a second less',
    given: { crt: ending(5), open: stuckIn('awaiting-dcv', { createdAt: ago(stuckMs - 1000) }) },
    asked: false,
  },
  {
    title: 'one that goes on and on without an order',
    given: { crt: ending(5), open: stuckIn('planned', { nextAt: noon }) },
    asked: true,
  },
  {
    title: 'the first provider does not yet accept a renewal',
    given: {
      crt: emergency,
      record: aRecord({ paidUntil: days(9) }),
      managed,
      capabilities: someCapabilities({ renewWindowDays: 5 }),
    },
    asked: true,
  },
  {
    title: 'the first provider sells nothing any more',
    given: {
      crt: emergency,
      record: aRecord({ paidUntil: null }),
      capabilities: someCapabilities({
        verbs: { ...someCapabilities().verbs, create: { closed: 'sells nothing' } },
      }),
    },
    asked: true,
  },
  {
    title: 'the first provider can do it',
    given: { crt: emergency },
    asked: false,
  },
];

test.each(rows)('$title: $asked', ({ given, asked }) => {
  const decision = decided({ deployable: undefined, ...second, ...given });
  expect([decision.provider, decision.reason === 'failover', decision.action === 'create' && asked]).toEqual([
    asked ? 'second' : 'cnr',
    asked,
    asked,
  ]);
});

describe('when it is asked again', () => {
  test('at the beginning of the emergency, however long the first one blocks', () => {
    const decision = decided({ deployable: undefined, ...second, crt: calm, open: open({}) });
    expect(decision).toMatchObject({ action: 'blocked', provider: 'cnr' });
    expect(decision.until).toEqual(decision.moments?.emergencyAt);
  });

  test('soon, while the emergency lasts', () => {
    const paid = open({ orderedAt: days(-2) });
    for (const crt of [ending(9), ending(9.95)]) {
      expect(decided({ deployable: undefined, ...second, crt, open: paid })).toMatchObject({
        reason: 'blocked',
        until: new Date(noon.getTime() + 10 * minuteMs),
      });
    }
  });

  test('never, where it could do nothing about it', () => {
    const foreign = ok({ names: ['other.example.net'] });
    expect(decided({ ...second, crt: foreign })).toMatchObject({ reason: 'crt-foreign', until: null });
    expect(decided(second)).toMatchObject({ reason: 'healthy', until: days(160) });
  });

  test('without a second provider nothing changes by itself', () => {
    expect(decided({ deployable: undefined, crt: calm, open: open({}) }).until).toBeNull();
  });
});
