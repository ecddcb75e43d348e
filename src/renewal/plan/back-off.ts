/** Pauses after failures, from what is stored: a restart does not retry everything at once. Pure. */
import { hourMs, minuteMs } from '../../core/durations.ts';

/** By failures in a row. Together the first six take about two days. */
const ladderMs: readonly number[] = [
  5 * minuteMs, // total 5 min
  20 * minuteMs, // 25 min
  1 * hourMs, // 1 h 25 min
  4 * hourMs, // 5 h 25 min
  12 * hourMs, // 17 h 25 min
  24 * hourMs, // 41 h 25 min, then daily
];

/** The pause within the critical window: short, but never a hot loop. */
export const criticalPauseMs = 10 * minuteMs;

/** Milliseconds after the last of `failures` failures in a row before the next attempt; 0 where there was none. */
export function pauseAfterFailures(failures: number): number {
  return ladderMs[Math.min(failures, ladderMs.length) - 1] ?? 0;
}
