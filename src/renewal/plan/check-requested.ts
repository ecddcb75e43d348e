/** What an operator asked for. Pure. */
import { checkDropped, isForeign } from './check-names.ts';
import type { DecisionFacts, UnusableCrt } from './facts.ts';
import { maxValidityMs, type RuleCalendar } from './rule-calendar.ts';
import { livingOrder, orderLookupNeeded, type Present, type Verdict } from './verdict.ts';
import { chooseVerb } from './verb.ts';

export function requestedVerdict(
  facts: DecisionFacts,
  present: Present | UnusableCrt,
  calendar: RuleCalendar,
  now: Date,
): Verdict | undefined {
  if (facts.requested === undefined) return undefined;
  const order = livingOrder(facts, now);
  if (present.state === 'ok') {
    const unknown = orderLookupNeeded(facts, now);
    if (unknown !== undefined) return unknown;
    // "Renew it" is not yet the word that a name may go.
    const dropped = isForeign(present.certificate, facts) ? undefined : checkDropped(facts, present, now);
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
  const action = suggestedVerb(facts, present, order.paidUntil, calendar, now);
  const sentence = `an operator asked; ${action} is what the paid order suggests`;
  return { action, reason: 'requested', sentence };
}

/** Before a certificate is due there is no reason to pay: a reissue inside the order serves as well. */
function suggestedVerb(
  { capabilities, managed }: DecisionFacts,
  present: Present | UnusableCrt,
  paidUntil: Date,
  calendar: RuleCalendar,
  now: Date,
): 'reissue' | 'renew' {
  if (present.state !== 'ok' || now < present.moments.dueAt) return 'reissue';
  const { notAfter } = present.certificate;
  const capMs = maxValidityMs(calendar, capabilities.ca(managed.product), now);
  const choice = chooseVerb({ notAfter, paidUntil }, capabilities, capMs, true, now);
  return choice.verb === 'renew' ? 'renew' : 'reissue';
}
