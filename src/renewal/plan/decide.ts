/**
 * The decision: facts and `now` give exactly one action with a stable reason code and a sentence. Pure: the daemon acts
 * on it and `renewd plan` prints it. An ordered chain of small checks; the first that has an answer gives it.
 */
import { checkCondemned } from './check-condemned.ts';
import { checkDisk, checkFile, checkKeyType, replaceUnusable } from './check-disk.ts';
import { checkDue } from './check-due.ts';
import { checkNames } from './check-names.ts';
import { askFirst } from './ask-first.ts';
import { checkOpen } from './check-open.ts';
import { requestedVerdict } from './check-requested.ts';
import { fitNames } from './fit-names.ts';
import { needsSecondProvider, secondProviderLook } from './fail-over.ts';
import type { DecisionAction, DecisionFacts, UnusableCrt } from './facts.ts';
import { earliest } from './instants.ts';
import type { RenewalMoments } from './lead.ts';
import { breakLoop } from './loop-breaker.ts';
import { postpone } from './postpone.ts';
import type { ReasonCode } from './reasons.ts';
import type { RuleCalendar } from './rule-calendar.ts';
import { presentIn, type Present, type Verdict } from './verdict.ts';

export interface Decision {
  readonly action: DecisionAction;
  readonly reason: ReasonCode;
  readonly sentence: string;
  /** The decision cannot change before this moment unless a fact changes; null: only a fact can change it. */
  readonly until: Date | null;
  readonly moments: RenewalMoments | null;
  /** Who is asked: the entry's provider, or in an emergency its second one. */
  readonly provider: string;
}

function judge(
  facts: DecisionFacts,
  present: Present | UnusableCrt,
  calendar: RuleCalendar,
  now: Date,
): Verdict {
  if (present.state !== 'ok') return replaceUnusable(facts, present, now);
  return (
    checkFile(facts, present, now) ??
    checkNames(facts, present, now) ??
    checkKeyType(facts, present, now) ??
    checkDisk(facts, present) ??
    checkDue(facts, present, calendar, now)
  );
}

/** What to do about one managed certificate at `now`. */
export function decide(facts: DecisionFacts, calendar: RuleCalendar, now: Date): Decision {
  const present = presentIn(facts);
  const moments = present.state === 'ok' ? present.moments : null;
  const finish = (verdict: Verdict): Decision => ({
    action: verdict.action,
    reason: verdict.reason,
    sentence: verdict.sentence,
    until: verdict.until ?? null,
    moments,
    provider: facts.managed.provider,
  });
  const elsewhere = (verdict: Verdict): Decision => {
    const { failover } = facts.managed;
    if (failover === undefined) return finish(verdict);
    if (!needsSecondProvider(verdict.reason, failover.provider, facts, moments, now)) {
      const lookAt = secondProviderLook(verdict.reason, moments, now);
      return finish({ ...verdict, until: earliest(verdict.until ?? null, lookAt) });
    }
    const sentence = `${verdict.sentence}; emergency: ${failover.provider} is asked instead`;
    const second = { action: 'create', reason: 'failover', sentence } as const;
    return { ...finish(breakLoop(second, facts, now)), provider: failover.provider };
  };
  const held = checkHold(facts);
  if (held !== undefined) return finish(held);
  const open = checkOpen(facts, now, moments);
  if (open !== undefined) return elsewhere(open);
  const condemned = present.state === 'ok' ? checkCondemned(facts, present, now) : undefined;
  // A verb that an operator chose is his to choose; the key is a fresh one in any case.
  const asksForVerb = facts.requested?.verb !== undefined;
  const requested =
    condemned === undefined || asksForVerb ? requestedVerdict(facts, present, calendar, now) : undefined;
  if (requested !== undefined) {
    const possible = checkClosed(fitNames(requested, facts, present), facts);
    return finish(asksForVerb ? possible : askFirst(possible, facts, moments, now));
  }
  const verdict = condemned ?? judge(facts, present, calendar, now);
  const possible = breakLoop(checkClosed(fitNames(verdict, facts, present), facts), facts, now);
  return elsewhere(askFirst(postpone(possible, facts, now, moments), facts, moments, now));
}

function checkHold({ managed }: DecisionFacts): Verdict | undefined {
  return managed.hold
    ? { action: 'none', reason: 'held', sentence: 'held by `hold: true`; nothing is done', until: null }
    : undefined;
}

/** A verb that the provider does not sell ends in a question to a person, with the provider's own advice. */
function checkClosed(verdict: Verdict, { capabilities }: DecisionFacts): Verdict {
  const { action, sentence } = verdict;
  if (action !== 'create' && action !== 'renew' && action !== 'reissue') return verdict;
  const effect = capabilities.verbs[action];
  if (!('closed' in effect)) return verdict;
  return { action: 'blocked', reason: 'verb-closed', sentence: `${sentence}; ${effect.closed}`, until: null };
}
