/**
 * Reissue or renew: which verb makes the certificate last longer, and is it worth it. A paid order and the certificate
 * in it end at different times; a reissue is free but cannot pass the end of the order. Pure.
 */
import { dayMs } from '../../core/durations.ts';
import { effectOf, type ProviderCapabilities } from '../../contracts/capabilities.ts';

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

/** Where a reissue keeps the end of the certificate it gains nothing, however long the order lasts. */
function gainsAt(capabilities: ProviderCapabilities, gain: Gains, notAfter: Date): Gains {
  return effectOf(capabilities, 'reissue')?.notAfter === 'unchanged'
    ? { ...gain, reissueEnds: notAfter, reissueMs: 0 }
    : gain;
}

/** A reissue is worth its trouble when it gains a quarter of what the CA would give at most, or 30 days. */
export function worthwhileGainMs(capMs: number): number {
  return Math.min(30 * dayMs, capMs / 4);
}

export type Verb =
  | { readonly verb: 'reissue' | 'renew'; readonly ends: Date }
  /** `until`: when the choice may be another one; `why`: the renewal window is closed, or nothing lasts enough longer. */
  | { readonly verb: 'wait'; readonly until: Date; readonly why: 'window' | 'gain' };

/** From when on the provider accepts a renewal. */
export function renewalOpensAt(paidUntil: Date, { renewWindowDays }: ProviderCapabilities): Date {
  return renewWindowDays === undefined
    ? new Date(0)
    : new Date(paidUntil.getTime() - renewWindowDays * dayMs);
}

/** What must be gained before anything is done: as much as is worth it, in an emergency anything. */
function enoughMs(capMs: number, pressing: boolean): number {
  return pressing ? 1 : worthwhileGainMs(capMs);
}

/**
 * When a new order, placed then, would last enough longer than `notAfter`. A lead longer than the lifetime that a CA
 * grants makes a certificate due at once; without this it would be bought again and again for a few seconds' gain.
 */
export function newOrderGainsAt(notAfter: Date, capMs: number, termDays: number, pressing: boolean): Date {
  const lastsMs = Math.min(capMs, termDays * dayMs);
  return new Date(notAfter.getTime() + enoughMs(capMs, pressing) - lastsMs);
}

/**
 * Prefers a worthwhile reissue; else a renew inside the provider's window when it lasts longer than a reissue and long
 * enough to be worth it; else waits, unless `pressing` (emergency) and a reissue gains anything at all.
 */
export function chooseVerb(
  clock: { readonly notAfter: Date; readonly paidUntil: Date },
  capabilities: ProviderCapabilities,
  capMs: number,
  pressing: boolean,
  now: Date,
): Verb {
  const { notAfter, paidUntil } = clock;
  const gain = gainsAt(capabilities, gains(notAfter, paidUntil, capMs, capabilities.termDays, now), notAfter);
  if (gain.reissueMs >= worthwhileGainMs(capMs)) return { verb: 'reissue', ends: gain.reissueEnds };
  const opensAt = renewalOpensAt(paidUntil, capabilities);
  const open = opensAt.getTime() <= now.getTime();
  // No new term can be had here, so in an emergency any reissue is better than none.
  if (pressing && gain.reissueMs > 0 && effectOf(capabilities, 'renew') === undefined) {
    return { verb: 'reissue', ends: gain.reissueEnds };
  }
  // Nobody pays for what a reissue gives free of charge.
  const lastsLonger = gain.renewEnds.getTime() > gain.reissueEnds.getTime();
  if (open && lastsLonger && gain.renewMs >= enoughMs(capMs, pressing)) {
    return { verb: 'renew', ends: gain.renewEnds };
  }
  // Cut at the end of the order, a reissue's gain does not grow by waiting; cut by the CA's limit, it does.
  const grows = now.getTime() + capMs < paidUntil.getTime();
  const tooLate = opensAt.getTime() >= notAfter.getTime();
  if (gain.reissueMs > 0 && (pressing || (tooLate && !grows))) {
    return { verb: 'reissue', ends: gain.reissueEnds };
  }
  const moments = [
    opensAt,
    new Date(notAfter.getTime() + enoughMs(capMs, pressing) - capMs),
    new Date(paidUntil.getTime() - capMs),
    newOrderGainsAt(notAfter, capMs, capabilities.termDays, pressing),
    paidUntil,
  ];
  const until = soonest(now, moments) ?? paidUntil;
  return { verb: 'wait', until, why: open ? 'gain' : 'window' };
}

/** The first of the moments that is still to come. */
export function soonest(now: Date, moments: readonly (Date | undefined)[]): Date | undefined {
  return moments.reduce<Date | undefined>(
    (best, moment) =>
      moment === undefined || moment <= now || (best !== undefined && best <= moment) ? best : moment,
    undefined,
  );
}
