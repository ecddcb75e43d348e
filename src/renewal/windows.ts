/** Maintenance windows: is one open at a moment, and when does the next one open. Pure; croner does the calendar. */
import { Cron } from 'croner';
import type { MaintenanceWindow } from '../core/certificate.ts';

/** How many openings are looked at when searching backwards for one that is still open. */
const maxOpenings = 10_000;

function openAt(window: MaintenanceWindow, now: Date): boolean {
  const cron = new Cron(window.cron, { timezone: window.timezone, paused: true });
  // The last opening at or before `now` is the first one after `now − duration`, or one following it.
  let opening = cron.nextRun(new Date(now.getTime() - window.durationMs));
  for (
    let looked = 0;
    opening !== null && opening.getTime() <= now.getTime() && looked < maxOpenings;
    looked++
  ) {
    if (now.getTime() < opening.getTime() + window.durationMs) return true;
    opening = cron.nextRun(opening);
  }
  return false;
}

export type WindowState =
  | { readonly open: true }
  /** `opensAt` is null when the window never opens again. */
  | { readonly open: false; readonly opensAt: Date | null };

/** No windows at all means always open. */
export function windowState(windows: readonly MaintenanceWindow[], now: Date): WindowState {
  if (windows.length === 0 || windows.some((window) => openAt(window, now))) return { open: true };
  const openings = windows
    .map((window) => new Cron(window.cron, { timezone: window.timezone, paused: true }).nextRun(now))
    .filter((opening) => opening !== null);
  const first = openings.reduce<Date | null>(
    (best, opening) => (best === null || opening < best ? opening : best),
    null,
  );
  return { open: false, opensAt: first };
}
