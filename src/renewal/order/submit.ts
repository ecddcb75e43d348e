/** State `ordering`: the one call that may cost money. Sent at most once per committed intent. */
import type { OrderReading } from '../../contracts/order.ts';
import type { Provider } from '../../contracts/provider.ts';
import { hourMs } from '../../core/durations.ts';
import { RenewdError, toRenewdError } from '../../core/errors.ts';
import { formatMoney, type Money } from '../../core/money.ts';
import type { Renewal } from '../../core/renewal.ts';
import { holdAfter, ledgerEntry, type StageOutcome } from '../outcome.ts';
import type { StageContext } from '../stage-context.ts';
import { notPlacedEntry } from './not-placed.ts';
import { absorb, orderActionOf, orderRequest } from './request.ts';

/** No order of this renewal exists: it may be sent (again). */
const nothingOutstanding = { orderedAt: null } as const;

/**
 * `fresh` says that this very process has just committed the intent and has not sent anything yet. Anything else found
 * in this state is what a crash left: the call may or may not have gone out.
 */
export async function submitOrder(
  renewal: Renewal,
  context: StageContext,
  fresh: boolean,
): Promise<StageOutcome> {
  if (!fresh) {
    const text =
      'the process ended between the intent and the answer; the order is looked up, not sent again';
    return { event: 'answer-lost', text, failure: new RenewdError('provider-outcome-unknown', text) };
  }
  const action = orderActionOf(renewal);
  let provider: Provider;
  try {
    if (context.managed.provider !== renewal.provider)
      throw new RenewdError('config-invalid', `the inventory names ${context.managed.provider} by now`);
    ({ provider } = await context.provider());
  } catch (thrown) {
    // Nothing has been sent yet: the client could not even be made, for example for want of a secret.
    const failure = toRenewdError(thrown);
    const why = `not sent: ${failure.message}`;
    return {
      ...holdAfter(renewal, failure, context.clock.now()),
      event: 'order-not-applied',
      patch: nothingOutstanding,
      effects: {
        ledger: [
          notPlacedEntry(renewal, context.capabilities(), context.clock.now(), `submit ${action}`, why),
        ],
      },
    };
  }
  let reading: OrderReading;
  try {
    reading = await provider.submit(orderRequest(renewal, context.managed), context.signal);
  } catch (thrown) {
    return submissionFailed(renewal, context, toRenewdError(thrown));
  }
  return submissionAccepted(renewal, reading, context.clock.now(), `submit ${action}`);
}

export function submissionAccepted(
  renewal: Renewal,
  reading: OrderReading,
  now: Date,
  subject: string,
): StageOutcome {
  const ids = [reading.handle.orderId, reading.handle.certificateId, reading.handle.jobId].filter(
    (id) => id !== undefined,
  );
  const cost =
    reading.price === undefined || reading.price.hundredths === 0
      ? ''
      : `, charged ${formatMoney(reading.price)}`;
  const text = `${renewal.provider} has the order ${ids.join(' / ')} (${reading.statusWord})${cost}`;
  return {
    event:
      reading.challenges.length > 0 || reading.status === 'issued'
        ? 'order-accepted'
        : 'order-accepted-proved',
    text,
    patch: absorb(reading),
    effects: {
      ledger: [
        ledgerEntry(renewal, now, {
          kind: 'outcome',
          subject,
          text,
          charged: surcharge(renewal.price, reading.price),
        }),
      ],
    },
    detail: { ids, status: reading.statusWord },
  };
}

/** What the provider charged beyond the amount that the intent already counted. */
function surcharge(expected: Money | null, charged: Money | undefined): Money | null {
  if (charged === undefined) return null;
  const hundredths = charged.hundredths - (expected?.hundredths ?? 0);
  return hundredths === 0 ? null : { hundredths, currency: charged.currency };
}

/** By kind: what is known not to be applied may be sent again, everything doubtful is looked up. */
function submissionFailed(renewal: Renewal, context: StageContext, failure: RenewdError): StageOutcome {
  const now = context.clock.now();
  const subject = `submit ${renewal.action}`;
  const why = `not applied: ${failure.message}`;
  const notApplied = { ledger: [notPlacedEntry(renewal, context.capabilities(), now, subject, why)] };
  switch (failure.kind) {
    case 'unavailable':
    case 'rate-limited':
    case 'conflict': {
      const wait = holdAfter(renewal, failure, now);
      return { ...wait, event: 'order-not-applied', patch: nothingOutstanding, effects: notApplied };
    }
    case 'authentication':
    case 'funds':
    case 'configuration':
      return {
        event: 'needs-person',
        text: failure.message,
        failure,
        patch: nothingOutstanding,
        effects: notApplied,
        nextAt: new Date(now.getTime() + hourMs),
      };
    case 'rejected':
    case 'not-found':
    case 'dcv-failed':
      return {
        event: 'gave-up',
        text: failure.message,
        failure,
        patch: nothingOutstanding,
        effects: notApplied,
      };
    case 'outcome-unknown':
    case 'protocol':
    case 'local':
    case 'invariant': {
      const text = `no certain answer to the order: ${failure.message}`;
      return {
        event: 'answer-lost',
        text,
        failure,
        effects: { ledger: [ledgerEntry(renewal, now, { kind: 'outcome', subject, text })] },
      };
    }
  }
}
