/** What would be done now, put off: after failures, and outside maintenance windows. Pure. */
import type { CertificateRecord } from '../../contracts/store.ts';
import { hourMs } from '../../core/durations.ts';
import { windowState } from '../windows.ts';
import { criticalPauseMs, pauseAfterFailures } from './back-off.ts';
import { isUrgent } from './condemned.ts';
import type { DecisionFacts } from './facts.ts';
import { earliest, isFromLater, moment } from './instants.ts';
import type { RenewalMoments } from './lead.ts';
import type { Verdict } from './verdict.ts';

/** When the pause after failures ends; within the critical window it is cut short. Null: there was no failure. */
function resumeMoment(
  record: CertificateRecord,
  moments: RenewalMoments | null,
  urgent: boolean,
  now: Date,
): Date | null {
  const { failures, lastFailureAt } = record;
  if (lastFailureAt === null || isFromLater(lastFailureAt, now)) return null;
  const usual = lastFailureAt.getTime() + pauseAfterFailures(failures);
  if (urgent) return new Date(Math.min(usual, lastFailureAt.getTime() + criticalPauseMs));
  if (moments === null) return new Date(usual);
  const short = Math.max(lastFailureAt.getTime() + criticalPauseMs, moments.criticalAt.getTime());
  return new Date(Math.min(usual, short));
}

/** A repeated deployment that did not change what is seen would not do so a minute later either. */
const redeployPauseMs = hourMs;

/** Puts off what would be done now: after failures, and outside maintenance windows; never in an emergency. */
export function postpone(
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
