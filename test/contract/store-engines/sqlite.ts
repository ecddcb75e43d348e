/** Opens the SQLite store for the contract suite and for its child processes. */
import { join } from 'node:path';
import type { Store } from '../../../src/contracts/store.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';

export function open(directory: string): Promise<Store> {
  return openSqliteStore(join(directory, 'renewd.db'), { create: true });
}
