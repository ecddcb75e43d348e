/** The renewal that is under way, if one is: it goes on, waits for its moment or for a person. Pure. */
import type { Renewal } from '../../core/renewal.ts';
import { criticalPauseMs } from './back-off.ts';
import { isUrgent } from './condemned.ts';
import type { DecisionFacts } from './facts.ts';
import { earliest, isFromLater, later, moment } from './instants.ts';
import type { RenewalMoments } from './lead.ts';
import type { Verdict } from './verdict.ts';

export function checkOpen(
  facts: DecisionFacts,
  now: Date,
  moments: RenewalMoments | null,
): Verdict | undefined {
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
    const until = moments === null ? wakeAt : earliest(wakeAt, later(short, moments.criticalAt));
    const sentence = `${what}; next look ${moment(wakeAt)}`;
    return { action: 'wait', reason: 'waiting', sentence, until };
  }
  return { action: 'resume', reason: 'in-progress', sentence: what };
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
