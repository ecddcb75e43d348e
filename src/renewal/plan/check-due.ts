/** The schedule: whether the certificate is due, and which verb makes it last longer. Pure. */
import { formatDuration } from '../../core/durations.ts';
import type { DecisionFacts } from './facts.ts';
import { day, moment } from './instants.ts';
import { maxValidityMs, nextValidityChange, type RuleCalendar } from './rule-calendar.ts';
import { livingOrder, orderLookupNeeded, type Present, type Verdict } from './verdict.ts';
import { chooseVerb, newOrderGainsAt, renewalOpensAt, soonest } from './verb.ts';

export function checkDue(
  facts: DecisionFacts,
  { certificate: { notAfter }, moments }: Present,
  calendar: RuleCalendar,
  now: Date,
): Verdict {
  const { managed, capabilities } = facts;
  const left = formatDuration(notAfter.getTime() - now.getTime());
  if (now.getTime() < moments.dueAt.getTime()) {
    const sentence = `valid until ${day(notAfter)} (${left}), due ${moment(moments.dueAt)}`;
    return { action: 'none', reason: 'healthy', sentence, until: moments.dueAt };
  }
  const unknown = orderLookupNeeded(facts, now);
  if (unknown !== undefined) return unknown;
  const order = livingOrder(facts, now);
  const ending = now.getTime() < notAfter.getTime() ? `ends in ${left}` : `ended ${day(notAfter)}`;
  const ca = capabilities.ca(managed.product);
  const capMs = maxValidityMs(calendar, ca, now);
  const pressing = now.getTime() >= moments.emergencyAt.getTime();
  // What a choice to wait depends on beside its own moment.
  const recheck = (until: Date): Date =>
    soonest(now, [until, moments.emergencyAt, nextValidityChange(calendar, ca, now)]) ?? until;
  if (order === undefined) {
    const from = newOrderGainsAt(notAfter, capMs, capabilities.termDays, pressing);
    if (from <= now) {
      return { action: 'create', reason: 'due-create', sentence: `${ending}, and no paid order is left` };
    }
    return noGain(ending, recheck(from));
  }
  const choice = chooseVerb({ notAfter, paidUntil: order.paidUntil }, capabilities, capMs, pressing, now);
  switch (choice.verb) {
    case 'reissue': {
      const sentence = `${ending}; the order is paid until ${day(order.paidUntil)}, a reissue lasts until ${day(choice.ends)}`;
      return { action: 'reissue', reason: 'due-reissue', sentence };
    }
    case 'renew': {
      const sentence = `${ending}; the order is paid until ${day(order.paidUntil)}, a renewal lasts until ${day(choice.ends)}`;
      // A renewal keeps the product; another product is another order.
      const action = order.product !== null && order.product !== managed.product ? 'create' : 'renew';
      return { action, reason: 'due-renew', sentence };
    }
    case 'wait': {
      if (choice.why === 'gain') return noGain(ending, recheck(choice.until));
      const sentence = `${ending}; ${managed.provider} accepts a renewal from ${day(renewalOpensAt(order.paidUntil, capabilities))}`;
      return { action: 'wait', reason: 'renew-not-open', sentence, until: recheck(choice.until) };
    }
  }
}

/** Due, but nothing that could be ordered now would last noticeably longer: time changes that. */
function noGain(ending: string, until: Date): Verdict {
  const sentence = `${ending}, but nothing ordered now would last noticeably longer`;
  return { action: 'wait', reason: 'no-gain', sentence, until };
}
