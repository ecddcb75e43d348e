/**
 * A certificate that nobody should rely on any more although its time has not come: revoked, or its key is lost. What
 * replaces it is urgent, whatever windows and pauses say; only the limits of spending hold. Pure.
 */
import { effectOf } from '../../contracts/capabilities.ts';
import type { OrderAction } from '../../contracts/order.ts';
import type { CurrentCertificate, DecisionFacts } from './facts.ts';
import { moment } from './instants.ts';

export type UrgentReason = 'compromised' | 'revoked';

export interface Condemnation {
  readonly reason: UrgentReason;
  readonly sentence: string;
}

/** Renewals that were begun for such a reason hold to no window and pause briefly only. */
export function isUrgent(reason: string): boolean {
  return reason === 'compromised' || reason === 'revoked';
}

/** Undefined: nothing is wrong with the certificate in the CRT file, as far as is known. */
export function condemnationOf(
  { fingerprint256 }: CurrentCertificate,
  { revocation, compromise }: DecisionFacts,
): Condemnation | undefined {
  if (compromise !== undefined) {
    const { by, at } = compromise;
    return { reason: 'compromised', sentence: `${by} said ${moment(at)} that its key is compromised` };
  }
  if (revocation?.status !== 'revoked' || revocation.fingerprint256 !== fingerprint256) return undefined;
  const since = revocation.revokedAt === null ? '' : ` since ${moment(revocation.revokedAt)}`;
  const why = revocation.reason === null ? '' : ` (${revocation.reason})`;
  return { reason: 'revoked', sentence: `its CA has revoked it${since}${why}: ${revocation.detail}` };
}

/** Inside the paid order where that is possible; a verb that is not sold here is no way out. */
export function replacingVerb({ capabilities }: DecisionFacts, orderLives: boolean): OrderAction {
  return orderLives && effectOf(capabilities, 'reissue') !== undefined ? 'reissue' : 'create';
}
