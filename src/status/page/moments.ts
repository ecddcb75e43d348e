/** Moments and spans as people read them, in UTC. */
import { formatDuration, minuteMs } from '../../core/durations.ts';
import { html, type Html } from './html.ts';

/** "2026-11-22" */
export function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** "2026-11-22 14:05" */
export function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

/** "2026-11-22 14:05:09" */
export function second(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** "in 12d 4h", "3h 2m ago", "now" */
export function relative(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) < minuteMs) return 'now';
  return ms > 0 ? `in ${formatDuration(ms)}` : `${formatDuration(-ms)} ago`;
}

/** The day, and how far away it is. Nothing known: a dash that is read as such. */
export function when(at: Date | null, now: Date): Html {
  if (at === null) return html`<span class="none">not known</span>`;
  return html`<time datetime="${at.toISOString()}">${minute(at)}</time>
    <span class="sub">${relative(at, now)}</span>`;
}
