/** Stops what issues one certificate again and again. Pure. */
import type { DecisionFacts } from './facts.ts';
import { isFromLater, moment } from './instants.ts';
import { computedLeadMs } from './lead.ts';
import type { Verdict } from './verdict.ts';

/**
 * Two issuances within one lead, by the schedule alone and for the same thing, and it wants a third: something eats
 * certificates. What an operator asks for, or what the inventory changed, is not held up by this.
 */
export function breakLoop(verdict: Verdict, { deployable, managed }: DecisionFacts, now: Date): Verdict {
  const { action, reason, sentence } = verdict;
  const ordering = action === 'create' || action === 'reissue' || action === 'renew';
  const wanted = reason === 'names-added' || reason === 'key-type-changed' || reason === 'compromised';
  if (!ordering || wanted || deployable?.twinBegunAt == null) return verdict;
  if (deployable.product !== managed.product || isFromLater(deployable.begunAt, now)) return verdict;
  const { begunAt, twinBegunAt, notAfter } = deployable;
  const leadMs = managed.leadMs ?? computedLeadMs(notAfter.getTime() - begunAt.getTime());
  const until = new Date(twinBegunAt.getTime() + leadMs);
  if (until.getTime() <= now.getTime()) return verdict;
  return {
    action: 'blocked',
    reason: 'loop-breaker',
    sentence: `${sentence}; but it was issued ${moment(twinBegunAt)} and ${moment(begunAt)} already, and nothing in the inventory changed: find out what undoes it, then \`renewd renew ${managed.name}\``,
    until,
  };
}
