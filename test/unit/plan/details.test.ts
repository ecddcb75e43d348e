/** The decision in detail: what its sentences say, when it may change, and clocks that were set back. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import type { RevocationRecord } from '../../../src/core/revocation.ts';
import { wakeMoment } from '../../../src/renewal/plan/check-open.ts';
import type { Decision } from '../../../src/renewal/plan/decide.ts';
import type { DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { earliest, isFromLater, later } from '../../../src/renewal/plan/instants.ts';
import { ruleCalendar } from '../../../src/renewal/plan/rule-calendar.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aRenewal, after } from '../../builders/store-records.ts';
import { aRecord, anIssued, days, decided, ending, noon, ok } from './facts.ts';

const noOrder = aRecord({ orderId: null, certificateId: null, paidUntil: null });
const missing = { state: 'missing', reason: 'there is no file' } as const;
const never = { cron: '0 3 30 2 *', durationMs: hourMs, timezone: 'UTC' };
const closedWindows = aManagedCertificate({ windows: { order: [never], deploy: [never] } });
const at13 = { cron: '0 13 * * *', durationMs: hourMs, timezone: 'UTC' };
const failure = { code: 'x', kind: 'rejected', message: 'no', at: noon };
const longLead = aManagedCertificate({ leadMs: 200 * dayMs });
const revocation: RevocationRecord = {
  fingerprint256: 'aa'.repeat(32),
  certificate: 'shop',
  status: 'revoked',
  reason: 'keyCompromise',
  revokedAt: after(-hourMs),
  source: 'http://crl.example/1',
  detail: 'the list http://crl.example/1',
  checkedAt: noon,
  answeredAt: noon,
  nextAt: days(1),
  notAfter: days(190),
};
const closed = { closed: 'not sold here' };

type Row = readonly [title: string, given: Partial<DecisionFacts>, expected: Partial<Decision>];

const said: readonly Row[] = [
  [
    'three of the foreign names are enough',
    { crt: ok({ names: ['a.test', 'b.test', 'c.test', 'd.test'] }) },
    {
      reason: 'crt-foreign',
      sentence: `${aManagedCertificate().crt} is for a.test, b.test, c.test, none of which is in the inventory entry`,
    },
  ],
  [
    'every directory that differs',
    { driftedTargets: ['/a', '/b'] },
    { reason: 'disk-drift', sentence: '/a, /b does not hold the newest issued certificate' },
  ],
  [
    'every name that was added',
    { managed: aManagedCertificate({ names: ['shop.example.com', 'a.test', 'b.test'] }) },
    { reason: 'names-added', sentence: 'the certificate lacks a.test, b.test' },
  ],
  [
    'every name that was dropped',
    { crt: ok({ names: ['shop.example.com', 'a.test', 'b.test'] }) },
    {
      reason: 'names-dropped',
      sentence: expect.stringContaining('no longer has a.test, b.test;'),
      until: days(180.05),
    },
  ],
  [
    'how long it lasts',
    { crt: ending(20), deployable: undefined, record: noOrder },
    { reason: 'due-create', sentence: 'ends in 20d, and no paid order is left' },
  ],
  [
    'that it ends this second',
    { crt: ending(0), deployable: undefined, record: noOrder },
    { reason: 'due-create', sentence: 'ended 2026-11-22, and no paid order is left' },
  ],
  [
    'since when and why it was revoked',
    { revocation, deployable: undefined },
    {
      action: 'reissue',
      sentence:
        'its CA has revoked it since 2026-11-22 11:00 UTC (keyCompromise): the list http://crl.example/1',
    },
  ],
  [
    'nothing of that where the CA does not say',
    { revocation: { ...revocation, revokedAt: null, reason: null } },
    { action: 'reissue', sentence: 'its CA has revoked it: the list http://crl.example/1' },
  ],
  [
    'an emergency, whatever the window',
    {
      compromise: { spkiSha256: 'cc', certificate: 'shop', at: noon, by: 'ada' },
      managed: closedWindows,
    },
    { action: 'reissue', reason: 'compromised', sentence: expect.stringMatching(/window overridden\)$/) },
  ],
  [
    'a window that never opens',
    { crt: missing, deployable: undefined, managed: closedWindows },
    {
      reason: 'outside-window',
      sentence: 'there is no file; outside the maintenance window',
      until: null,
    },
  ],
  [
    'when the window opens',
    {
      crt: missing,
      deployable: undefined,
      managed: aManagedCertificate({ windows: { order: [at13], deploy: [] } }),
    },
    {
      reason: 'outside-window',
      sentence:
        'there is no file; outside the maintenance window, which is awaited until 2026-11-22 13:00 UTC',
      until: after(hourMs),
    },
  ],
  [
    'that a reissue was asked for which nobody paid for',
    { requested: { verb: 'reissue' }, record: noOrder },
    {
      action: 'blocked',
      reason: 'requested',
      sentence: 'an operator asked for a reissue, but no paid order is left to reissue in',
      until: null,
    },
  ],
  [
    'what the paid order suggests',
    { requested: {}, crt: ending(20) },
    { action: 'reissue', sentence: 'an operator asked; reissue is what the paid order suggests' },
  ],
];

describe('it says', () => {
  test.each(said)('%s', (_title, given, expected) => {
    expect(decided(given)).toMatchObject(expected);
  });
});

const kept: readonly Row[] = [
  [
    'another certificate with the same end is not newer',
    { deployable: anIssued({ fingerprint256: 'bb' }) },
    { action: 'none', reason: 'healthy' },
  ],
  ['nothing is recorded yet', { record: undefined }, { action: 'none', reason: 'healthy' }],
  [
    'below a name of the inventory is not beside it',
    { crt: ok({ names: ['shop.example.com', 'old.shop.example.com'] }) },
    { reason: 'names-dropped' },
  ],
  [
    'the bare name beside its wildcard is free',
    {
      managed: aManagedCertificate({ names: ['*.example.com'] }),
      crt: ok({ names: ['*.example.com', 'example.com'] }),
    },
    { reason: 'healthy' },
  ],
  [
    'the order’s product is not known: it is renewed',
    { crt: ending(20), deployable: undefined, record: aRecord({ paidUntil: days(20), product: null }) },
    { action: 'renew', reason: 'due-renew' },
  ],
  [
    'what was asked for is worth any gain',
    { requested: {}, crt: ending(190), managed: longLead, record: aRecord({ paidUntil: days(191) }) },
    { action: 'renew', reason: 'requested' },
  ],
  [
    'an order that cannot be addressed is none',
    { crt: ending(20), deployable: undefined, record: aRecord({ certificateId: null }) },
    { action: 'create', reason: 'due-create' },
  ],
  [
    'a reissue is not sold here',
    {
      crt: ending(20),
      deployable: undefined,
      capabilities: someCapabilities({ verbs: { ...someCapabilities().verbs, reissue: closed } }),
    },
    { action: 'blocked', reason: 'verb-closed' },
  ],
  ['healthy outside every window', { managed: closedWindows }, { action: 'none', reason: 'healthy' }],
  [
    'a renewal, too, pauses after failures',
    {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(20), failures: 1, lastFailureAt: noon }),
    },
    { action: 'wait', reason: 'backing-off' },
  ],
  [
    'a time without a failure, a failure without a time: no pause',
    { crt: ending(20), deployable: undefined, record: aRecord({ failures: 3, lastFailureAt: null }) },
    { action: 'reissue' },
  ],
  [
    'deployed for the first time a minute ago: that is no repetition',
    {
      record: aRecord({ servedMatches: false }),
      deployable: anIssued({ updatedAt: after(-minuteMs) }),
    },
    { action: 'deploy', reason: 'not-served' },
  ],
  [
    'deployed again a minute ago, and now another key type is wanted',
    {
      crt: ok({ keyType: 'rsa-2048' }),
      deployable: anIssued({ action: 'deploy', updatedAt: after(-minuteMs) }),
    },
    { action: 'reissue', reason: 'key-type-changed' },
  ],
];

describe('it holds that', () => {
  test.each(kept)('%s', (_title, given, expected) => {
    expect(decided(given)).toMatchObject(expected);
  });

  test('from the due moment on, what is asked for may be a renewal', () => {
    const given = { requested: {}, record: aRecord({ paidUntil: days(190) }) };
    expect(decided(given, new Date(days(160).getTime() - secondMs)).action).toBe('reissue');
    expect(decided(given, days(160)).action).toBe('renew');
  });

  test('a new order is placed from the moment on at which it gains enough', () => {
    // 200 days at most, 30 of them to be gained: 170 days before the end.
    const given = { managed: longLead, record: noOrder, crt: ending(170), deployable: undefined };
    expect(decided(given).action).toBe('create');
    expect(decided(given, after(-secondMs))).toMatchObject({ reason: 'no-gain', until: noon });
  });
});

describe('a decision to wait is looked at again', () => {
  const given = { managed: longLead, crt: ending(199), deployable: undefined };

  test('when the emergency begins', () => {
    const record = aRecord({ paidUntil: days(22) });
    const capabilities = someCapabilities({ renewWindowDays: 5 });
    expect(decided({ crt: ending(20), deployable: undefined, record, capabilities })).toMatchObject({
      reason: 'renew-not-open',
      until: days(10.05),
    });
  });

  test('when the rules change', () => {
    const rule = (from: string, limit: number) => ({ ca: '*', from, days: limit, source: 'x' });
    const maxValidity = [rule('2026-01-01', 200), rule('2026-12-01', 100)];
    expect(decided(given, noon, { ...ruleCalendar, maxValidity })).toMatchObject({
      reason: 'no-gain',
      until: new Date('2026-12-01T00:00:00Z'),
    });
  });
});

describe('the loop breaker', () => {
  const twice = (fields: Parameters<typeof anIssued>[0] = {}) =>
    anIssued({ begunAt: days(-3), twinBegunAt: days(-9), ...fields });
  const lead = aManagedCertificate({ leadMs: 20 * dayMs });
  const ended = { fingerprint256: 'bb', notAfter: days(-1) };

  test.each<Row>([
    [
      'stops a renewal as well',
      {
        crt: ending(10, 40),
        deployable: twice({ notAfter: days(10) }),
        managed: lead,
        record: aRecord({ paidUntil: days(10) }),
      },
      { reason: 'loop-breaker', until: days(11) },
    ],
    [
      'does not stop a deployment',
      { deployable: twice({ fingerprint256: 'bb', notAfter: days(191) }), managed: lead },
      { action: 'deploy', reason: 'disk-drift' },
    ],
    [
      'does not stop names that were added',
      {
        deployable: twice(ended),
        managed: aManagedCertificate({
          leadMs: 20 * dayMs,
          names: ['shop.example.com', 'new.example.com'],
        }),
      },
      { action: 'reissue', reason: 'names-added' },
    ],
    [
      'does not stop another key type',
      { crt: ok({ keyType: 'rsa-2048' }), deployable: twice(ended), managed: lead },
      { action: 'reissue', reason: 'key-type-changed' },
    ],
    [
      'does not stop another product',
      { crt: missing, deployable: twice({ ...ended, product: 'old' }), managed: lead, record: noOrder },
      { action: 'create', reason: 'crt-missing' },
    ],
    [
      'does not count what a clock that was ahead has begun',
      {
        crt: missing,
        deployable: twice({ ...ended, begunAt: after(2 * minuteMs) }),
        managed: lead,
        record: noOrder,
      },
      { action: 'create', reason: 'crt-missing' },
    ],
    [
      'takes the lead of the lifetime where none is set',
      { revocation, deployable: twice({ begunAt: days(-2), twinBegunAt: days(-4), notAfter: days(4) }) },
      { action: 'reissue', reason: 'revoked' },
    ],
  ])('%s', (_title, given, expected) => {
    expect(decided(given)).toMatchObject(expected);
  });
});

describe('an open renewal', () => {
  test('waits where there is no certificate', () => {
    const open = aRenewal({ state: 'awaiting-dcv', nextAt: days(1) });
    expect(decided({ open, crt: missing })).toMatchObject({ reason: 'waiting', until: days(1) });
  });

  test('is looked at ten minutes after a failure, once the critical window has begun', () => {
    const open = aRenewal({ state: 'planned', failure, nextAt: after(6 * hourMs), updatedAt: noon });
    const crt = ending(3.98 + 5 / (24 * 60));
    expect(decided({ open, crt })).toMatchObject({ reason: 'waiting', until: after(10 * minuteMs) });
  });

  test('does not wait for a deadline from before the clock was set back', () => {
    const open = (aheadMs: number) =>
      aRenewal({ state: 'awaiting-dcv', nextAt: days(1), updatedAt: after(aheadMs) });
    expect(decided({ open: open(minuteMs) }).action).toBe('wait');
    expect(decided({ open: open(minuteMs + 1) }).action).toBe('resume');
    expect(wakeMoment(open(hourMs), false, noon)).toEqual(noon);
  });

  test('waits for a person, whatever the clock', () => {
    const open = aRenewal({ state: 'blocked', nextAt: null, updatedAt: after(hourMs) });
    expect(wakeMoment(open, true, noon)).toBeNull();
  });
});

test('a failure from before the clock was set back is no reason to pause', () => {
  const given = (aheadMs: number): Partial<DecisionFacts> => ({
    crt: ending(20),
    deployable: undefined,
    record: aRecord({ failures: 3, lastFailureAt: after(aheadMs) }),
  });
  expect(decided(given(minuteMs)).reason).toBe('backing-off');
  expect(decided(given(minuteMs + 1)).reason).toBe('due-reissue');
});

test('a deployment from before the clock was set back was not a moment ago', () => {
  const given = (aheadMs: number): Partial<DecisionFacts> => ({
    record: aRecord({ servedMatches: false }),
    deployable: anIssued({ action: 'deploy', updatedAt: after(aheadMs) }),
  });
  expect(decided(given(minuteMs)).reason).toBe('backing-off');
  expect(decided(given(minuteMs + 1)).reason).toBe('not-served');
});

describe('moments', () => {
  test('the earlier one, where there are two', () => {
    expect(earliest(days(1), days(2))).toEqual(days(1));
    expect(earliest(days(2), days(1))).toEqual(days(1));
    expect(earliest(null, days(1))).toEqual(days(1));
    expect(earliest(days(1), null)).toEqual(days(1));
    expect(earliest(null, null)).toBeNull();
  });

  test('the later one', () => {
    expect(later(days(1), days(2))).toEqual(days(2));
    expect(later(days(2), days(1))).toEqual(days(2));
  });

  test('a minute ahead is an ordinary correction of the clock', () => {
    expect(isFromLater(after(minuteMs), noon)).toBe(false);
    expect(isFromLater(after(minuteMs + 1), noon)).toBe(true);
  });
});

describe('a certificate on disk that is younger than what is known of its order', () => {
  const crt = ending(10);
  const notBefore = days(10 - 199);
  const reading = (orderReadAt: Date) => ({ record: aRecord({ orderReadAt }), crt });
  const second = 1000;

  test.each([
    ['read a second before', new Date(notBefore.getTime() - second), undefined, 'wait order-unknown'],
    ['read in that second', notBefore, undefined, 'reissue due-reissue'],
    ['ours', new Date(notBefore.getTime() - second), anIssued(), 'reissue due-reissue'],
    [
      'not the one we issued last',
      new Date(notBefore.getTime() - second),
      anIssued({ fingerprint256: 'bb'.repeat(32), notAfter: days(5) }),
      'wait order-unknown',
    ],
  ])('%s', (_title, readAt, deployable, expected) => {
    const { action, reason } = decided({ ...reading(readAt), deployable });
    expect(`${action} ${reason}`).toBe(expected);
  });

  test('from a time that has not come: asked about once, and not for ever', () => {
    const given = { ...reading(notBefore), deployable: undefined };
    const { reason } = decided({ ...given, crt: ok({ notBefore: days(1), notAfter: days(2) }) }, noon);
    expect(reason).not.toBe('order-unknown');
  });
});

describe('before money is spent beside an order that is known', () => {
  const ended = { paidUntil: days(-1) };
  const stale = days(-1);
  const fresh = new Date(stale.getTime() + 1);
  const due = { crt: ending(8) };

  test.each([
    [
      'a renewal, read a day ago',
      { record: aRecord({ paidUntil: days(9), orderReadAt: stale }), ...due },
      'wait',
    ],
    [
      'a renewal, read since',
      { record: aRecord({ paidUntil: days(9), orderReadAt: fresh }), ...due },
      'renew',
    ],
    ['an order anew, read a day ago', { record: aRecord({ ...ended, orderReadAt: stale }), ...due }, 'wait'],
    ['an order anew, read since', { record: aRecord({ ...ended, orderReadAt: fresh }), ...due }, 'create'],
    ['a first order', { record: undefined, crt: missing, deployable: undefined }, 'create'],
    [
      'a file that is gone, read a day ago',
      { record: aRecord({ ...ended, orderReadAt: stale }), crt: missing, deployable: undefined },
      'wait',
    ],
    ['a reissue costs nothing', { record: aRecord({ orderReadAt: stale }), ...due }, 'reissue'],
    [
      'a verb that an operator said',
      { record: aRecord({ orderReadAt: stale }), requested: { verb: 'renew' as const } },
      'renew',
    ],
    [
      'in an emergency, asked five times for nothing',
      { record: aRecord({ ...ended, orderReadAt: stale }), crt: ending(1), lookupFailures: 5 },
      'create',
    ],
    [
      'in an emergency, asked four times for nothing',
      { record: aRecord({ ...ended, orderReadAt: stale }), crt: ending(1), lookupFailures: 4 },
      'wait',
    ],
    [
      'no emergency yet',
      { record: aRecord({ ...ended, orderReadAt: stale }), crt: ending(20), lookupFailures: 50 },
      'wait',
    ],
  ])('%s: %s', (_title, given, action) => {
    // What is on disk is ours, so that only the age of the reading is at stake.
    const deployable = anIssued({ notAfter: days(1) });
    const decision = decided({ deployable, ...given });
    expect(decision).toMatchObject({ action });
    expect(decision.reason === 'order-unknown').toBe(action === 'wait');
  });
});
