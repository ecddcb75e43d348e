/** What an operator asked for. Pure. */
import { checkDropped, isForeign } from './check-names.ts';
import type { DecisionFacts } from './facts.ts';
import type { RenewalMoments } from './lead.ts';
import { maxValidityMs, type RuleCalendar } from './rule-calendar.ts';
import { currentOf, livingOrder, orderLookupNeeded, type Verdict } from './verdict.ts';
import { chooseVerb } from './verb.ts';

export function requestedVerdict(
  facts: DecisionFacts,
  calendar: RuleCalendar,
  now: Date,
  moments: RenewalMoments | null,
): Verdict | undefined {
  if (facts.requested === undefined) return undefined;
  const current = currentOf(facts);
  const order = livingOrder(facts, now);
  if (current !== undefined) {
    const unknown = orderLookupNeeded(facts);
    if (unknown !== undefined) return unknown;
    // "Renew it" is not yet the word that a name may go.
    const dropped = isForeign(current, facts) ? undefined : checkDropped(facts, current, now, moments);
    if (dropped !== undefined) return dropped;
  }
  const asked = facts.requested.verb;
  if (order === undefined && asked === 'reissue') {
    // A reissue is free; what was asked for must not become an invoice.
    const sentence = 'an operator asked for a reissue, but no paid order is left to reissue in';
    return { action: 'blocked', reason: 'requested', sentence, until: null };
  }
  if (order === undefined)
    return { action: 'create', reason: 'requested', sentence: 'an operator asked; no paid order is left' };
  if (asked !== undefined)
    return { action: asked, reason: 'requested', sentence: `an operator asked for a ${asked}` };
  const action = suggestedVerb(facts, order.paidUntil, calendar, now, moments);
  const sentence = `an operator asked; ${action} is what the paid order suggests`;
  return { action, reason: 'requested', sentence };
}

/** Before a certificate is due there is no reason to pay: a reissue inside the order serves as well. */
function suggestedVerb(
  facts: DecisionFacts,
  paidUntil: Date,
  calendar: RuleCalendar,
  now: Date,
  moments: RenewalMoments | null,
): 'reissue' | 'renew' {
  const current = currentOf(facts);
  if (current === undefined || moments === null || now < moments.dueAt) return 'reissue';
  const { capabilities, managed } = facts;
  const capMs = maxValidityMs(calendar, capabilities.ca(managed.product), now);
  const choice = chooseVerb({ notAfter: current.notAfter, paidUntil }, capabilities, capMs, true, now);
  return choice.verb === 'renew' ? 'renew' : 'reissue';
}
