/** Watches a renewal until it is finished, needs a person, or time is up; prints every step as it happens. */
import type { Clock } from '../contracts/platform.ts';
import type { Store, StoredLedgerEntry } from '../contracts/store.ts';
import type { Renewal } from '../core/renewal.ts';
import { isTerminal } from '../core/renewal.ts';

const lookEveryMs = 250;

export interface Followed {
  /** The newest renewal of the certificate since the start, if one began. */
  readonly renewal: Renewal | undefined;
}

export async function followRenewal(
  store: Store,
  certificate: string,
  since: Date,
  clock: Clock,
  waitMs: number,
  show: (entry: StoredLedgerEntry) => void,
  settled: () => boolean = () => false,
  isLeft: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Followed> {
  const deadline = clock.now().getTime() + waitMs;
  let shown = 0;
  for (;;) {
    const entries = await store.ledger({ certificate, afterSequence: shown, limit: 1000 });
    for (const entry of entries) {
      shown = entry.sequence;
      if (entry.at >= since) show(entry);
    }
    const [renewal] = (await store.renewalsOf(certificate, 1)).filter(({ updatedAt }) => updatedAt >= since);
    const ended = renewal !== undefined && (isTerminal(renewal.state) || renewal.state === 'blocked');
    const waiting = (await store.pendingRequests()).some((request) => request.certificate === certificate);
    const over =
      ended && !waiting && (renewal.state === 'failed' || renewal.state === 'blocked' || !(await isLeft()));
    if (over || settled() || clock.now().getTime() >= deadline) return { renewal };
    await clock.sleep(lookEveryMs);
  }
}
