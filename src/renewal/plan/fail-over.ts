/**
 * The second provider: only in the emergency window, only where the first one gets nowhere, and never beside an order
 * that is paid for. Pure.
 */
import type { Renewal } from '../../core/renewal.ts';
import { criticalPauseMs } from './back-off.ts';
import type { DecisionFacts } from './facts.ts';
import type { RenewalMoments } from './lead.ts';
import type { ReasonCode } from './reasons.ts';

/** With no certificate there is no end to count from: so many failures in a row make it an emergency. */
const failuresWithoutCertificate = 3;
/** The first provider is asked for the order behind a certificate so often before it counts as gone. */
const lookupsTried = 5;
/** An open renewal that has nothing to show for so much of the emergency window is stuck. */
const stuckShare = 1 / 4;

/** Reasons of the first verdict that another provider can do something about. */
const helped: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'blocked',
  'waiting',
  'in-progress',
  'backing-off',
  'renew-not-open',
  'order-unknown',
  'verb-closed',
]);

/** True when an order at the provider `second` is what is left to do. */
export function needsSecondProvider(
  reason: ReasonCode,
  second: string,
  facts: DecisionFacts,
  moments: RenewalMoments | null,
  now: Date,
): boolean {
  const { secondCapabilities, record, open } = facts;
  if (secondCapabilities === undefined) return false;
  if (!helped.has(reason) || !isEmergency(facts, moments, now)) return false;
  if (reason === 'order-unknown' && facts.lookupFailures < lookupsTried) return false;
  // Neither provider is asked again and again without a pause.
  const failedAt = record?.lastFailureAt ?? null;
  if (failedAt !== null && now.getTime() - failedAt.getTime() < criticalPauseMs) return false;
  if (open === undefined) return true;
  return open.provider !== second && isStuck(open, moments, now) && costsNothing(open);
}

/** When the question has to be asked again; null: no passing of time changes the answer. */
export function secondProviderLook(
  reason: ReasonCode,
  moments: RenewalMoments | null,
  now: Date,
): Date | null {
  if (!helped.has(reason)) return null;
  if (moments !== null && now.getTime() < moments.emergencyAt.getTime()) return moments.emergencyAt;
  return new Date(now.getTime() + criticalPauseMs);
}

function isEmergency({ record }: DecisionFacts, moments: RenewalMoments | null, now: Date): boolean {
  if (moments === null) return (record?.failures ?? 0) >= failuresWithoutCertificate;
  return now.getTime() >= moments.emergencyAt.getTime();
}

function isStuck(open: Renewal, moments: RenewalMoments | null, now: Date): boolean {
  if (open.state === 'blocked') return true;
  if (moments === null) return false;
  const windowMs = moments.criticalAt.getTime() - moments.emergencyAt.getTime();
  const since = Math.max(open.createdAt.getTime(), moments.emergencyAt.getTime());
  return now.getTime() - since >= windowMs * stuckShare;
}

/** Nothing was ordered, or only a reissue, which is free: giving it up loses nothing. */
function costsNothing({ state, action, orderedAt }: Renewal): boolean {
  if (state === 'planned' || state === 'blocked') return orderedAt === null || action === 'reissue';
  return (state === 'awaiting-dcv' || state === 'awaiting-issuance') && action === 'reissue';
}
