/**
 * A process of its own that uses a store: `node child.ts ENGINE DIRECTORY JOB`. Speaks in lines: "ready" when the store
 * is open, then waits for a line on its input, then works and reports.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { once } from 'node:events';
import type { Store } from '../../../src/contracts/store.ts';
import { aReceiptContent } from '../../builders/receipts.ts';
import { aLedgerEntry, aRenewal, after, noon } from '../../builders/store-records.ts';

/** Certificates that the racing processes fight for. */
export const contested = Array.from({ length: 40 }, (_, n) => `c${n}`);

const jobs: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  /** Reports each certificate for which this process created the renewal. */
  async race(store) {
    for (const certificate of contested) {
      const id = randomUUID();
      if (
        await store.createRenewal(aRenewal({ id, certificate }), { ledger: [aLedgerEntry({ certificate })] })
      ) {
        say(certificate);
      }
    }
  },

  /** Counts one renewal's attempts up, again after every conflict. */
  async increment(store) {
    for (let done = 0; done < 50;) {
      const renewal = await store.renewal('r1');
      if (renewal === undefined) throw new Error('r1 is missing');
      try {
        await store.updateRenewal('r1', renewal.revision, { attempts: renewal.attempts + 1 }, {}, noon);
        done += 1;
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'store-conflict') throw error;
      }
    }
  },

  /** Gives each contested certificate's renewal its end and its receipt, and reports those. */
  async receipts(store) {
    for (const certificate of contested) {
      const id = `${certificate}-${process.pid}`;
      const receipt = aReceiptContent({ certificate });
      await store.createRenewal(aRenewal({ id, certificate: id }), {});
      await store.updateRenewal(
        id,
        1,
        { state: 'served', nextAt: null },
        { receipt: { ...receipt, renewal: { ...receipt.renewal, id } } },
        noon,
      );
      say(id);
    }
  },

  async lease(store) {
    if (await store.acquireLease('daemon', String(process.pid), 1000, noon)) say('mine');
  },

  /** Commits until it is killed; reports each commit after the store said that it is durable. */
  async commit(store) {
    let revision = (await store.renewal('r1'))?.revision ?? 0;
    if (revision === 0) {
      await store.createRenewal(aRenewal(), {});
      revision = 1;
    }
    for (;;) {
      const ledger = [aLedgerEntry({ text: String(revision + 1) })];
      const renewal = await store.updateRenewal(
        'r1',
        revision,
        { attempts: revision },
        { ledger },
        after(revision),
      );
      revision = renewal.revision;
      say(String(revision));
    }
  },
};

/** Synchronous, so that what was said is out when the process is killed. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function isEngine(module: unknown): module is { readonly open: (directory: string) => Promise<Store> } {
  return (
    typeof module === 'object' && module !== null && 'open' in module && typeof module.open === 'function'
  );
}

async function main(engine: string, directory: string, job: string): Promise<void> {
  const module: unknown = await import(engine);
  if (!isEngine(module)) throw new Error(`${engine} is no store engine`);
  const store = await module.open(directory);
  say('ready');
  await once(process.stdin, 'data');
  await jobs[job]?.(store);
  await store.close();
  process.stdin.destroy();
}

const [engine, directory, job] = process.argv.slice(2);
if (import.meta.main && engine !== undefined && directory !== undefined && job !== undefined) {
  await main(engine, directory, job);
}
