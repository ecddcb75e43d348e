/**
 * Reissue or renew: which verb makes the certificate last longer, and is it worth it. A paid order and the certificate
 * in it end at different times; a reissue is free but cannot pass the end of the order. Pure.
 */
import { dayMs } from '../../core/durations.ts';
import type { ProviderCapabilities } from '../../contracts/provider.ts';

export interface OrderClock {
  readonly paidUntil: Date;
}

export interface Gains {
  /** When a certificate from a reissue today would end. */
  readonly reissueEnds: Date;
  readonly reissueMs: number;
  readonly renewEnds: Date;
  readonly renewMs: number;
}

/** Gain of each verb over `notAfter`, milliseconds; negative when the new certificate would end sooner. */
export function gains(notAfter: Date, paidUntil: Date, capMs: number, termDays: number, now: Date): Gains {
  const capEnd = now.getTime() + capMs;
  const reissueEnds = Math.min(capEnd, paidUntil.getTime());
  const renewEnds = Math.min(capEnd, now.getTime() + termDays * dayMs);
  return {
    reissueEnds: new Date(reissueEnds),
    reissueMs: reissueEnds - notAfter.getTime(),
    renewEnds: new Date(renewEnds),
    renewMs: renewEnds - notAfter.getTime(),
  };
}

/** A reissue is worth its trouble when it gains a quarter of what the CA would give at most, or 30 days. */
export function worthwhileGainMs(capMs: number): number {
  return Math.min(30 * dayMs, capMs / 4);
}

export type Verb =
  | { readonly verb: 'reissue' | 'renew'; readonly ends: Date }
  | { readonly verb: 'wait'; readonly until: Date }
  | { readonly verb: 'none' };

/**
 * Prefers a worthwhile reissue; else a renew inside the provider's window; else, when the window is not open yet,
 * waits for it, unless `pressing` (emergency) and a reissue gains anything at all.
 */
export function chooseVerb(
  clock: { readonly notAfter: Date; readonly paidUntil: Date },
  capabilities: ProviderCapabilities,
  capMs: number,
  pressing: boolean,
  now: Date,
): Verb {
  const gain = gains(clock.notAfter, clock.paidUntil, capMs, capabilities.termDays, now);
  if (gain.reissueMs >= worthwhileGainMs(capMs)) return { verb: 'reissue', ends: gain.reissueEnds };
  const opensAt =
    capabilities.renewWindowDays === undefined
      ? now
      : new Date(clock.paidUntil.getTime() - capabilities.renewWindowDays * dayMs);
  if (opensAt.getTime() <= now.getTime()) {
    return gain.renewMs > 0 ? { verb: 'renew', ends: gain.renewEnds } : { verb: 'none' };
  }
  if (gain.reissueMs > 0 && (pressing || opensAt.getTime() >= clock.notAfter.getTime())) {
    return { verb: 'reissue', ends: gain.reissueEnds };
  }
  return { verb: 'wait', until: opensAt };
}
