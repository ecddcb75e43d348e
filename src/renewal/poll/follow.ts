/**
 * States `awaiting-dcv` and `awaiting-issuance`: what the provider says about the order now, and what follows. Events
 * only make a renewal due; the reading here decides.
 */
import type { OrderReading } from '../../contracts/order.ts';
import { minuteMs, secondMs } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageOutcome } from '../outcome.ts';

const fastestPollMs = secondMs;
const slowestPollMs = 10 * minuteMs;
/** A provider's hint may slow us down, but only so far: hints are guesses, and a certificate waits. */
const hintFactorMax = 4;

/** A quarter of the time waited so far: early polls are quick, an OV order that takes days costs little. */
export function pollDelayMs(waitedMs: number, hintMs: number | undefined): number {
  const own = Math.min(Math.max(waitedMs / 4, fastestPollMs), slowestPollMs);
  return Math.max(own, Math.min(hintMs ?? 0, own * hintFactorMax));
}

/**
 * What a reading means for a renewal. Undefined: the order is pending and its state has to say what to do.
 *
 * A certificate counts as ours only when its public key is the CSR's: right after a reissue some providers still show
 * the earlier one as active.
 */
export function judgeReading(renewal: Renewal, reading: OrderReading): StageOutcome | undefined {
  switch (reading.status) {
    case 'pending':
      return undefined;
    case 'issued': {
      if (reading.leafPem === undefined) return undefined;
      if (reading.spkiSha256 !== undefined && reading.spkiSha256 !== renewal.spkiSha256) return undefined;
      const text = `${renewal.provider} issued the certificate`;
      return {
        event: 'certificate-issued',
        text,
        patch: { leafPem: reading.leafPem, chainPem: (reading.caPems ?? []).join('\n') },
      };
    }
    case 'failed':
    case 'cancelled':
    case 'revoked':
    case 'expired': {
      const why = reading.message === undefined ? '' : `: ${reading.message}`;
      const text = `${renewal.provider} says the order is ${reading.statusWord}${why}`;
      return { event: 'gave-up', text, failure: new RenewdError('order-failed', text) };
    }
  }
}

/** Nothing new: when to look again. */
export function keepWaiting(renewal: Renewal, reading: OrderReading, now: Date): StageOutcome {
  const waitedMs = now.getTime() - (renewal.orderedAt ?? renewal.createdAt).getTime();
  return {
    event: 'hold',
    text: `${renewal.provider}: ${reading.statusWord}`,
    nextAt: new Date(now.getTime() + pollDelayMs(waitedMs, reading.retryAfterMs)),
  };
}
