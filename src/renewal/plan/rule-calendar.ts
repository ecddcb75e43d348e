/** The dated rules of the industry: how long a certificate may live, by CA and day. Data with sources, not code. */
import { dayMs } from '../../core/durations.ts';
import data from './rule-calendar.json' with { type: 'json' };

export interface DatedLimit {
  /** "*" for everyone, else a CA id as ProviderCapabilities.ca gives it. */
  readonly ca: string;
  /** First day, UTC, ISO 8601. */
  readonly from: string;
  readonly days: number;
  readonly source: string;
}

export interface RuleCalendar {
  readonly updated: string;
  readonly maxValidity: readonly DatedLimit[];
  readonly dcvReuse: readonly DatedLimit[];
  readonly identityReuse: readonly DatedLimit[];
  readonly methodEnds: readonly { readonly method: string; readonly from: string; readonly source: string }[];
}

export const ruleCalendar: RuleCalendar = data;

/** The newest rule of each of "*" and `ca` that is in force at `now`; of these the stricter. Undefined before all rules. */
function limitInForce(limits: readonly DatedLimit[], ca: string, now: Date): DatedLimit | undefined {
  const newest = (wanted: string): DatedLimit | undefined =>
    limits
      .filter((limit) => limit.ca === wanted && Date.parse(limit.from) <= now.getTime())
      .reduce<DatedLimit | undefined>(
        (best, limit) => (best === undefined || limit.from >= best.from ? limit : best),
        undefined,
      );
  const general = newest('*');
  const own = newest(ca);
  if (general === undefined || own === undefined) return own ?? general;
  return own.days < general.days ? own : general;
}

/** Longest validity a certificate issued at `now` can get, milliseconds. */
export function maxValidityMs(calendar: RuleCalendar, ca: string, now: Date): number {
  const limit = limitInForce(calendar.maxValidity, ca, now);
  return (limit?.days ?? 398) * dayMs;
}

/** How long a proof of control, or a vetted organization, may be used again at `now`, days; undefined before all rules. */
export function reuseDays(limits: readonly DatedLimit[], ca: string, now: Date): number | undefined {
  return limitInForce(limits, ca, now)?.days;
}

/** The next moment after `now` at which the longest validity may change; undefined after all rules. */
export function nextValidityChange(calendar: RuleCalendar, ca: string, now: Date): Date | undefined {
  const later = calendar.maxValidity
    .filter((limit) => limit.ca === '*' || limit.ca === ca)
    .map(({ from }) => Date.parse(from))
    .filter((from) => from > now.getTime());
  return later.length === 0 ? undefined : new Date(Math.min(...later));
}
