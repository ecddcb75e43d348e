/**
 * When a certificate is due, by its lifetime rather than by a fixed count of days: the same rule serves 199, 47 and
 * 6 days. Pure.
 */
import { dayMs, hourMs } from '../../core/durations.ts';

/** A third of 199 days would be 66: more issuances than needed. 30 days are ample for any order. */
const leadCeilingMs = 30 * dayMs;
const shortLifetimeMs = 10 * dayMs;

/**
 * Time before notAfter at which a certificate is due: a third of its lifetime, half when it lives under 10 days, at
 * most 30 days. Whatever lives two days or more has at least one: less, and a night of a broken DNS server is an outage.
 */
export function computedLeadMs(lifetimeMs: number): number {
  const fraction = lifetimeMs < shortLifetimeMs ? lifetimeMs / 2 : lifetimeMs / 3;
  return Math.min(fraction, leadCeilingMs);
}

export interface RenewalMoments {
  readonly dueAt: Date;
  /** From here on maintenance windows are overridden: 1/20 of the lifetime before the end, at least an hour. */
  readonly emergencyAt: Date;
  /** From here on back-off and provider hints are overridden too: 1/50 of the lifetime, at least half an hour. */
  readonly criticalAt: Date;
}

/**
 * `jitter` in [0, 1) moves the due moment later by up to a tenth of the lead, so that certificates bought together do
 * not all come due together. All moments are cut to whole seconds: a stored time must equal the recomputed one.
 */
export function renewalMoments(
  validity: { readonly notBefore: Date; readonly notAfter: Date },
  jitter: number,
  leadOverrideMs: number | undefined,
): RenewalMoments {
  const end = validity.notAfter.getTime();
  const lifetime = Math.max(end - validity.notBefore.getTime(), 0);
  const lead = leadOverrideMs ?? computedLeadMs(lifetime);
  const emergency = Math.min(Math.max(lifetime / 20, hourMs), lead * 0.9);
  const critical = Math.min(Math.max(lifetime / 50, hourMs / 2), emergency);
  const cut = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
  return {
    dueAt: cut(end - lead + jitter * lead * 0.1),
    emergencyAt: cut(end - emergency),
    criticalAt: cut(end - critical),
  };
}
