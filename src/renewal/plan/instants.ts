/** Moments of a decision: compared, and as its sentences write them. Pure. */
import { minuteMs } from '../../core/durations.ts';

export const day = (at: Date): string => at.toISOString().slice(0, 10);
export const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

export function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** Clocks are corrected by less than this all the time. */
const clockStepMs = minuteMs;

/** What was stored at a moment that has not come yet, the clock was set back after. */
export function isFromLater(at: Date, now: Date): boolean {
  return at.getTime() > now.getTime() + clockStepMs;
}
