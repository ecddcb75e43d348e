/**
 * Where replaced certificates stay in the order, they are deleted once their successor is served: exactly the one that
 * was replaced, never the order. Works from the store alone, so that a crash leaves none behind.
 */
import type { Renewal } from '../../core/renewal.ts';
import { minuteMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import { handleOf, previousOf } from '../order/request.ts';
import { ledgerEntry } from '../outcome.ts';
import type { DriverDependencies } from './dependencies.ts';
import { inLane, type DriverState } from './state.ts';

/** Nothing presses: what could not be deleted now is tried again after this. */
const pauseMs = 30 * minuteMs;

/** Returns what is called at each pass. */
export function createDiscarder(
  state: DriverState,
  dependencies: Pick<DriverDependencies, 'store' | 'clock' | 'logger' | 'providers'>,
): () => Promise<void> {
  const { store, clock, logger, providers } = dependencies;
  const notBeforeMs = new Map<string, number>();

  async function discard(renewal: Renewal): Promise<void> {
    const { certificate, id: renewalId, provider: name } = renewal;
    const superseded = previousOf(renewal);
    if (superseded === undefined) return;
    const what = `the replaced certificate ${superseded.certificateId} at ${name}`;
    const note = (kind: 'intent' | 'outcome', text: string) =>
      ledgerEntry(renewal, clock.now(), { kind, subject: 'discard', text });
    try {
      const { provider } = await providers.handle(name);
      if (provider.discard === undefined) return;
      await store.appendLedger([note('intent', `${what} is about to be deleted; its successor is served`)]);
      await provider.discard(superseded, handleOf(renewal), state.stopping.signal);
      const effects = { ledger: [note('outcome', `${what} is deleted`)] };
      await store.updateRenewal(renewalId, renewal.revision, { discard: 'done' }, effects, clock.now());
      logger.info({ certificate, renewalId, superseded }, 'the replaced certificate is deleted');
    } catch (thrown) {
      notBeforeMs.set(renewalId, clock.now().getTime() + pauseMs);
      const { code, message: reason } = toRenewdError(thrown);
      logger.warn({ certificate, renewalId, code, reason }, 'the replaced certificate is not deleted yet');
    }
  }

  return async () => {
    for (const renewal of await store.renewalsToDiscard()) {
      const { certificate, id, provider } = renewal;
      // Not served any more: whoever still holds the earlier certificate may need it.
      if (state.entries.get(certificate)?.record?.servedMatches === false) continue;
      if ((notBeforeMs.get(id) ?? 0) > clock.now().getTime()) continue;
      inLane(state, `provider ${provider}`, `discard ${id}`, () => discard(renewal));
    }
  };
}
