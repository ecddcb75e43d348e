/**
 * Can a maintenance window be met? Looked at over one fixed leap year, so that the same configuration always gets the
 * same answer.
 */
import { Cron } from 'croner';
import type { MaintenanceWindow } from '../core/certificate.ts';
import { dayMs, hourMs, secondMs } from '../core/durations.ts';

const from = Date.UTC(2028, 0, 1);
const until = from + 366 * dayMs;
const maxSteps = 4000;

/** Minutes and hours of every day, or of days of the week: no day of a month that might not come. */
const isOfEveryMonth = /^(?:\S+ ){2,3}\* \* \S+$/;

/** Whether the expression matches any moment in the fixed year (which has a 29 February). */
export function everMatches(cron: string, timezone: string): boolean {
  // The usual case, without time zones: those take longer to set up than a thousand certificates to read.
  if (isOfEveryMonth.test(cron)) return true;
  const next = new Cron(cron, { timezone, paused: true }).nextRun(new Date(from));
  return next !== null && next.getTime() < until + 8 * 366 * dayMs;
}

/** Whether some span of the year, longer than `leadMs`, has none of the windows open. Closed time is found to within a few hours. */
export function staysClosedLongerThan(windows: readonly MaintenanceWindow[], leadMs: number): boolean {
  const crons = windows.map((window) => new Cron(window.cron, { timezone: window.timezone, paused: true }));
  const stepMs = Math.max(Math.min(6 * hourMs, leadMs / 4), (until - from) / maxSteps);
  const openings = crons.map((cron) => cron.nextRun(new Date(from))?.getTime() ?? Infinity);
  // A moment before the first opening: nextRun looks for later ones only.
  let at = Math.min(...openings) - secondMs;
  const end = at + (until - from);
  if (at === Infinity) return true;
  while (at < end) {
    let opensAt = Infinity;
    let closesAt = Infinity;
    for (const [index, cron] of crons.entries()) {
      const next = cron.nextRun(new Date(at));
      if (next === null || next.getTime() >= opensAt) continue;
      opensAt = next.getTime();
      closesAt = opensAt + (windows[index]?.durationMs ?? 0);
    }
    if (opensAt - at > leadMs) return true;
    // Looking again only after a step skips the many openings of a fine-grained expression.
    at = Math.max(closesAt, opensAt + stepMs);
  }
  return false;
}
