/** What holds for every decision, whatever the facts. */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { dayMs, hourMs, minuteMs } from '../../../src/core/durations.ts';
import { renewalStates, terminalStates } from '../../../src/core/renewal.ts';
import { decide, type Decision } from '../../../src/renewal/plan/decide.ts';
import type { CrtLook, DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { maxValidityMs, ruleCalendar } from '../../../src/renewal/plan/rule-calendar.ts';
import { gains, worthwhileGainMs } from '../../../src/renewal/plan/verb.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aRenewal } from '../../builders/store-records.ts';
import { aCurrent, aRecord, anIssued } from './facts.ts';

interface World {
  readonly now: Date;
  readonly facts: DecisionFacts;
}

const firstMoment = Date.parse('2026-04-01T00:00:00Z');
const at = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
const within = (fromMs: number, toMs: number) =>
  fc.integer({ min: fromMs / 1000, max: toMs / 1000 }).map((s) => s * 1000);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const windows = fc.constantFrom(
  [],
  [],
  [{ cron: '0 3 * * *', durationMs: 2 * hourMs, timezone: 'Europe/Berlin' }],
  [{ cron: '30 22 * * 6', durationMs: 8 * hourMs, timezone: 'America/New_York' }],
  [{ cron: '0 0 30 2 *', durationMs: hourMs, timezone: 'UTC' }],
);

const worlds: fc.Arbitrary<World> = fc
  .record({
    nowMs: within(firstMoment, firstMoment + 4 * 365 * dayMs),
    lifetimeDays: fc.constantFrom(6, 10, 47, 90, 100, 199, 398),
    used: fc.double({ min: 0, max: 1.02, noNaN: true }),
    paidBeyondMs: sometimes(
      fc.oneof(fc.constant(0), within(-20 * dayMs, 40 * dayMs), within(0, 380 * dayMs)),
    ),
    orderRead: fc.boolean(),
    renewWindowDays: sometimes(fc.constantFrom(1, 5, 15, 30, 60, 90)),
    termDays: fc.constantFrom(90, 365, 730),
    ca: fc.constantFrom('digicert', 'sectigo', 'none'),
    leadMs: sometimes(within(hourMs, 200 * dayMs)),
    failures: fc.constantFrom(0, 0, 1, 2, 3, 6, 9),
    failedAgoMs: within(0, 2 * dayMs),
    windows: fc.record({ order: windows, deploy: windows }),
    names: fc.constantFrom(['shop.example.com'], ['shop.example.com', 'b.example.com'], ['c.test']),
    keyType: rarely(fc.constant('rsa-2048')),
    keyMatches: fc.constantFrom(true, true, undefined, false),
    crt: rarely(fc.constantFrom('missing', 'broken', 'unreadable')),
    wanted: fc.constantFrom(['shop.example.com'], ['shop.example.com', 'b.example.com']),
    allowDroppingNames: fc.boolean(),
    reissueChangesNames: fc.boolean(),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
    served: fc.constantFrom(true, true, null, false),
    drifted: fc.constantFrom([], [], ['/b/fullchain.pem']),
    issued: fc.constantFrom('same', 'same', 'none', 'newer', 'redeployed'),
    product: fc.constantFrom('ssl123dv', 'ssl123dv', 'other'),
    openState: rarely(fc.constantFrom(...renewalStates.filter((state) => !terminalStates.includes(state)))),
    openNextMs: within(-hourMs, 2 * dayMs),
    openFailed: fc.boolean(),
    requested: rarely(fc.constantFrom({}, { verb: 'renew' as const }, { verb: 'reissue' as const })),
  })
  .map((draw) => {
    const now = at(draw.nowMs);
    const lifetimeMs = draw.lifetimeDays * dayMs;
    const notBefore = at(draw.nowMs - draw.used * lifetimeMs);
    const notAfter = at(notBefore.getTime() + lifetimeMs);
    const current = aCurrent({
      notBefore,
      notAfter,
      names: draw.names,
      keyType: draw.keyType ?? 'ecdsa-p256',
    });
    const crt: CrtLook =
      draw.crt === undefined
        ? { state: 'ok', certificate: current, keyMatches: draw.keyMatches }
        : { state: draw.crt, reason: `it is ${draw.crt}` };
    const failure = { code: 'dns-failed', kind: 'unavailable', message: 'no answer', at: now };
    const facts: DecisionFacts = {
      managed: aManagedCertificate({
        names: draw.wanted,
        windows: draw.windows,
        allowDroppingNames: draw.allowDroppingNames,
        ...(draw.leadMs === undefined ? {} : { leadMs: draw.leadMs }),
      }),
      crt,
      driftedTargets: draw.drifted,
      revocation: undefined,
      compromise: undefined,
      record: aRecord({
        jitter: draw.jitter,
        product: draw.product,
        orderReadAt: draw.orderRead ? notBefore : null,
        paidUntil: draw.paidBeyondMs === undefined ? null : at(notAfter.getTime() + draw.paidBeyondMs),
        failures: draw.failures,
        lastFailureAt: draw.failures === 0 ? null : at(draw.nowMs - draw.failedAgoMs),
        servedMatches: draw.served,
      }),
      open:
        draw.openState === undefined
          ? undefined
          : aRenewal({
              state: draw.openState,
              nextAt: draw.openState === 'blocked' ? null : at(draw.nowMs + draw.openNextMs),
              failure: draw.openFailed ? failure : null,
              updatedAt: now,
            }),
      deployable:
        draw.issued === 'none'
          ? undefined
          : anIssued({
              notAfter: draw.issued === 'newer' ? at(notAfter.getTime() + dayMs) : notAfter,
              fingerprint256: draw.issued === 'newer' ? 'bb'.repeat(32) : 'aa'.repeat(32),
              action: draw.issued === 'redeployed' ? 'deploy' : 'reissue',
              updatedAt: at(draw.nowMs - 20 * minuteMs),
            }),
      secondCapabilities: undefined,
      lookupFailures: 0,
      capabilities: someCapabilities({
        termDays: draw.termDays,
        ca: () => draw.ca,
        reissueChangesNames: draw.reissueChangesNames,
        ...(draw.renewWindowDays === undefined ? {} : { renewWindowDays: draw.renewWindowDays }),
      }),
      requested: draw.requested,
    };
    return { now, facts };
  });

const runs = { numRuns: 1500 };
const decideAt = (facts: DecisionFacts, ms: number): Decision => decide(facts, ruleCalendar, new Date(ms));

afterEach(() => void vi.useRealTimers());

test('the same facts and the same now give the same decision, on any day and in any time zone', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 0, max: 2 ** 41 }), ({ now, facts }, realMs) => {
      const first = decide(facts, ruleCalendar, now);
      vi.useFakeTimers({ now: realMs });
      const second = decide(facts, ruleCalendar, new Date(now));
      vi.useRealTimers();
      expect(second).toEqual(first);
    }),
    { numRuns: 500 },
  );
});

test('sentences are sentences', () => {
  fc.assert(
    fc.property(worlds, ({ now, facts }) => {
      const { sentence } = decide(facts, ruleCalendar, now);
      expect(sentence).toMatch(/\S/);
      expect(sentence).not.toMatch(/undefined|NaN|null|\[object|Invalid/);
    }),
    runs,
  );
});

/** Somewhere around its due moment, with nothing else in the way. */
const dueWorlds: fc.Arbitrary<World & { readonly notAfter: Date }> = fc
  .tuple(worlds, fc.double({ min: -0.05, max: 0.5, noNaN: true }))
  .map(([{ now, facts }, share]) => {
    const lifetimeMs = 199 * dayMs;
    const notAfter = at(now.getTime() + share * lifetimeMs);
    const current = aCurrent({ notAfter, notBefore: at(notAfter.getTime() - lifetimeMs) });
    const paidBeyondMs =
      facts.record?.paidUntil == null || facts.crt.state !== 'ok'
        ? null
        : facts.record.paidUntil.getTime() - facts.crt.certificate.notAfter.getTime();
    const paidUntil = paidBeyondMs === null ? null : at(notAfter.getTime() + paidBeyondMs);
    const record = aRecord({
      ...facts.record,
      paidUntil,
      failures: 0,
      lastFailureAt: null,
      orderReadAt: now,
    });
    const { leadMs } = facts.managed;
    const managed = aManagedCertificate(leadMs === undefined ? {} : { leadMs });
    const rest = { driftedTargets: [], open: undefined, deployable: undefined, requested: undefined };
    const crt: CrtLook = { state: 'ok', certificate: current, keyMatches: true };
    return { now, notAfter, facts: { ...facts, ...rest, managed, record, crt } };
  });

test('what is due is never bought while a reissue gains enough, nor without gaining anything', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(dueWorlds, ({ now, facts, notAfter }) => {
      const { action, reason } = decide(facts, ruleCalendar, now);
      if (!reason.startsWith('due-')) return;
      seen.add(`${action} ${reason}`);
      const capMs = maxValidityMs(ruleCalendar, facts.capabilities.ca('ssl123dv'), now);
      const paidUntil = facts.record?.paidUntil ?? new Date(0);
      const gain = gains(notAfter, paidUntil, capMs, facts.capabilities.termDays, now);
      const paid = action !== 'reissue';
      expect(paid ? gain.renewMs : gain.reissueMs).toBeGreaterThan(0);
      expect(paid && gain.reissueMs >= worthwhileGainMs(capMs)).toBe(false);
      expect(paid && gain.renewEnds <= gain.reissueEnds).toBe(false);
    }),
    runs,
  );
  // The property has seen what it is about.
  expect([...seen].sort()).toEqual([
    'create due-create',
    'create due-renew',
    'reissue due-reissue',
    'renew due-renew',
  ]);
});

test('a decision to stand still names a later moment, or none', () => {
  fc.assert(
    fc.property(worlds, ({ now, facts }) => {
      const { action, until } = decide(facts, ruleCalendar, now);
      if (action !== 'none' && action !== 'wait') return;
      expect(until === null || until > now).toBe(true);
    }),
    runs,
  );
});

const still = new Set(['none', 'wait', 'blocked']);

test('until its moment, time alone does not change a decision to stand still', () => {
  fc.assert(
    fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), ({ now, facts }, share) => {
      const first = decide(facts, ruleCalendar, now);
      if (!still.has(first.action)) return;
      const untilMs = first.until?.getTime() ?? now.getTime() + 400 * dayMs;
      const later = decideAt(facts, now.getTime() + (untilMs - now.getTime() - 1) * share);
      expect(later.action).toBe(first.action);
      expect(later.reason).toBe(first.reason);
    }),
    { numRuns: 2500 },
  );
});

test('at its moment it changes, or moves on: no busy loop', () => {
  fc.assert(
    fc.property(worlds, ({ now, facts }) => {
      let decision = decide(facts, ruleCalendar, now);
      let looks = 0;
      while (
        (decision.action === 'none' || decision.action === 'wait') &&
        decision.until !== null &&
        looks < 2000
      ) {
        const moment = decision.until;
        if (moment.getTime() - now.getTime() > 400 * dayMs) break;
        decision = decide(facts, ruleCalendar, moment);
        looks += 1;
        const stands = decision.action === 'none' || decision.action === 'wait';
        expect(stands && decision.until !== null && decision.until <= moment).toBe(false);
      }
      // Windows, back-off and the moments of one certificate: a handful, not a crowd.
      expect(looks).toBeLessThan(30);
    }),
    runs,
  );
});
