/**
 * State `order-unconfirmed`: was the order placed? Settled by looking it up, by our reference or by the CSR's public
 * key, never by sending again. Absence is believed only when the provider listed everything and the grace period for
 * lagging lists is over; anything unclear becomes a person's decision.
 */
import type { OrderReading } from '../../contracts/order.ts';
import { hourMs, minuteMs, secondMs } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import type { Renewal } from '../../core/renewal.ts';
import { holdAfter, ledgerEntry, type StageOutcome } from '../outcome.ts';
import type { StageContext } from '../stage-context.ts';
import { notPlacedEntry } from './not-placed.ts';
import { absorb, findQuery } from './request.ts';

/** After this long without a clear answer a person is asked. */
const giveUpAfterMs = 6 * hourMs;
/** … but not before so many looks: the daemon may have been away for most of that time. */
const leastLooks = 10;
/** While the grace period lasts it is looked so often. */
const lookEveryMs = 15 * secondMs;
/** Clocks are corrected by less than this all the time. */
const clockStepMs = minuteMs;

export async function settleOrder(renewal: Renewal, context: StageContext): Promise<StageOutcome> {
  const now = context.clock.now();
  const intendedAt = renewal.orderedAt ?? renewal.createdAt;
  // On a clock that was set back since, the order would be from a time that has not come: `since` would miss it.
  if (intendedAt.getTime() > now.getTime() + clockStepMs) {
    const text = 'the clock was set back since the order; what passes is counted from now on';
    return { event: 'hold', text, patch: { orderedAt: now } };
  }
  const age = now.getTime() - intendedAt.getTime();
  const { provider, lostAnswerGraceMs } = await context.provider();
  if (renewal.spkiSha256 === null && context.capabilities().findBy === 'public-key') {
    return askPerson(
      'the provider was to make the key, so nothing tells this order from others after a lost answer',
    );
  }
  const patient = age < giveUpAfterMs || renewal.attempts < leastLooks;
  let result;
  try {
    result = await provider.find(findQuery(renewal), context.signal);
  } catch (thrown) {
    // Retries inside may have outlasted a pause counted from the beginning.
    if (patient) return holdAfter(renewal, thrown, context.clock.now());
    return askPerson(`the order could not be looked up for ${Math.round(age / hourMs)} h`, thrown);
  }
  const [match, ...more] = result.matches;
  if (more.length > 0) {
    const ids = result.matches.map(
      (reading) => reading.handle.certificateId ?? reading.handle.orderId ?? '?',
    );
    return askPerson(`after a lost answer ${ids.length} orders match: ${ids.join(', ')}`);
  }
  if (match !== undefined) return found(renewal, match, now);
  if (!result.complete) {
    if (patient) return again(now, 'not found, but the provider does not list everything');
    return askPerson('after a lost answer the provider cannot tell whether the order exists');
  }
  // As many looks as fit into it, too: a clock that jumped ahead, or a time in which nobody looked, is no proof.
  if (age < lostAnswerGraceMs || renewal.attempts < Math.floor(lostAnswerGraceMs / lookEveryMs)) {
    const text = `not in the provider's list; looked at again until ${Math.round(lostAnswerGraceMs / secondMs)} s have passed`;
    const leftMs = lostAnswerGraceMs - age;
    return again(now, text, leftMs > 0 ? Math.min(leftMs, lookEveryMs) : lookEveryMs);
  }
  const text = 'looked up: the order was never placed';
  return {
    event: 'order-absent',
    text,
    patch: { orderedAt: null },
    effects: {
      ledger: [notPlacedEntry(renewal, context.capabilities(), now, 'settle', text)],
    },
  };
}

function found(renewal: Renewal, match: OrderReading, now: Date): StageOutcome {
  const id = match.handle.certificateId ?? match.handle.orderId ?? match.handle.jobId ?? '?';
  const text = `looked up: the order exists as ${id} (${match.statusWord})`;
  const entry = ledgerEntry(renewal, now, {
    kind: 'outcome',
    subject: 'settle',
    text,
    detail: { handle: match.handle },
  });
  return { event: 'order-found', text, patch: absorb(match), effects: { ledger: [entry] } };
}

function again(now: Date, text: string, delayMs = minuteMs): StageOutcome {
  return { event: 'hold', text, nextAt: new Date(now.getTime() + Math.max(delayMs, secondMs)) };
}

function askPerson(text: string, cause?: unknown): StageOutcome {
  const failure = new RenewdError('order-ambiguous', text, { cause });
  return { event: 'needs-person', text, failure, nextAt: null };
}
