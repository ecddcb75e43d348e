/** The ledger is append-only: what was read once reads the same for ever, and new rows come behind the old ones. */
import { createHash } from 'node:crypto';
import type { Store, StoredLedgerEntry } from '../../src/contracts/store.ts';
import type { Promised } from './settings.ts';

export interface LedgerWatch {
  /** New rows, the newest of the old ones, and some of the others in turn. */
  check(store: Store): Promise<void>;
  /** Every row. */
  checkAll(store: Store): Promise<void>;
}

const page = 500;
/** Looked at again after each pass. */
const sample = 60;

const hashOf = (row: StoredLedgerEntry): string =>
  createHash('sha1').update(JSON.stringify(row)).digest('base64').slice(0, 12);

export function createLedgerWatch(violate: (promised: Promised, text: string) => void): LedgerWatch {
  const known: { readonly sequence: number; readonly hash: string }[] = [];
  let turn = 0;

  async function compare(store: Store, from: number, limit: number): Promise<void> {
    const afterSequence = known[from - 1]?.sequence ?? 0;
    const rows = await store.ledger({ afterSequence, limit });
    for (const [index, { sequence, hash }] of known.slice(from, from + limit).entries()) {
      const row = rows[index];
      if (row?.sequence === sequence && hashOf(row) === hash) continue;
      return violate('ledger-changed', `row ${sequence} of the ledger is not what it was`);
    }
  }

  async function append(store: Store): Promise<void> {
    for (;;) {
      const rows = await store.ledger({ afterSequence: known.at(-1)?.sequence ?? 0, limit: page });
      for (const row of rows) known.push({ sequence: row.sequence, hash: hashOf(row) });
      if (rows.length < page) return;
    }
  }

  return {
    async check(store) {
      await compare(store, Math.max(0, known.length - sample), sample);
      await compare(store, turn, sample);
      turn = turn + sample >= known.length ? 0 : turn + sample;
      await append(store);
    },
    async checkAll(store) {
      for (let from = 0; from < known.length; from += page) await compare(store, from, page);
    },
  };
}
