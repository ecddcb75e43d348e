/** A reissue that cannot bring the names that are wanted is none. Pure. */
import { missingNames } from '../../pki/names.ts';
import type { DecisionFacts, UnusableCrt } from './facts.ts';
import { isForeign } from './check-names.ts';
import type { Present, Verdict } from './verdict.ts';

/**
 * Whatever the reason to reissue, where that keeps the names of the order and the inventory has more by now, what comes would
 * be refused for want of them, and so would the next. Another order brings them; who said `reissue` is told instead.
 */
export function fitNames(verdict: Verdict, facts: DecisionFacts, present: Present | UnusableCrt): Verdict {
  const { managed, capabilities, requested } = facts;
  if (verdict.action !== 'reissue' || capabilities.reissueChangesNames) return verdict;
  if (present.state !== 'ok' || isForeign(present.certificate, facts)) return verdict;
  const added = missingNames(present.certificate.names, managed.names);
  if (added.length === 0) return verdict;
  const why = `${verdict.sentence}; a reissue at ${managed.provider} cannot add ${added.join(', ')}`;
  return requested?.verb === 'reissue'
    ? { ...verdict, action: 'blocked', sentence: `${why}: ask without a verb for another order`, until: null }
    : { ...verdict, action: 'create', sentence: `${why}, so that another order is needed` };
}
