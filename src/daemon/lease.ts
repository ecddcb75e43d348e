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

/** `unknown`: it is on another machine, or this one does not say. */
export type Liveness = 'alive' | 'gone' | 'unknown';

/** Every lease, also one that has run out. */
const everMs = 0;

/**
 * Throws `store-locked` when another daemon holds it. A holder on this machine whose process is gone is not waited for; one
 * whose process lives keeps it even when its time is up: it was held up, or the clock jumped ahead, and it may be about
 * to send an order.
 */
export async function takeLease(
  store: Store,
  holder: string,
  livenessOf: (holder: string) => Liveness,
  clock: Clock,
  logger: Logger,
  /** No longer ours; with the failure where the store itself is not there any more. */
  lost: (failure?: RenewdError) => void,
): Promise<Lease> {
  const locked = (by: string): RenewdError =>
    new RenewdError('store-locked', `another renewd (${by}) works with this store`);
  const last = await store.leaseHolder(leaseName, new Date(everMs));
  if (last !== undefined && last !== holder && livenessOf(last) === 'alive') throw locked(last);
  if (!(await store.acquireLease(leaseName, holder, leaseTtlMs, clock.now()))) {
    const other = await store.leaseHolder(leaseName, clock.now());
    if (other === undefined || livenessOf(other) !== 'gone') throw locked(other ?? 'unknown');
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
