/** A certificate that nobody should rely on any more is replaced. Pure. */
import { isForeign } from './check-names.ts';
import { condemnationOf, replacingVerb } from './condemned.ts';
import type { DecisionFacts } from './facts.ts';
import { livingOrder, orderLookupNeeded, type Present, type Verdict } from './verdict.ts';

/** Revoked, or its key is lost: replaced at once, with what is at hand or by a new order. */
export function checkCondemned(
  facts: DecisionFacts,
  { certificate }: Present,
  now: Date,
): Verdict | undefined {
  const condemned = condemnationOf(certificate, facts);
  if (condemned === undefined || isForeign(certificate, facts)) return undefined;
  const { deployable } = facts;
  const { reason, sentence } = condemned;
  const another = deployable !== undefined && deployable.fingerprint256 !== certificate.fingerprint256;
  if (another && deployable.notAfter > now) {
    const text = `${sentence}; another issued certificate is at hand and is deployed`;
    return { action: 'deploy', reason, sentence: text, until: deployable.notAfter };
  }
  const action = replacingVerb(facts, livingOrder(facts, now) !== undefined);
  return orderLookupNeeded(facts, now) ?? { action, reason, sentence };
}
