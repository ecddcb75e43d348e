/** A look at the store's file for `renewd doctor`: reads only, migrates nothing, and makes no file that is not there. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { migrations } from '../migrations/index.ts';
import { Connection } from './connection.ts';
import { requireFile } from './file.ts';
import { schemaVersion } from './migrate.ts';

export interface StoreExamination {
  /** 0: nothing was ever stored. */
  readonly schema: number;
  readonly newestSchema: number;
  /** What SQLite's check complains of, at most 5; undefined: the file is too large for a check in passing. */
  readonly damage: readonly string[] | undefined;
  readonly lease: { readonly holder: string; readonly expiresAt: Date } | undefined;
  /** Of the newest entry of the ledger. */
  readonly newestEntryAt: Date | undefined;
}

/** About two seconds of reading. */
const checkedBytesMax = 512 * 1024 * 1024;

/** Throws `store-failed` or `store-newer`. */
export function examineStore(path: string): StoreExamination {
  const file = resolve(path);
  requireFile(file);
  const connection = new Connection(file, true);
  try {
    const schema = schemaVersion(connection, migrations.length);
    const damage =
      statSync(file).size > checkedBytesMax
        ? undefined
        : connection
            .all('PRAGMA integrity_check(5)')
            .map((row) => String(Object.values(row)[0]))
            .filter((line) => line !== 'ok');
    const lease =
      schema === 0
        ? undefined
        : connection.get('SELECT holder, expires_at AS until FROM leases WHERE name = :name', {
            name: 'daemon',
          });
    const newest = schema === 0 ? undefined : connection.get('SELECT max(at) AS at FROM ledger')?.['at'];
    return {
      schema,
      newestSchema: migrations.length,
      damage,
      lease:
        lease === undefined
          ? undefined
          : { holder: String(lease['holder']), expiresAt: new Date(Number(lease['until'])) },
      newestEntryAt: newest == null ? undefined : new Date(Number(newest)),
    };
  } finally {
    connection.close();
  }
}
