/** The decision on both sides of every boundary in time. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import type { DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aRenewal, after } from '../../builders/store-records.ts';
import { aRecord, days, decided, ending, noon, ok } from './facts.ts';
import { failure, never, windowDays } from './situations.ts';

describe('boundaries', () => {
  /** The action a second before, at, and a second after a moment. */
  function around(at: Date, given: Partial<DecisionFacts>): readonly string[] {
    return [-secondMs, 0, secondMs].map((offset) => {
      const { action, reason } = decided(given, new Date(at.getTime() + offset));
      return `${action} ${reason}`;
    });
  }

  test.each([
    { lifetimeDays: 6, leadDays: 3 },
    { lifetimeDays: 9, leadDays: 4.5 },
    { lifetimeDays: 10, leadDays: 10 / 3 },
    { lifetimeDays: 47, leadDays: 47 / 3 },
    { lifetimeDays: 100, leadDays: 30 },
    { lifetimeDays: 199, leadDays: 30 },
    { lifetimeDays: 398, leadDays: 30 },
    { lifetimeDays: 1, leadDays: 0.5 },
  ])('$lifetimeDays days are due $leadDays days before their end', ({ lifetimeDays, leadDays }) => {
    const given = { crt: ending(100, lifetimeDays), deployable: undefined };
    const dueAt = days(100 - leadDays);
    expect(around(dueAt, given)).toEqual(['none healthy', 'reissue due-reissue', 'reissue due-reissue']);
    expect(decided(given, days(60)).moments?.dueAt).toEqual(dueAt);
  });

  test('jitter moves the due moment by up to a tenth of the lead, later only', () => {
    const crt = ending(100);
    const dueAt = (jitter: number) =>
      decided({ crt, record: aRecord({ jitter }), deployable: undefined }).moments?.dueAt;
    expect(dueAt(0)).toEqual(days(70));
    expect(dueAt(0.5)).toEqual(days(71.5));
    expect(dueAt(0.999)?.getTime()).toBeLessThan(days(73).getTime());
    expect(dueAt(0.999)?.getTime()).toBeGreaterThan(days(72.99).getTime());
    expect(dueAt(0.123_456_789)?.getMilliseconds()).toBe(0);
  });

  test('a lead of the operator counts instead of the computed one', () => {
    const managed = aManagedCertificate({ leadMs: 45 * dayMs });
    expect(around(days(55), { managed, crt: ending(100), deployable: undefined })).toEqual([
      'none healthy',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
  });

  test('an emergency overrides the window, and says so', () => {
    const managed = aManagedCertificate({ windows: { order: [never], deploy: [never] } });
    const given = { managed, crt: ending(20, 200), deployable: undefined };
    expect(around(days(10), given)).toEqual([
      'wait outside-window',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
    expect(decided(given).until).toEqual(days(10));
    expect(decided(given, days(10)).sentence).toContain('emergency: maintenance window overridden');
  });

  test('an emergency overrides a dropped name', () => {
    const crt = ok({
      names: ['shop.example.com', 'old.example.com'],
      notBefore: days(-180),
      notAfter: days(20),
    });
    expect(around(days(10), { crt, deployable: undefined })).toEqual([
      'blocked names-dropped',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
    expect(decided({ crt }).until).toEqual(days(10));
  });

  test.each([
    [1, 5 * minuteMs],
    [2, 20 * minuteMs],
    [3, hourMs],
    [4, 4 * hourMs],
    [5, 12 * hourMs],
    [6, 24 * hourMs],
    [50, 24 * hourMs],
  ])('after %i failure(s) it pauses %i ms', (failures, pauseMs) => {
    const record = aRecord({ failures, lastFailureAt: noon });
    const given = { crt: ending(25), deployable: undefined, record };
    expect(around(after(pauseMs), given)).toEqual([
      'wait backing-off',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
    expect(decided(given).until).toEqual(after(pauseMs));
  });

  test('the critical window cuts a pause short, and the decision says when', () => {
    // 200 days: critical 4 days before the end.
    const record = aRecord({ failures: 6, lastFailureAt: after(-hourMs) });
    const given = { crt: ending(4 + 2 / 24, 200), deployable: undefined, record };
    expect(decided(given).until).toEqual(after(2 * hourMs));
    expect(around(after(2 * hourMs), given)).toEqual([
      'wait backing-off',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
  });

  test('within the critical window ten minutes remain', () => {
    const record = aRecord({ failures: 6, lastFailureAt: noon });
    const given = { crt: ending(2, 200), deployable: undefined, record };
    expect(around(after(10 * minuteMs), given)).toEqual([
      'wait backing-off',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
  });

  test('an open renewal after a failure wakes sooner in the critical window', () => {
    const open = aRenewal({ state: 'planned', failure, nextAt: after(6 * hourMs), updatedAt: noon });
    expect(around(after(6 * hourMs), { open })).toEqual([
      'wait waiting',
      'resume in-progress',
      'resume in-progress',
    ]);
    const critical = { open, crt: ending(1, 200) };
    expect(around(after(10 * minuteMs), critical)).toEqual([
      'wait waiting',
      'resume in-progress',
      'resume in-progress',
    ]);
    const soon = { open, crt: ending(4 + 1 / 24, 200) };
    expect(decided(soon).until).toEqual(after(hourMs));
    expect(around(after(hourMs), soon)).toEqual(['wait waiting', 'resume in-progress', 'resume in-progress']);
    const noFailure = { ...critical, open: { ...open, failure: null } };
    expect(around(after(10 * minuteMs), noFailure)).toEqual(['wait waiting', 'wait waiting', 'wait waiting']);
  });

  test('a renewal waits for the window of the provider', () => {
    const given = {
      crt: ending(20),
      deployable: undefined,
      record: aRecord({ paidUntil: days(20) }),
      capabilities: windowDays(15),
    };
    expect(decided(given).until).toEqual(days(5));
    expect(around(days(5), given)).toEqual(['wait renew-not-open', 'renew due-renew', 'renew due-renew']);
  });

  test('a small gain is taken in an emergency only', () => {
    const given = {
      crt: ending(20, 200),
      deployable: undefined,
      record: aRecord({ paidUntil: days(22) }),
      capabilities: windowDays(1),
    };
    // The window opens a day after the certificate has ended: nothing is gained by waiting for it.
    expect(decided(given)).toMatchObject({ action: 'reissue', reason: 'due-reissue' });
    const opening = { ...given, capabilities: windowDays(5) };
    expect(decided(opening)).toMatchObject({ action: 'wait', reason: 'renew-not-open' });
    expect(around(days(10), opening)).toEqual([
      'wait renew-not-open',
      'reissue due-reissue',
      'reissue due-reissue',
    ]);
  });

  test.each([
    // cap 200 days: 30 days are worth it.
    { paidDays: 50, paidSeconds: 0, verb: 'reissue' },
    { paidDays: 50, paidSeconds: -1, verb: 'renew' },
  ])(
    'a reissue that gains $paidDays days and $paidSeconds s less 20 days: $verb',
    ({ paidDays, paidSeconds, verb }) => {
      const paidUntil = new Date(days(paidDays).getTime() + paidSeconds * secondMs);
      expect(decided({ crt: ending(20), deployable: undefined, record: aRecord({ paidUntil }) }).action).toBe(
        verb,
      );
    },
  );

  test.each([
    { paidDays: 27, paidSeconds: 0, now: '2029-04-01T00:00:00Z', verb: 'reissue' },
    { paidDays: 27, paidSeconds: -1, now: '2029-04-01T00:00:00Z', verb: 'wait' },
  ])('a quarter of 47 days is worth it: $verb', ({ paidSeconds, now, verb }) => {
    const today = new Date(now);
    const notAfter = new Date(today.getTime() + 15 * dayMs);
    const paidUntil = new Date(notAfter.getTime() + (47 / 4) * dayMs + paidSeconds * secondMs);
    const crt = ok({ notBefore: new Date(notAfter.getTime() - 47 * dayMs), notAfter });
    const given = {
      crt,
      deployable: undefined,
      record: aRecord({ paidUntil }),
      capabilities: windowDays(20),
    };
    expect(decided(given, today).action).toBe(verb);
  });

  test('no money for a lead that is longer than a lifetime', () => {
    // Issued a moment ago, due at once by its lead, the order open for renewal at any time.
    const managed = aManagedCertificate({ leadMs: 200 * dayMs });
    const given = { managed, crt: ending(199), deployable: undefined };
    const first = decided(given);
    expect(first).toMatchObject({ action: 'wait', reason: 'no-gain' });
    // 200 days from then on end 30 days later than the certificate.
    expect(first.until).toEqual(days(29));
    expect(around(days(29), given)).toEqual(['wait no-gain', 'reissue due-reissue', 'reissue due-reissue']);
  });

  test('the CA of the product decides the limit', () => {
    const managed = aManagedCertificate({ leadMs: 200 * dayMs });
    const capabilities = someCapabilities({ ca: (product) => (product === 'ssl123dv' ? 'digicert' : 'x') });
    expect(decided({ managed, crt: ending(199), deployable: undefined, capabilities }).until).toEqual(
      days(30),
    );
  });
});
