/**
 * Time zones and the days on which they change their clocks: where the host stands makes no difference to what renewd
 * does, and a maintenance window opens on every local day, once.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { Cron } from 'croner';
import { dayMs, hourMs, minuteMs } from '../../src/core/durations.ts';
import { windowState } from '../../src/renewal/windows.ts';
import { createWorld } from '../builders/world.ts';
import { flow } from './flows.ts';
import { assertServedOnce, enter, runToEnd } from './run.ts';

const stepMs = 5 * minuteMs;
const homeZone = process.env['TZ'];

afterEach(() => {
  if (homeZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = homeZone;
});

/** Days of 2027 on which clocks change, by https://www.iana.org/time-zones (2026a): noon UTC of the day before. */
const changes = [
  { zone: 'Europe/Berlin', change: 'forward', eve: '2027-03-27T12:00:00Z' },
  { zone: 'Europe/Berlin', change: 'back', eve: '2027-10-30T12:00:00Z' },
  { zone: 'America/New_York', change: 'forward', eve: '2027-03-13T12:00:00Z' },
  { zone: 'America/New_York', change: 'back', eve: '2027-11-06T12:00:00Z' },
  // Half an hour only, and in the other half of the year.
  { zone: 'Australia/Lord_Howe', change: 'forward', eve: '2027-10-02T00:00:00Z' },
  { zone: 'Australia/Lord_Howe', change: 'back', eve: '2027-04-03T00:00:00Z' },
] as const;

/** Whether the zone's offset really changes within three days of this moment: a table can be wrong. */
function offsetsAround(zone: string, eve: string): number {
  const form = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = (at: number): string | undefined =>
    form.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value;
  return new Set([name(Date.parse(eve)), name(Date.parse(eve) + 2 * dayMs)]).size;
}

describe.each(changes)('$zone, clocks go $change', ({ zone, eve }) => {
  test.each(['0 2 * * *', '15 2 * * *'])(
    'a window at "%s" opens once a day, and is as long as it says',
    (cron) => {
      expect(offsetsAround(zone, eve)).toBe(2);
      process.env['TZ'] = zone;
      const window = { cron, durationMs: 30 * minuteMs, timezone: zone };
      const begin = Date.parse(eve) - dayMs;
      const openings: number[] = [];
      let openMinutes = 0;
      let was = windowState([window], new Date(begin)).open;
      expect(was).toBe(false);
      for (let at = begin; at < begin + 4 * dayMs; at += stepMs) {
        const { open } = windowState([window], new Date(at));
        if (open) openMinutes += stepMs / minuteMs;
        if (open && !was) openings.push(at);
        was = open;
      }
      expect(openings.length).toBe(4);
      expect(openMinutes).toBe(4 * 30);
      for (const [index, at] of openings.entries()) {
        const before = openings[index - 1];
        if (before === undefined) continue;
        expect(at - before).toBeGreaterThanOrEqual(dayMs - 2 * hourMs);
        expect(at - before).toBeLessThanOrEqual(dayMs + 2 * hourMs);
      }
    },
  );

  test('a pass every five minutes comes every five minutes', () => {
    const schedule = new Cron('*/5 * * * *', { timezone: zone, paused: true });
    let at = new Date(eve);
    for (let passes = 0; passes < 2 * 288; passes += 1) {
      const next = schedule.nextRun(at);
      expect(next?.getTime()).toBe(at.getTime() + 5 * minuteMs);
      at = next ?? at;
    }
  });

  test('a host in that zone does what a host in UTC does', async () => {
    const given = flow('inx', 'renew', 'dns');
    const stories: string[] = [];
    for (const host of ['UTC', zone]) {
      process.env['TZ'] = host;
      const offset = new Date(eve).getTimezoneOffset();
      expect(offset === 0, 'the zone of the host took effect').toBe(host === 'UTC');
      const window = { cron: '15 2 * * *', durationMs: 2 * hourMs, timezone: zone };
      const world = await createWorld({ start: new Date(eve) });
      const wanted = { ...given.wanted, windows: { order: [window] }, provider: 'inx' } as const;
      const late: typeof given = {
        ...given,
        wanted,
        seed: { name: 'shop', provider: 'inx', daysLeft: 11, paidDays: 13 },
      };
      await enter(world, late);
      await runToEnd(world);
      await assertServedOnce(world, late);
      const { createdAt, orderedAt, state, reason } = await world.renewal('shop');
      stories.push(JSON.stringify({ createdAt, orderedAt, state, reason }));
      await world.close();
    }
    expect(stories[1]).toBe(stories[0]);
  });
});
