/** The calendar of rules, leads and maintenance windows. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/core/durations.ts';
import { pauseAfterFailures } from '../../../src/renewal/plan/back-off.ts';
import { computedLeadMs, renewalMoments } from '../../../src/renewal/plan/lead.ts';
import { maxValidityMs, nextValidityChange, ruleCalendar } from '../../../src/renewal/plan/rule-calendar.ts';
import { windowState } from '../../../src/renewal/windows.ts';

const second = (text: string, offset = 0) => new Date(Date.parse(text) + offset * secondMs);

describe('the longest validity', () => {
  test.each([
    ['none', '2019-01-01T00:00:00Z', 398, 398],
    ['none', '2026-03-15T00:00:00Z', 398, 200],
    ['none', '2027-03-15T00:00:00Z', 200, 100],
    ['none', '2029-03-15T00:00:00Z', 100, 47],
    ['digicert', '2026-02-24T00:00:00Z', 398, 199],
    ['digicert', '2026-03-15T00:00:00Z', 199, 199],
    ['digicert', '2027-03-15T00:00:00Z', 199, 99],
    ['digicert', '2029-03-15T00:00:00Z', 99, 46],
    ['sectigo', '2026-03-12T00:00:00Z', 398, 199],
    ['sectigo', '2027-03-15T00:00:00Z', 199, 99],
    ['sectigo', '2029-03-15T00:00:00Z', 99, 46],
  ])('%s changes on %s from %i to %i days', (ca, day, before, after) => {
    expect(maxValidityMs(ruleCalendar, ca, second(day, -1)) / dayMs).toBe(before);
    expect(maxValidityMs(ruleCalendar, ca, second(day)) / dayMs).toBe(after);
    expect(maxValidityMs(ruleCalendar, ca, second(day, 1)) / dayMs).toBe(after);
  });

  test('the stricter of the general and the own rule holds', () => {
    const limit = (ca: string, days: number) => ({ ca, from: '2026-01-01', days, source: 'x' });
    const calendar = (...maxValidity: readonly ReturnType<typeof limit>[]) => ({
      ...ruleCalendar,
      maxValidity,
    });
    const now = second('2026-06-01');
    expect(maxValidityMs(calendar(limit('*', 47), limit('x', 90)), 'x', now) / dayMs).toBe(47);
    expect(maxValidityMs(calendar(limit('*', 90), limit('x', 47)), 'x', now) / dayMs).toBe(47);
    expect(maxValidityMs(calendar(limit('x', 6)), 'x', now) / dayMs).toBe(6);
    expect(maxValidityMs(calendar(limit('*', 90), limit('x', 47)), 'y', now) / dayMs).toBe(90);
    expect(maxValidityMs(calendar(limit('*', 90)), '*', now) / dayMs).toBe(90);
  });

  test('the newest rule holds, in whatever order they stand', () => {
    const limit = (from: string, days: number) => ({ ca: '*', from, days, source: 'x' });
    const maxValidity = [limit('2026-03-01', 100), limit('2026-01-01', 200), limit('2026-09-01', 47)];
    for (const rules of [maxValidity, maxValidity.toReversed()]) {
      const calendar = { ...ruleCalendar, maxValidity: rules };
      expect(maxValidityMs(calendar, 'x', second('2026-06-01')) / dayMs).toBe(100);
    }
  });

  test('the next change is named, and none after the last', () => {
    const next = (ca: string, text: string) =>
      nextValidityChange(ruleCalendar, ca, new Date(text))?.toISOString().slice(0, 10);
    expect(next('none', '2026-11-22T00:00:00Z')).toBe('2027-03-15');
    expect(next('none', '2027-03-14T23:59:59Z')).toBe('2027-03-15');
    expect(next('none', '2027-03-15T00:00:00Z')).toBe('2029-03-15');
    expect(next('sectigo', '2026-03-01T00:00:00Z')).toBe('2026-03-12');
    expect(next('none', '2026-03-01T00:00:00Z')).toBe('2026-03-15');
    expect(next('none', '2029-03-15T00:00:00Z')).toBeUndefined();
  });

  test('every rule has a day, a number and a source', () => {
    const { maxValidity, dcvReuse, identityReuse, methodEnds, updated } = ruleCalendar;
    expect(updated).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const rule of [...maxValidity, ...dcvReuse, ...identityReuse]) {
      expect(rule.days).toBeGreaterThan(0);
      expect(rule.from).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(rule.source).not.toBe('');
    }
    expect(methodEnds).toEqual([expect.objectContaining({ method: 'email', from: '2028-03-15' })]);
  });
});

describe('the lead', () => {
  test.each([
    // [lifetime, lead] in days: half below 10 days, a third above, at most 30.
    [1, 0.5],
    [6, 3],
    [9.99, 4.995],
    [10, 10 / 3],
    [47, 47 / 3],
    [89.9, 89.9 / 3],
    [90, 30],
    [91, 30],
    [100, 30],
    [199, 30],
    [398, 30],
    [0, 0],
  ])('of %d days is %d days', (lifetime, lead) => {
    expect(computedLeadMs(lifetime * dayMs) / dayMs).toBeCloseTo(lead, 9);
  });

  test('due comes before emergency, emergency before critical, critical before the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * 86_400 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.integer({ min: 3600, max: 200 * 86_400 }), { nil: undefined }),
        (lifetimeS, jitter, leadS) => {
          const notBefore = new Date('2026-05-01T00:00:00Z');
          const notAfter = new Date(notBefore.getTime() + lifetimeS * 1000);
          const leadMs = leadS === undefined ? undefined : leadS * 1000;
          const { dueAt, emergencyAt, criticalAt } = renewalMoments({ notBefore, notAfter }, jitter, leadMs);
          expect(dueAt.getTime()).toBeLessThanOrEqual(emergencyAt.getTime());
          expect(emergencyAt.getTime()).toBeLessThanOrEqual(criticalAt.getTime());
          expect(criticalAt.getTime()).toBeLessThanOrEqual(notAfter.getTime());
          for (const moment of [dueAt, emergencyAt, criticalAt]) expect(moment.getTime() % 1000).toBe(0);
        },
      ),
    );
  });

  test('a certificate of a day has an hour, then half an hour', () => {
    const notAfter = new Date('2026-05-02T00:00:00Z');
    const notBefore = new Date('2026-05-01T00:00:00Z');
    expect(renewalMoments({ notBefore, notAfter }, 0, undefined)).toEqual({
      dueAt: new Date('2026-05-01T12:00:00Z'),
      emergencyAt: new Date('2026-05-01T22:48:00Z'),
      criticalAt: new Date('2026-05-01T23:30:00Z'),
    });
  });

  test('dates that run backwards are no reason to stumble', () => {
    const end = new Date('2026-05-01T00:00:00Z');
    const moments = renewalMoments(
      { notBefore: new Date(end.getTime() + dayMs), notAfter: end },
      0.5,
      undefined,
    );
    expect(moments).toEqual({ dueAt: end, emergencyAt: end, criticalAt: end });
  });

  test('pauses grow and never shrink', () => {
    const pauses = Array.from({ length: 12 }, (_, failures) => pauseAfterFailures(failures));
    expect(pauses[0]).toBe(0);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauseAfterFailures(-1)).toBe(0);
    expect(pauses[1]).toBe(5 * minuteMs);
  });
});

describe('maintenance windows', () => {
  const berlin = (cron: string, durationMs = hourMs) => ({ cron, durationMs, timezone: 'Europe/Berlin' });

  function openings(window: ReturnType<typeof berlin>, from: string, hours: number): readonly string[] {
    const start = Date.parse(from);
    const states = Array.from({ length: hours * 4 }, (_, index) => new Date(start + index * 15 * minuteMs));
    return states.filter((at) => windowState([window], at).open).map((at) => at.toISOString().slice(11, 16));
  }

  test('none means always', () => {
    expect(windowState([], new Date(0))).toEqual({ open: true });
  });

  test('both sides of both edges', () => {
    const window = { cron: '0 3 * * *', durationMs: hourMs, timezone: 'UTC' };
    const at = (text: string) => windowState([window], new Date(text));
    expect(at('2026-11-22T02:59:59Z')).toEqual({ open: false, opensAt: new Date('2026-11-22T03:00:00Z') });
    expect(at('2026-11-22T03:00:00Z')).toEqual({ open: true });
    expect(at('2026-11-22T03:59:59Z')).toEqual({ open: true });
    expect(at('2026-11-22T04:00:00Z')).toEqual({ open: false, opensAt: new Date('2026-11-23T03:00:00Z') });
  });

  test('the first of several opens', () => {
    const windows = [berlin('0 3 30 2 *'), berlin('0 5 * * *'), berlin('0 4 * * *')];
    for (const some of [windows, windows.toReversed()]) {
      expect(windowState(some, new Date('2026-11-22T01:00:00Z'))).toEqual({
        open: false,
        opensAt: new Date('2026-11-22T03:00:00Z'),
      });
    }
    expect(windowState(windows, new Date('2026-11-22T04:30:00Z')).open).toBe(true);
  });

  test('a window over midnight and over a week', () => {
    expect(windowState([berlin('0 22 * * 6', 10 * hourMs)], new Date('2026-11-22T06:59:59Z')).open).toBe(
      true,
    );
    expect(windowState([berlin('0 22 * * 6', 10 * hourMs)], new Date('2026-11-22T07:00:00Z')).open).toBe(
      false,
    );
    expect(windowState([berlin('0 0 1 * *', 40 * dayMs)], new Date('2026-11-22T07:00:00Z')).open).toBe(true);
    expect(windowState([berlin('* * * * *', 30 * dayMs)], new Date('2026-11-22T07:00:00Z')).open).toBe(true);
  });

  test('one that never opens says so', () => {
    expect(windowState([berlin('0 3 30 2 *')], new Date('2026-11-22T07:00:00Z'))).toEqual({
      open: false,
      opensAt: null,
    });
  });

  test('local time is kept over the change to summer time, and no night is lost', () => {
    // 2027-03-28 02:00 CET becomes 03:00 CEST at 01:00 UTC.
    expect(openings(berlin('0 4 * * *'), '2027-03-27T00:00:00Z', 24)).toEqual([
      '03:00',
      '03:15',
      '03:30',
      '03:45',
    ]);
    expect(openings(berlin('0 4 * * *'), '2027-03-28T00:00:00Z', 24)).toEqual([
      '02:00',
      '02:15',
      '02:30',
      '02:45',
    ]);
    // 02:30 does not exist that night; the window opens all the same.
    expect(openings(berlin('30 2 * * *'), '2027-03-27T22:00:00Z', 24).length).toBeGreaterThanOrEqual(4);
  });

  test('the hour that comes twice opens the window, and closes it again', () => {
    // 2026-10-25 03:00 CEST becomes 02:00 CET at 01:00 UTC: 02:30 local is 00:30 and 01:30 UTC.
    const open = openings(berlin('30 2 * * *', 30 * minuteMs), '2026-10-24T20:00:00Z', 24);
    expect(open.length).toBeGreaterThanOrEqual(2);
    expect(open.length).toBeLessThanOrEqual(4);
    expect(open.every((at) => at >= '00:30' && at < '02:00')).toBe(true);
  });

  test('an opening moment that is named is open', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('0 3 * * *', '30 2 * * 0', '15 1 1 * *', '*/10 22-23 * * 1-5'),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'UTC', 'Australia/Lord_Howe'),
        fc.integer({ min: Date.parse('2026-01-01') / 1000, max: Date.parse('2028-01-01') / 1000 }),
        (cron, timezone, atS) => {
          const window = { cron, timezone, durationMs: 5 * minuteMs };
          const state = windowState([window], new Date(atS * 1000));
          if (state.open || state.opensAt === null) return;
          expect(state.opensAt.getTime()).toBeGreaterThan(atS * 1000);
          expect(windowState([window], state.opensAt).open).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
