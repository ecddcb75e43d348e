/** Inventory, store and memory brought together: which certificates there are, and what is known of each. */
import type { CertificateRecord } from '../../contracts/store.ts';
import type { Configuration } from '../../core/certificate.ts';
import { isTerminal, type Renewal } from '../../core/renewal.ts';
import { commitOutcome, emptyRecord } from '../commit.ts';
import type { StageOutcome } from '../outcome.ts';
import { newEntry } from '../watchlist.ts';
import type { DriverDependencies } from './dependencies.ts';
import type { DriverState } from './state.ts';

export interface Roster {
  takeInventory(configuration: Configuration): void;
  /** Reads the store into the entries, without any effect on it. Returns what is not stored yet, and every open renewal. */
  read(): Promise<{ readonly fresh: readonly CertificateRecord[]; readonly open: readonly Renewal[] }>;
  /** Reads the store anew when somebody else wrote to it, or when what is remembered may differ from it. */
  refresh(): Promise<void>;
  /** Writes a stage's outcome and remembers it. Throws what `commitOutcome` throws. */
  commit(renewal: Renewal, outcome: StageOutcome): Promise<Renewal>;
}

export function createRoster(state: DriverState, dependencies: DriverDependencies): Roster {
  const { store, clock, random, logger, watcher, observer } = dependencies;
  const { entries } = state;
  let foreignChanges = -1;

  async function read(): ReturnType<Roster['read']> {
    const [records, summaries, open, requests, revocations, keys, due] = await Promise.all([
      store.certificates(),
      store.issuedSummaries(),
      store.openRenewals(),
      store.pendingRequests(),
      store.revocations(),
      store.compromisedKeys(),
      store.revocationsDue(),
    ]);
    const lostMore = keys.length !== state.compromisedKeys.size;
    replace(state.revocations, revocations, ({ fingerprint256 }) => fingerprint256);
    replace(state.compromisedKeys, keys, ({ spkiSha256 }) => spkiSha256);
    replace(state.revocationsDue, due, ({ fingerprint256 }) => fingerprint256);
    const recordOf = byName(records, ({ name }) => name);
    const issuedOf = byName(summaries, ({ certificate }) => certificate);
    const openOf = byName(open, ({ certificate }) => certificate);
    const requestOf = byName(requests, ({ certificate }) => certificate);
    const fresh: CertificateRecord[] = [];
    for (const entry of entries.values()) {
      const { name } = entry.managed;
      let record = recordOf.get(name);
      if (record === undefined) {
        record = emptyRecord(name, random.fraction());
        fresh.push(record);
      }
      const request = requestOf.get(name);
      const openRenewal = openOf.get(name);
      entry.dirty ||=
        request?.id !== entry.request?.id ||
        openRenewal?.revision !== entry.open?.revision ||
        entry.record === undefined ||
        lostMore;
      entry.record = record;
      entry.issued = issuedOf.get(name);
      entry.open = openRenewal;
      entry.request = request;
    }
    return { fresh, open };
  }

  /** Renewals of certificates that are no longer in the inventory: dropped while nothing was ordered. */
  async function dropOrphans(open: readonly Renewal[]): Promise<void> {
    for (const renewal of open) {
      if (entries.has(renewal.certificate)) continue;
      const { certificate, id: renewalId, state: at } = renewal;
      const idle = (at === 'planned' || at === 'blocked' || at === 'verified') && renewal.orderedAt === null;
      if (idle) {
        await commit(renewal, { event: 'superseded', text: 'the certificate is no longer in the inventory' });
      } else {
        logger.warn(
          { certificate, renewalId, state: at },
          'renewal left as it is: its certificate is no longer in the inventory, but an order exists',
        );
      }
    }
  }

  async function commit(renewal: Renewal, outcome: StageOutcome): Promise<Renewal> {
    const after = await commitOutcome(store, renewal, outcome, random.fraction(), clock.now());
    observer.transition(renewal, after, outcome);
    const entry = entries.get(renewal.certificate);
    if (entry !== undefined) {
      entry.open = isTerminal(after.state) ? undefined : after;
      entry.dirty = true;
      entry.reconfigured = false;
    }
    if (after.state === renewal.state) return after;
    state.leftoversMayExist = true;
    if (entry !== undefined && (isTerminal(after.state) || after.state === 'verified')) {
      entry.record = await store.certificate(renewal.certificate);
      [entry.issued] = await store.issuedSummaries(renewal.certificate);
    }
    return after;
  }

  return {
    takeInventory({ certificates }) {
      const wanted = new Map(certificates.map((managed) => [managed.name, managed]));
      for (const name of entries.keys()) if (!wanted.has(name)) entries.delete(name);
      for (const [name, managed] of wanted) {
        const entry = entries.get(name);
        if (entry === undefined) entries.set(name, newEntry(managed));
        else {
          // What is known of the file stays until the next look: a reload must not make it look as if it were gone.
          if (entry.managed.crt !== managed.crt) {
            entry.observation = undefined;
            entry.decision = undefined;
          }
          entry.managed = managed;
          entry.dirty = true;
          entry.reconfigured = true;
        }
      }
      const paths = certificates.flatMap(({ crt, deploy }) => [
        crt,
        ...deploy.map(({ directory }) => `${directory}/fullchain.pem`),
      ]);
      watcher.keepOnly(new Set(paths));
    },
    read,
    async refresh() {
      const counter = await store.foreignChangeCounter();
      if (counter === foreignChanges && !state.stale) return;
      state.stale = false;
      try {
        const { fresh, open } = await read();
        if (fresh.length > 0) await store.saveCertificates(fresh);
        await dropOrphans(open);
        foreignChanges = counter;
      } catch (thrown) {
        state.stale = true;
        throw thrown;
      }
    },
    commit,
  };
}

function byName<T>(rows: readonly T[], name: (row: T) => string): Map<string, T> {
  return new Map(rows.map((row) => [name(row), row]));
}

function replace<T>(map: Map<string, T>, rows: readonly T[], key: (row: T) => string): void {
  map.clear();
  for (const row of rows) map.set(key(row), row);
}
