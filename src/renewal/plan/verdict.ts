/** What one check of the decision answers, and the order that the answers speak of. Pure. */
import type { DecisionAction, DecisionFacts, UnusableCrt, UsableCrt } from './facts.ts';
import { renewalMoments, type RenewalMoments } from './lead.ts';
import type { ReasonCode } from './reasons.ts';

export interface Verdict {
  readonly action: DecisionAction;
  readonly reason: ReasonCode;
  readonly sentence: string;
  readonly until?: Date | null;
}

/** The certificate in the CRT file, and its moments. */
export interface Present extends UsableCrt {
  readonly moments: RenewalMoments;
}

export function presentIn({ crt, record, managed }: DecisionFacts): Present | UnusableCrt {
  if (crt.state !== 'ok') return crt;
  return { ...crt, moments: renewalMoments(crt.certificate, record?.jitter ?? 0, managed.leadMs) };
}

/** The order that a reissue would be in: known, at the provider the inventory names, and still paid for. */
export function livingOrder(
  facts: DecisionFacts,
  now: Date,
): { readonly paidUntil: Date; readonly product: string | null } | undefined {
  const { record, managed } = facts;
  if (record === undefined || record.provider !== managed.provider) return undefined;
  if (record.certificateId === null || record.paidUntil === null) return undefined;
  const { paidUntil, product } = record;
  return paidUntil.getTime() > now.getTime() ? { paidUntil, product } : undefined;
}

/** For a broken, missing or drifted certificate: replace it without paying where an order still runs. */
export function replacement(facts: DecisionFacts, now: Date): 'reissue' | 'create' {
  return livingOrder(facts, now) === undefined ? 'create' : 'reissue';
}

/**
 * Before anything is bought for a certificate we did not order, the provider is asked which order it belongs to. Also where
 * an order is known, but the certificate on disk is younger than that knowledge and not ours: put there by hand, or
 * ordered after the backup that this store was restored from.
 */
export function orderLookupNeeded(facts: DecisionFacts, now: Date): Verdict | undefined {
  const { record, managed } = facts;
  const known = record !== undefined && record.orderReadAt !== null && record.provider === managed.provider;
  if (known && !isUnknownSince(record.orderReadAt, facts, now)) return undefined;
  return {
    action: 'wait',
    reason: 'order-unknown',
    sentence: `${managed.provider} is asked which order this certificate belongs to`,
    until: null,
  };
}

function isUnknownSince(readAt: Date, { crt, deployable }: DecisionFacts, now: Date): boolean {
  if (crt.state !== 'ok') return false;
  const { fingerprint256, notBefore } = crt.certificate;
  // From a time that has not come, nothing could ever have been read after it.
  return fingerprint256 !== deployable?.fingerprint256 && notBefore > readAt && notBefore <= now;
}
