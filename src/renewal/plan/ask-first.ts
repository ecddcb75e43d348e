/** Before money is spent beside an order that is known, its provider is asked how long it is paid by now. Pure. */
import { dayMs } from '../../core/durations.ts';
import type { DecisionFacts } from './facts.ts';
import type { RenewalMoments } from './lead.ts';
import type { Verdict } from './verdict.ts';

/** What was read within this time is still so. */
const freshMs = dayMs;
/** In an emergency a provider that cannot be asked so often in a row is believed to be as it was. */
const lookupsTried = 5;

/** The reseller may have renewed the order by itself, or a person at its pages: then nothing is to be paid. */
export function askFirst(
  verdict: Verdict,
  { record, managed, lookupFailures }: DecisionFacts,
  moments: RenewalMoments | null,
  now: Date,
): Verdict {
  if (verdict.action !== 'renew' && verdict.action !== 'create') return verdict;
  if (record?.provider !== managed.provider || record.certificateId === null || record.orderReadAt === null)
    return verdict;
  const isFresh = now.getTime() - record.orderReadAt.getTime() < freshMs;
  const isEmergency = moments === null || now >= moments.emergencyAt;
  if (isFresh || (isEmergency && lookupFailures >= lookupsTried)) return verdict;
  const sentence = `${verdict.sentence}; ${managed.provider} is asked first how long the order is paid by now`;
  return { action: 'wait', reason: 'order-unknown', sentence, until: null };
}
