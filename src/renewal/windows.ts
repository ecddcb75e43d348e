/** Maintenance windows: is one open at a moment, and when does the next one open. Pure; croner does the calendar. */
import { Cron } from 'croner';
import type { MaintenanceWindow } from '../core/certificate.ts';

/** The first opening after a moment, that moment itself left out; null when there is none any more. */
function nextOpening({ cron, timezone }: MaintenanceWindow, after: Date): Date | null {
  return new Cron(cron, { timezone }).nextRun(after);
}

/** It opened less than its duration ago. */
function openAt(window: MaintenanceWindow, now: Date): boolean {
  const opening = nextOpening(window, new Date(now.getTime() - window.durationMs));
  return opening !== null && opening.getTime() <= now.getTime();
}

export type WindowState =
  | { readonly open: true }
  /** `opensAt` is null when the window never opens again. */
  | { readonly open: false; readonly opensAt: Date | null };

/** No windows at all means always open. */
export function windowState(windows: readonly MaintenanceWindow[], now: Date): WindowState {
  if (windows.length === 0 || windows.some((window) => openAt(window, now))) return { open: true };
  const openings = windows
    .map((window) => nextOpening(window, now))
    .filter((opening) => opening !== null)
    .toSorted((left, right) => left.getTime() - right.getTime());
  return { open: false, opensAt: openings[0] ?? null };
}
