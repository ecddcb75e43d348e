/** Years of one certificate's life by the decision alone, through the falling limits of 2027 and 2029. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import { decide } from '../../../src/renewal/plan/decide.ts';
import { maxValidityMs, ruleCalendar } from '../../../src/renewal/plan/rule-calendar.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aRecord, ok } from './facts.ts';

interface Issuance {
  readonly at: Date;
  readonly action: string;
  readonly notAfter: Date;
  readonly paidUntil: Date;
}

interface Policy {
  readonly ca?: string;
  readonly leadMs?: number;
  readonly renewWindowDays?: number;
  readonly jitter?: number;
  /** From the decision to the issued certificate. */
  readonly tookMs?: number;
}

/** Buys at `from` and does what the decision says until `to`; wakes at its `until` and never looks in between. */
function live(from: string, to: string, policy: Policy = {}): readonly Issuance[] {
  const { ca = 'digicert', leadMs, renewWindowDays, jitter = 0, tookMs = 10 * 60_000 } = policy;
  const capabilities = someCapabilities({
    ca: () => ca,
    ...(renewWindowDays === undefined ? {} : { renewWindowDays }),
  });
  const managed = aManagedCertificate(leadMs === undefined ? {} : { leadMs });
  const end = Date.parse(to);
  let now = new Date(from);
  let notBefore = now;
  let paidUntil = new Date(now.getTime() + 365 * dayMs);
  const issue = (action: string): Issuance => {
    now = new Date(now.getTime() + tookMs);
    notBefore = now;
    if (action !== 'reissue') paidUntil = new Date(now.getTime() + 365 * dayMs);
    const cap = now.getTime() + maxValidityMs(ruleCalendar, ca, now);
    return { at: now, action, notAfter: new Date(Math.min(cap, paidUntil.getTime())), paidUntil };
  };
  const issued = [issue('create')];
  for (let looks = 0; looks < 5000; looks++) {
    const { notAfter } = issued.at(-1) ?? issue('create');
    const decision = decide(
      {
        managed,
        crt: ok({ notBefore, notAfter }),
        driftedTargets: [],
        record: aRecord({ paidUntil, jitter }),
        open: undefined,
        deployable: undefined,
        revocation: undefined,
        compromise: undefined,
        capabilities,
        requested: undefined,
        secondCapabilities: undefined,
        lookupFailures: 0,
      },
      ruleCalendar,
      now,
    );
    if (decision.action === 'reissue' || decision.action === 'renew' || decision.action === 'create') {
      issued.push(issue(decision.action));
      continue;
    }
    if (decision.until === null) throw new Error(`stuck at ${now.toISOString()}: ${decision.sentence}`);
    now = decision.until;
    if (now.getTime() > end) return issued;
  }
  throw new Error(`a busy life: ${issued.length} issuances until ${now.toISOString()}`);
}

function paid(issued: readonly Issuance[]): readonly Issuance[] {
  return issued.filter(({ action }) => action !== 'reissue');
}

/** How many certificates the first order had. */
function perOrder(issued: readonly Issuance[]): number {
  const second = issued.findIndex(({ action }, index) => index > 0 && action !== 'reissue');
  return second === -1 ? issued.length : second;
}

describe('certificates per paid year', () => {
  test.each([
    // The lead rule gives 30 days for 199 and 99 days, and a third of the life for 46.
    { bought: '2026-03-20', certificates: 2 },
    { bought: '2026-11-21', certificates: 4 },
    { bought: '2027-04-01', certificates: 5 },
    { bought: '2029-04-01', certificates: 12 },
  ])('an order of $bought carries about $certificates', ({ bought, certificates }) => {
    const issued = live(bought, '2031-06-01');
    expect(Math.abs(perOrder(issued) - certificates)).toBeLessThanOrEqual(1);
  });
});

const policies: readonly (Policy & { readonly title: string })[] = [
  { title: 'plain' },
  { title: 'a general CA', ca: 'none' },
  { title: 'late jitter', jitter: 0.999 },
  { title: 'orders that take two days', tookMs: 2 * dayMs },
  { title: 'renewals in the last 30 days only', renewWindowDays: 30 },
  { title: 'renewals in the last 15 days only', renewWindowDays: 15 },
  { title: 'renewals in the last 5 days only', renewWindowDays: 5 },
  { title: 'renewals in the last 90 days', renewWindowDays: 90 },
  { title: 'a lead of a day', leadMs: dayMs, tookMs: hourMs },
  { title: 'a lead of 60 days, longer than the life of 2029', leadMs: 60 * dayMs },
  { title: 'a lead of 200 days, longer than any life', leadMs: 200 * dayMs },
];

describe('from 2026 to 2031', () => {
  test.each(policies)('$title: never expired, never bought without need', (policy) => {
    const issued = live('2026-04-01T09:30:00Z', '2031-04-01T00:00:00Z', policy);
    for (const [index, one] of issued.entries()) {
      const before = issued[index - 1];
      if (before === undefined) continue;
      expect(one.at < before.notAfter, `expired on ${before.notAfter.toISOString()}`).toBe(true);
      expect(one.notAfter > before.notAfter, `no gain on ${one.at.toISOString()}`).toBe(true);
      expect(one.notAfter.getTime()).toBeLessThanOrEqual(one.paidUntil.getTime());
    }
    // Five years cost five orders, one more for terms begun early, two where a lead asks for it.
    const orders = paid(issued).length;
    expect(orders).toBeGreaterThanOrEqual(5);
    expect(orders).toBeLessThanOrEqual((policy.leadMs ?? 0) > 100 * dayMs ? 10 : 6);
    expect(issued.length).toBeLessThan(100);
  });
});

test('in its first year a certificate is bought once and reissued once', () => {
  const issued = live('2026-04-01', '2027-03-01', { renewWindowDays: 30 });
  expect(issued.map(({ action }) => action)).toEqual(['create', 'reissue']);
});
