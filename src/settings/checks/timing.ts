/** Maintenance windows that cannot be met, and leads that make no sense. */
import type { MaintenanceWindow } from '../../core/certificate.ts';
import { dayMs, formatDuration } from '../../core/durations.ts';
import { complainOf } from '../entry.ts';
import type { Entry } from '../entry.ts';
import { everMatches, staysClosedLongerThan } from '../windows.ts';

/** From 2029-03-15 on a certificate lives 47 days; a third of that is the shortest computed lead. */
const shortestLifetimeMs = 47 * dayMs;
const shortestLeadMs = Math.floor(shortestLifetimeMs / 3);

/** Many entries share their windows through defaults: each distinct question is answered once. */
export class TimingCheck {
  readonly #matches = new Map<string, boolean>();
  readonly #closed = new Map<string, boolean>();

  check(entry: Entry): void {
    const { leadMs, windows } = entry.draft;
    if (leadMs !== undefined && leadMs >= shortestLifetimeMs) {
      complainOf(entry, ['lead'], {
        severity: 'warning',
        message: `${formatDuration(leadMs)} is longer than the 47 days that a certificate lives from 2029-03-15 on`,
        hint: 'leave it out: a third of the lifetime is right for most',
      });
    }
    for (const kind of ['order', 'deploy'] as const) this.#checkWindows(entry, kind, windows[kind], leadMs);
  }

  #checkWindows(
    entry: Entry,
    kind: 'order' | 'deploy',
    windows: readonly MaintenanceWindow[],
    leadMs: number | undefined,
  ): void {
    if (windows.length === 0) return;
    let canOpen = true;
    for (const [index, window] of windows.entries()) {
      const key = `${window.cron}\0${window.timezone}`;
      const matches = this.#matches.get(key) ?? everMatches(window.cron, window.timezone);
      this.#matches.set(key, matches);
      if (matches) continue;
      canOpen = false;
      complainOf(entry, ['windows', kind, index, 'cron'], {
        message: 'this window never opens: no day matches',
        hint: 'check day of month and month',
      });
    }
    if (!canOpen) return;
    const lead = leadMs ?? shortestLeadMs;
    const key = `${lead}\0${JSON.stringify(windows)}`;
    const isClosed = this.#closed.get(key) ?? staysClosedLongerThan(windows, lead);
    this.#closed.set(key, isClosed);
    if (!isClosed) return;
    complainOf(
      entry,
      ['windows', kind],
      leadMs === undefined
        ? {
            severity: 'warning',
            message: `stays closed for longer than ${formatDuration(lead)}, the lead of a certificate that lives 47 days`,
            hint: 'open it at least every two weeks; otherwise renewals end as emergencies outside of it',
          }
        : {
            message: `stays closed for longer than the lead of ${formatDuration(lead)}, so it may not open between due and expiry`,
            hint: 'open it more often, or lengthen the lead',
          },
    );
  }
}
