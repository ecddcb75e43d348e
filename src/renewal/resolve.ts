/** A person's word on a blocked renewal: which order it is, that there is none, or that it is given up. */
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { OperatorRequest, Store } from '../contracts/store.ts';
import type { Renewal } from '../core/renewal.ts';
import { notPlacedEntry } from './order/not-placed.ts';
import type { StageOutcome } from './outcome.ts';

function outcomeOf(
  request: OperatorRequest,
  open: Renewal,
  capabilities: ProviderCapabilities,
  now: Date,
): StageOutcome {
  const said = `${request.by} decided`;
  const when = `(said ${request.at.toISOString()})`;
  const detail = {
    by: request.by,
    saidAt: request.at.toISOString(),
    word: request.options,
    request: request.id,
  };
  const { orderId, certificateId } = request.options;
  if (typeof orderId === 'string' || typeof certificateId === 'string') {
    const id = typeof certificateId === 'string' ? certificateId : String(orderId);
    return {
      event: 'order-found',
      text: `${said}: the order is ${id} ${when}`,
      detail,
      patch: {
        ...(typeof orderId === 'string' ? { orderId } : {}),
        ...(typeof certificateId === 'string' ? { certificateId } : {}),
        // It may have been placed by hand, while a limit held ours back: from now on there is one, and no other is sent.
        orderedAt: open.orderedAt ?? now,
      },
    };
  }
  if (request.options['cancel'] === true)
    return { event: 'gave-up', text: `${said}: given up ${when}`, detail };
  const text = `${said}: no order exists ${when}`;
  return {
    event: 'order-absent',
    text,
    detail,
    // Ids of what is not there must not be asked about once the next order has its own.
    patch: { orderedAt: null, orderId: null, certificateId: null, jobId: null },
    effects: {
      ledger: open.orderedAt === null ? [] : [notPlacedEntry(open, capabilities, now, 'resolve', text)],
    },
  };
}

/** Applies the request when the renewal is blocked; in any case the request is settled and noted. */
export async function resolveRenewal(
  store: Store,
  open: Renewal | undefined,
  request: OperatorRequest,
  commit: (renewal: Renewal, outcome: StageOutcome) => Promise<Renewal>,
  capabilities: ProviderCapabilities,
  now: Date,
): Promise<void> {
  if (open?.state === 'blocked') {
    const outcome = outcomeOf(request, open, capabilities, now);
    await commit(open, { ...outcome, effects: { ...outcome.effects, doneRequests: [request.id] } });
    return;
  }
  await store.settleRequests(
    [request.id],
    [
      {
        at: now,
        certificate: request.certificate,
        renewalId: open?.id ?? null,
        kind: 'note',
        subject: 'resolve',
        text: `${request.by} wanted to settle a blocked renewal (said ${request.at.toISOString()}); nothing was blocked, and the word was dropped`,
        provider: null,
        charged: null,
        paid: false,
        detail: {
          by: request.by,
          saidAt: request.at.toISOString(),
          word: request.options,
          request: request.id,
        },
      },
    ],
  );
}
