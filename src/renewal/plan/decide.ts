/**
 * The decision: facts and `now` give exactly one action with a stable reason code and a sentence. Pure: the daemon acts
 * on it and `renewd plan` prints it. An ordered chain of small checks; the first that has an answer gives it.
 */
import type { Renewal } from '../../core/renewal.ts';
import type { CertificateRecord } from '../../contracts/store.ts';
import { formatDuration, hourMs, minuteMs } from '../../core/durations.ts';
import { missingNames } from '../../pki/names.ts';
import { criticalPauseMs, pauseAfterFailures } from './back-off.ts';
import { condemnationOf, isUrgent, replacingVerb } from './condemned.ts';
import type { CurrentCertificate, DecisionAction, DecisionFacts } from './facts.ts';
import { computedLeadMs, renewalMoments, type RenewalMoments } from './lead.ts';
import { maxValidityMs, nextValidityChange, type RuleCalendar } from './rule-calendar.ts';
import { needsSecondProvider, secondProviderLook } from './fail-over.ts';
import type { ReasonCode } from './reasons.ts';
import { chooseVerb, newOrderGainsAt, renewalOpensAt, soonest } from './verb.ts';
import { windowState } from '../windows.ts';

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

interface Verdict {
  readonly action: DecisionAction;
  readonly reason: ReasonCode;
  readonly sentence: string;
  readonly until?: Date | null;
}

const day = (at: Date): string => at.toISOString().slice(0, 10);
const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function currentOf(facts: DecisionFacts): CurrentCertificate | undefined {
  return facts.crt.state === 'ok' ? facts.crt.certificate : undefined;
}

/** Names that the CA may have added by itself: `www.` beside a name, and the bare name beside its `www.` or wildcard. */
function isFreeAlternative(name: string, wanted: ReadonlySet<string>): boolean {
  return (
    (name.startsWith('www.') && wanted.has(name.slice(4))) ||
    wanted.has(`www.${name}`) ||
    wanted.has(`*.${name}`)
  );
}

/** The order that a reissue would be in: known, at the provider the inventory names, and still paid for. */
function livingOrder(facts: DecisionFacts, now: Date): { readonly paidUntil: Date } | undefined {
  const { record, managed } = facts;
  if (record === undefined || record.provider !== managed.provider) return undefined;
  if (record.certificateId === null || record.paidUntil === null) return undefined;
  return record.paidUntil.getTime() > now.getTime() ? { paidUntil: record.paidUntil } : undefined;
}

/** For a broken, missing or drifted certificate: replace it without paying where an order still runs. */
function replacement(facts: DecisionFacts, now: Date): 'reissue' | 'create' {
  return livingOrder(facts, now) === undefined ? 'create' : 'reissue';
}

function checkHold({ managed }: DecisionFacts): Verdict | undefined {
  return managed.hold
    ? { action: 'none', reason: 'held', sentence: 'held by `hold: true`; nothing is done', until: null }
    : undefined;
}

function checkOpen(facts: DecisionFacts, now: Date, moments: RenewalMoments | null): Verdict | undefined {
  const open = facts.open;
  if (open === undefined) return undefined;
  const what = `${open.action} begun ${moment(open.createdAt)} is ${open.state}`;
  if (open.state === 'blocked') {
    const why = open.failure?.message ?? 'needs a decision';
    return { action: 'blocked', reason: 'blocked', sentence: `${what}: ${why}`, until: open.nextAt };
  }
  const critical =
    isUrgent(open.reason) || (moments !== null && now.getTime() >= moments.criticalAt.getTime());
  const wakeAt = wakeMoment(open, critical, now);
  if (wakeAt !== null && wakeAt.getTime() > now.getTime()) {
    const short = wakeMoment(open, true, now) ?? wakeAt;
    const until =
      moments === null || short >= wakeAt ? wakeAt : soonest(now, [wakeAt, later(short, moments.criticalAt)]);
    const sentence = `${what}; next look ${moment(wakeAt)}`;
    return { action: 'wait', reason: 'waiting', sentence, until: until ?? wakeAt };
  }
  return { action: 'resume', reason: 'in-progress', sentence: what };
}

/** Clocks are corrected by less than this all the time. */
const clockStepMs = minuteMs;

/** What was stored at a moment that has not come yet, the clock was set back after. */
function isFromLater(at: Date, now: Date): boolean {
  return at.getTime() > now.getTime() + clockStepMs;
}

/**
 * When an open renewal goes on: stored, but within the critical window a pause after failures is cut short, and a
 * deadline from before the clock was set back means nothing any more.
 */
export function wakeMoment(open: Renewal, critical: boolean, now: Date): Date | null {
  if (open.nextAt !== null && isFromLater(open.updatedAt, now)) return now;
  if (open.nextAt === null || !critical || open.failure === null) return open.nextAt;
  return new Date(Math.min(open.nextAt.getTime(), open.updatedAt.getTime() + criticalPauseMs));
}

/** None of its names is in the inventory entry. */
function isForeign(current: CurrentCertificate, { managed }: DecisionFacts): boolean {
  const wanted = new Set(managed.names);
  return !current.names.some((name) => wanted.has(name) || isFreeAlternative(name, wanted));
}

function checkFile(facts: DecisionFacts, now: Date): Verdict | undefined {
  const { crt, managed } = facts;
  if (crt.state === 'unreadable') {
    return { action: 'blocked', reason: 'crt-unreadable', sentence: crt.reason, until: null };
  }
  const usableUntil = facts.deployable?.notAfter;
  const redeploy = usableUntil !== undefined && usableUntil.getTime() > now.getTime();
  if (crt.state !== 'ok') {
    const reason = crt.state === 'missing' ? 'crt-missing' : 'crt-broken';
    if (redeploy) {
      const sentence = `${crt.reason}; the issued certificate is at hand and is deployed again`;
      return { action: 'deploy', reason, sentence, until: usableUntil };
    }
    const unknown = orderLookupNeeded(facts);
    if (unknown !== undefined && crt.state !== 'missing') return unknown;
    return { action: replacement(facts, now), reason, sentence: crt.reason };
  }
  if (isForeign(crt.certificate, facts)) {
    const sentence = `${managed.crt} is for ${crt.certificate.names.slice(0, 3).join(', ')}, none of which is in the inventory entry`;
    return { action: 'blocked', reason: 'crt-foreign', sentence, until: null };
  }
  if (crt.keyMatches === false) {
    const sentence = `the private key beside ${managed.crt} is missing or belongs to another certificate`;
    return redeploy
      ? { action: 'deploy', reason: 'key-mismatch', sentence, until: usableUntil }
      : (orderLookupNeeded(facts) ?? { action: replacement(facts, now), reason: 'key-mismatch', sentence });
  }
  return undefined;
}

/** Revoked, or its key is lost: replaced at once, with what is at hand or by a new order. */
function checkCondemned(facts: DecisionFacts, now: Date): Verdict | undefined {
  const current = currentOf(facts);
  const condemned = condemnationOf(facts);
  if (current === undefined || condemned === undefined || isForeign(current, facts)) return undefined;
  const { deployable } = facts;
  const { reason, sentence } = condemned;
  const another = deployable !== undefined && deployable.fingerprint256 !== current.fingerprint256;
  if (another && deployable.notAfter > now) {
    const text = `${sentence}; another issued certificate is at hand and is deployed`;
    return { action: 'deploy', reason, sentence: text, until: deployable.notAfter };
  }
  const action = replacingVerb(facts, livingOrder(facts, now) !== undefined);
  return orderLookupNeeded(facts) ?? { action, reason, sentence };
}

/** Before anything is bought for a certificate we did not order, the provider is asked which order it belongs to. */
function orderLookupNeeded({ record, managed }: DecisionFacts): Verdict | undefined {
  if (record !== undefined && record.orderReadAt !== null && record.provider === managed.provider)
    return undefined;
  return {
    action: 'wait',
    reason: 'order-unknown',
    sentence: `${managed.provider} is asked which order this certificate belongs to`,
    until: null,
  };
}

function checkDropped(
  { managed }: DecisionFacts,
  current: CurrentCertificate,
  now: Date,
  moments: RenewalMoments | null,
): Verdict | undefined {
  const wanted = new Set(managed.names);
  const dropped = missingNames(managed.names, current.names).filter(
    (name) => !isFreeAlternative(name, wanted),
  );
  if (dropped.length === 0 || managed.allowDroppingNames) return undefined;
  if (moments !== null && now.getTime() >= moments.emergencyAt.getTime()) return undefined;
  const sentence = `the inventory no longer has ${dropped.join(', ')}; some CAs revoke earlier certificates when a name is dropped, so say \`allowDroppingNames: true\` or put it back`;
  return { action: 'blocked', reason: 'names-dropped', sentence, until: moments?.emergencyAt ?? null };
}

function checkNames(facts: DecisionFacts, now: Date, moments: RenewalMoments): Verdict | undefined {
  const current = currentOf(facts);
  if (current === undefined) return undefined;
  const { managed, capabilities } = facts;
  const dropped = checkDropped(facts, current, now, moments);
  if (dropped !== undefined) return dropped;
  // By coverage, as verification judges: a CA may fold a name into the wildcard beside it.
  const added = missingNames(current.names, managed.names);
  if (added.length > 0) {
    const action = capabilities.reissueChangesNames ? replacement(facts, now) : 'create';
    const sentence = `the certificate lacks ${added.join(', ')}`;
    return orderLookupNeeded(facts) ?? { action, reason: 'names-added', sentence };
  }
  return undefined;
}

function checkKeyType(facts: DecisionFacts, now: Date): Verdict | undefined {
  const current = currentOf(facts);
  if (current === undefined || current.keyType === facts.managed.key.type) return undefined;
  const sentence = `the key is ${current.keyType}, the inventory wants ${facts.managed.key.type}`;
  return (
    orderLookupNeeded(facts) ?? { action: replacement(facts, now), reason: 'key-type-changed', sentence }
  );
}

function checkDisk(facts: DecisionFacts): Verdict | undefined {
  const current = currentOf(facts);
  if (current === undefined) return undefined;
  const { deployable, driftedTargets, record } = facts;
  const newer =
    deployable !== undefined &&
    deployable.fingerprint256 !== current.fingerprint256 &&
    deployable.notAfter.getTime() > current.notAfter.getTime();
  const sameAsIssued = deployable?.fingerprint256 === current.fingerprint256;
  if (newer || (sameAsIssued && driftedTargets.length > 0)) {
    const where = newer ? facts.managed.crt : driftedTargets.join(', ');
    return {
      action: 'deploy',
      reason: 'disk-drift',
      sentence: `${where} does not hold the newest issued certificate`,
    };
  }
  if (sameAsIssued && record?.servedMatches === false) {
    return {
      action: 'deploy',
      reason: 'not-served',
      sentence: 'an endpoint does not serve the certificate on disk',
    };
  }
  return undefined;
}

function checkDue(
  facts: DecisionFacts,
  current: CurrentCertificate,
  calendar: RuleCalendar,
  now: Date,
  moments: RenewalMoments,
): Verdict {
  const { managed, capabilities, record } = facts;
  const left = formatDuration(current.notAfter.getTime() - now.getTime());
  if (now.getTime() < moments.dueAt.getTime()) {
    const sentence = `valid until ${day(current.notAfter)} (${left}), due ${moment(moments.dueAt)}`;
    return { action: 'none', reason: 'healthy', sentence, until: moments.dueAt };
  }
  const unknown = orderLookupNeeded(facts);
  if (unknown !== undefined) return unknown;
  const order = livingOrder(facts, now);
  const ending =
    now.getTime() < current.notAfter.getTime() ? `ends in ${left}` : `ended ${day(current.notAfter)}`;
  const ca = capabilities.ca(managed.product);
  const capMs = maxValidityMs(calendar, ca, now);
  const pressing = now.getTime() >= moments.emergencyAt.getTime();
  // What a choice to wait depends on beside its own moment.
  const recheck = (until: Date): Date =>
    soonest(now, [until, moments.emergencyAt, nextValidityChange(calendar, ca, now)]) ?? until;
  if (order === undefined) {
    const from = newOrderGainsAt(current.notAfter, capMs, capabilities.termDays, pressing);
    if (from <= now) {
      return { action: 'create', reason: 'due-create', sentence: `${ending}, and no paid order is left` };
    }
    return noGain(ending, recheck(from));
  }
  const choice = chooseVerb(
    { notAfter: current.notAfter, paidUntil: order.paidUntil },
    capabilities,
    capMs,
    pressing,
    now,
  );
  switch (choice.verb) {
    case 'reissue': {
      const sentence = `${ending}; the order is paid until ${day(order.paidUntil)}, a reissue lasts until ${day(choice.ends)}`;
      return { action: 'reissue', reason: 'due-reissue', sentence };
    }
    case 'renew': {
      const sentence = `${ending}; the order is paid until ${day(order.paidUntil)}, a renewal lasts until ${day(choice.ends)}`;
      // A renewal keeps the product; another product is another order.
      const action = record?.product !== null && record?.product !== managed.product ? 'create' : 'renew';
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

function requestedVerdict(
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

/** A verb that the provider does not sell ends in a question to a person, with the provider's own advice. */
function checkClosed(verdict: Verdict, { capabilities }: DecisionFacts): Verdict {
  const { action, sentence } = verdict;
  if (action !== 'create' && action !== 'renew' && action !== 'reissue') return verdict;
  const effect = capabilities.verbs[action];
  if (!('closed' in effect)) return verdict;
  return { action: 'blocked', reason: 'verb-closed', sentence: `${sentence}; ${effect.closed}`, until: null };
}

/**
 * Two issuances within one lead, by the schedule alone and for the same thing, and it wants a third: something eats
 * certificates. What an operator asks for, or what the inventory changed, is not held up by this.
 */
function breakLoop(verdict: Verdict, { deployable, managed }: DecisionFacts, now: Date): Verdict {
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

/** When the pause after failures ends; within the critical window it is cut short. Null: there was no failure. */
function resumeMoment(
  record: CertificateRecord,
  moments: RenewalMoments | null,
  urgent: boolean,
  now: Date,
): Date | null {
  const { failures, lastFailureAt } = record;
  if (lastFailureAt === null || failures <= 0 || isFromLater(lastFailureAt, now)) return null;
  const usual = lastFailureAt.getTime() + pauseAfterFailures(failures);
  if (urgent) return new Date(Math.min(usual, lastFailureAt.getTime() + criticalPauseMs));
  if (moments === null) return new Date(usual);
  const short = Math.max(lastFailureAt.getTime() + criticalPauseMs, moments.criticalAt.getTime());
  return new Date(Math.min(usual, short));
}

/** A repeated deployment that did not change what is seen would not do so a minute later either. */
const redeployPauseMs = hourMs;

/** Puts off what would be done now: after failures, and outside maintenance windows; never in an emergency. */
function postpone(
  verdict: Verdict,
  facts: DecisionFacts,
  now: Date,
  moments: RenewalMoments | null,
): Verdict {
  const ordering = verdict.action === 'create' || verdict.action === 'reissue' || verdict.action === 'renew';
  if (!ordering && verdict.action !== 'deploy') return verdict;
  const { record, managed, deployable } = facts;
  const urgent = isUrgent(verdict.reason);
  if (verdict.action === 'deploy' && deployable?.action === 'deploy') {
    const again = new Date(deployable.updatedAt.getTime() + redeployPauseMs);
    if (again.getTime() > now.getTime() && !isFromLater(deployable.updatedAt, now)) {
      const sentence = `${verdict.sentence}; it was deployed ${moment(deployable.updatedAt)}, so this is tried again ${moment(again)}`;
      return { action: 'wait', reason: 'backing-off', sentence, until: sooner(again, verdict) };
    }
  }
  const resumeAt = record === undefined ? null : resumeMoment(record, moments, urgent, now);
  if (record !== undefined && resumeAt !== null && resumeAt.getTime() > now.getTime()) {
    const sentence = `${verdict.sentence}; pausing after ${record.failures} failure(s) until ${moment(resumeAt)}`;
    return { action: 'wait', reason: 'backing-off', sentence, until: sooner(resumeAt, verdict) };
  }
  const windows = ordering ? managed.windows.order : managed.windows.deploy;
  const state = windowState(windows, now);
  if (state.open) return verdict;
  if (urgent || (moments !== null && now.getTime() >= moments.emergencyAt.getTime())) {
    return { ...verdict, sentence: `${verdict.sentence} (emergency: maintenance window overridden)` };
  }
  const opensAt = earliest(state.opensAt, moments?.emergencyAt ?? null);
  const sentence = `${verdict.sentence}; outside the maintenance window${opensAt === null ? '' : `, which is awaited until ${moment(opensAt)}`}`;
  return { action: 'wait', reason: 'outside-window', sentence, until: sooner(opensAt, verdict) };
}

/** What is put off may change before its time comes. */
function sooner(at: Date | null, verdict: Verdict): Date | null {
  return earliest(at, verdict.until ?? null);
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** What to do about one managed certificate at `now`. */
export function decide(facts: DecisionFacts, calendar: RuleCalendar, now: Date): Decision {
  const current = currentOf(facts);
  const moments =
    current === undefined ? null : renewalMoments(current, facts.record?.jitter ?? 0, facts.managed.leadMs);
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
    if (!needsSecondProvider(verdict.reason, facts, moments, now)) {
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
  const condemned = checkCondemned(facts, now);
  // A verb that an operator chose is his to choose; the key is a fresh one in any case.
  const asksForVerb = facts.requested?.verb !== undefined;
  const requested =
    condemned === undefined || asksForVerb ? requestedVerdict(facts, calendar, now, moments) : undefined;
  if (requested !== undefined) return finish(checkClosed(requested, facts));
  const verdict =
    condemned ??
    checkFile(facts, now) ??
    (moments === null ? undefined : checkNames(facts, now, moments)) ??
    checkKeyType(facts, now) ??
    checkDisk(facts) ??
    (current === undefined || moments === null
      ? ({ action: 'create', reason: 'crt-missing', sentence: 'there is no certificate' } as const)
      : checkDue(facts, current, calendar, now, moments));
  const possible = breakLoop(checkClosed(verdict, facts), facts, now);
  return elsewhere(postpone(possible, facts, now, moments));
}
