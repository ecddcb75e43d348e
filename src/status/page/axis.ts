/** The time axis that all timelines of a page share: from which moment to which, and where on it a moment lies. Pure. */
import { dayMs, hourMs } from '../../core/durations.ts';

export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Beyond this nothing is shown: one certificate of ten years must not squeeze all others into a line. */
const pastMax = 200 * dayMs;
const futureMax = 400 * dayMs;
const shortest = 2 * dayMs;

/** What is shown on the axis; `dueAt` and the like lie between the first two. */
export interface Dated {
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly paidUntil: Date | null;
}

/** Around `now`, wide enough for all, within bounds. */
export function axisFor(all: readonly { readonly status: Dated }[], now: Date): Axis {
  const nowMs = now.getTime();
  let first = nowMs - dayMs;
  let last = nowMs + shortest;
  for (const { status } of all) {
    // A comparison with what is no moment is false.
    const begin = status.notBefore?.getTime() ?? nowMs;
    const end = status.notAfter?.getTime() ?? nowMs;
    const paid = status.paidUntil?.getTime() ?? nowMs;
    if (begin < first) first = begin;
    if (end < first) first = end;
    if (end > last) last = end;
    if (paid > last) last = paid;
  }
  first = Math.max(first, nowMs - pastMax);
  last = Math.min(last, nowMs + futureMax);
  const margin = (last - first) * 0.02;
  return { fromMs: first - margin, toMs: last + margin };
}

/** Percent of the width, between 0 and 100, two decimals. */
export function place(ms: number, { fromMs, toMs }: Axis): number {
  if (Number.isNaN(ms)) return 0;
  const share = (ms - fromMs) / (toMs - fromMs);
  return Math.round(Math.min(Math.max(share, 0), 1) * 10_000) / 100;
}

export interface Span {
  readonly x: number;
  readonly width: number;
}

/** Undefined where nothing of it lies on the axis. */
export function span(from: Date, to: Date, axis: Axis): Span | undefined {
  const x = place(from.getTime(), axis);
  const width = Math.round((place(to.getTime(), axis) - x) * 100) / 100;
  return width > 0 ? { x, width } : undefined;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ticksMax = 6;

/** At whole months, days or hours (UTC), whichever gives a handful. */
export function ticksOf(axis: Axis): readonly Tick[] {
  const width = axis.toMs - axis.fromMs;
  for (const step of [1, 2, 3, 6, 12]) {
    const ticks = monthTicks(axis, step);
    if (width > 60 * dayMs && ticks.length <= ticksMax) return ticks;
  }
  const steps = [1, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24].map((hours) => hours * hourMs);
  const step = steps.find((one) => width / one <= ticksMax) ?? 56 * dayMs;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(axis.fromMs / step) * step; at <= axis.toMs; at += step) {
    const iso = new Date(at).toISOString();
    const date = `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1] ?? ''}`;
    ticks.push({ at, label: step < dayMs ? `${date} ${iso.slice(11, 13)}h` : date });
  }
  return ticks;
}

function monthTicks(axis: Axis, step: number): readonly Tick[] {
  const first = new Date(axis.fromMs);
  const ticks: Tick[] = [];
  const begin = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (let month = begin; ticks.length <= ticksMax; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at > axis.toMs) break;
    if (at < axis.fromMs) continue;
    const name = months[month % 12] ?? '';
    ticks.push({ at, label: `${name} ${String(Math.floor(month / 12) % 100).padStart(2, '0')}` });
  }
  return ticks;
}
