/** One daemon per store: a lease, prolonged while we live, given back when we go, run out when we crash. */
import type { Clock, Logger } from '../contracts/platform.ts';
import type { Store } from '../contracts/store.ts';
import { secondMs } from '../core/durations.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';

const leaseName = 'daemon';
/** After a crash another daemon may start this much later; a live one prolongs four times in that span. */
export const leaseTtlMs = 20 * secondMs;

export interface Lease {
  release(): Promise<void>;
}

/**
 * Throws `store-locked` when another daemon holds it. A holder on this machine whose process is gone (see `isAlive`) is
 * not waited for.
 */
export async function takeLease(
  store: Store,
  holder: string,
  isAlive: (holder: string) => boolean,
  clock: Clock,
  logger: Logger,
  /** No longer ours; with the failure where the store itself is not there any more. */
  lost: (failure?: RenewdError) => void,
): Promise<Lease> {
  if (!(await store.acquireLease(leaseName, holder, leaseTtlMs, clock.now()))) {
    const other = await store.leaseHolder(leaseName, clock.now());
    if (other === undefined || isAlive(other)) {
      throw new RenewdError('store-locked', `another renewd (${other ?? 'unknown'}) works with this store`);
    }
    await store.releaseLease(leaseName, other);
    if (!(await store.acquireLease(leaseName, holder, leaseTtlMs, clock.now()))) {
      throw new RenewdError('store-locked', 'another renewd took this store at the same moment');
    }
  }
  const stop = new AbortController();
  const prolonging = prolong();
  async function prolong(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(leaseTtlMs / 4, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return;
      try {
        if (await store.acquireLease(leaseName, holder, leaseTtlMs, clock.now())) continue;
        logger.error({ holder }, 'another daemon took over this store; stopping');
        lost();
        return;
      } catch (thrown) {
        const failure = toRenewdError(thrown);
        if (failure.code === 'store-gone') {
          logger.error({ code: failure.code, reason: failure.message }, 'the store is gone; stopping');
          lost(failure);
          return;
        }
        logger.warn({ err: thrown }, 'the lease on the store could not be prolonged; trying again');
      }
    }
  }
  return {
    async release() {
      stop.abort();
      await prolonging;
      await store.releaseLease(leaseName, holder);
    },
  };
}
