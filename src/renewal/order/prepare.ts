/**
 * State `planned`: key and CSR first, then the price, then the intent, which the driver holds against the limits. When this stage is left by
 * `order-intended`, everything that a lost answer would need is durable: key, CSR, reference, intent.
 */
import { isCharged } from '../../contracts/capabilities.ts';
import type { Effects } from '../../contracts/store.ts';
import type { KeyType } from '../../core/certificate.ts';
import type { Money } from '../../core/money.ts';
import { formatMoney } from '../../core/money.ts';
import type { Renewal } from '../../core/renewal.ts';
import { hourMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import { holdAfter, ledgerEntry, type StageOutcome } from '../outcome.ts';
import type { ProviderHandle, StageContext } from '../stage-context.ts';
import { checkApprover } from './approver.ts';
import { hasOutgrownKey } from './outgrown.ts';
import { orderActionOf, orderRequest, preparedOf } from './request.ts';

export type CreateCsr = (keyPem: string, names: readonly string[]) => Promise<string>;

/** How often a renewal that a limit or an empty account holds up is looked at again. */
const blockedRecheckMs = hourMs;

/** The key to use: the renewal's own, else on request the one of the certificate that is replaced, else a fresh one. */
async function chooseKey(
  renewal: Renewal,
  context: StageContext,
  type: KeyType,
): Promise<{ keyId: string; spkiSha256: string }> {
  const { keyId, spkiSha256 } = renewal;
  if (keyId !== null && spkiSha256 !== null) return { keyId, spkiSha256 };
  if (context.managed.key.reuse && renewal.reason !== 'key-type-changed' && !context.condemned) {
    const previous = await context.store.newestIssued(renewal.certificate);
    const before = previous?.spkiSha256 ?? null;
    if (previous?.keyId != null && before !== null && !(await isLost(before, context)))
      return { keyId: previous.keyId, spkiSha256: before };
  }
  return context.keys.create(renewal.certificate, type);
}

/** Somebody else may have it: for no certificate is it used again. */
async function isLost(spkiSha256: string, { store }: StageContext): Promise<boolean> {
  return (await store.compromisedKeys()).some((key) => key.spkiSha256 === spkiSha256);
}

/**
 * Gives the renewal its key and CSR; both are durable before any order mentions them. A renewal whose key is of a type that
 * the inventory no longer wants gets a fresh one, and what was prepared with the old request is prepared anew.
 */
export async function makeCsr(
  renewal: Renewal,
  context: StageContext,
  createCsr: CreateCsr,
): Promise<StageOutcome> {
  const { type } = context.managed.key;
  const { keyId, spkiSha256 } = hasOutgrownKey(renewal, context.managed)
    ? await context.keys.create(renewal.certificate, type)
    : await chooseKey(renewal, context, type);
  const csrPem = await createCsr(context.keys.read(keyId), renewal.names);
  return {
    event: 'hold',
    text: `key ${keyId} and CSR for ${renewal.names.length} name(s) are on disk`,
    patch: { keyId, spkiSha256, csrPem, prepared: null },
    detail: { keyId, spkiSha256 },
  };
}

async function expectedPrice(
  renewal: Renewal,
  context: StageContext,
  handle: ProviderHandle,
): Promise<Money | undefined> {
  return handle.provider.preview?.(orderRequest(renewal, context.managed), context.signal);
}

/** Prepared validation and price; ends in the intent, or in evidence that has to be shown before. */
export async function intendOrder(renewal: Renewal, context: StageContext): Promise<StageOutcome> {
  const now = context.clock.now();
  const handle = await context.provider();
  const action = orderActionOf(renewal);
  const charged = isCharged(handle.capabilities, action);
  let price: Money | undefined;
  let { prepared } = renewal;
  try {
    const request = orderRequest(renewal, context.managed);
    await checkApprover(handle, request, context.signal);
    // What is shown already is what the order has to carry; anything else may have become stale meanwhile.
    if (preparedOf(renewal)?.publishFirst !== true) {
      const ready = await handle.provider.prepare?.(request, context.signal);
      prepared = ready === undefined ? null : JSON.stringify(ready);
      if (ready?.publishFirst === true) {
        return {
          event: 'hold',
          text: 'the CA looks when the order comes: evidence goes first',
          patch: { prepared },
        };
      }
    }
    if (charged) price = await expectedPrice(renewal, context, handle);
  } catch (thrown) {
    // From now on, not from when it was begun: retries inside may have outlasted the pause that is asked for.
    return beforeOrderFailed(renewal, thrown, context.clock.now());
  }
  const cost = charged
    ? price === undefined
      ? 'paid, price unknown'
      : `for ${formatMoney(price)}`
    : 'free of charge';
  const text = `${action} at ${renewal.provider} is about to be sent, ${cost}, reference ${renewal.reference}`;
  const effects: Effects = {
    ledger: [
      ledgerEntry(renewal, now, {
        kind: 'intent',
        subject: `submit ${action}`,
        text,
        paid: charged,
        charged: charged ? (price ?? null) : null,
        detail: { reference: renewal.reference, names: renewal.names, spkiSha256: renewal.spkiSha256 },
      }),
    ],
  };
  return {
    event: 'order-intended',
    text,
    patch: { prepared, price: price ?? null, orderedAt: now },
    effects,
  };
}

/** Nothing was ordered yet: wait and try again, or ask a person when trying again cannot help. */
function beforeOrderFailed(renewal: Renewal, thrown: unknown, now: Date): StageOutcome {
  const failure = toRenewdError(thrown);
  switch (failure.kind) {
    case 'authentication':
    case 'funds':
    case 'configuration': {
      const nextAt = new Date(now.getTime() + blockedRecheckMs);
      return { event: 'needs-person', text: failure.message, failure, nextAt };
    }
    case 'rejected':
    case 'not-found':
      return { event: 'gave-up', text: failure.message, failure };
    default:
      return holdAfter(renewal, failure, now);
  }
}
