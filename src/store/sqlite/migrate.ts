/**
 * Brings a database to the newest schema. The version is SQLite's user_version; our application_id tells a store from
 * another program's database. Each migration is one transaction that looks at the version again after it has the write
 * lock, so two processes that start at once do no harm.
 */
import { RenewdError } from '../../core/errors.ts';
import type { Migration } from '../migrations/index.ts';
import type { Connection } from './connection.ts';
import { storeFailed } from './failures.ts';

/** "rnwd" in ASCII. */
export const applicationId = 0x72_6e_77_64;

/** 0: a database in which nothing was ever stored. Refuses another program's database and a newer schema. */
export function schemaVersion(connection: Connection, newest: number): number {
  const { id, version, objects } = connection.snapshot(() => ({
    id: Number(connection.pragma('application_id')),
    version: Number(connection.pragma('user_version')),
    objects: Number(connection.get('SELECT count(*) AS objects FROM sqlite_schema')?.['objects']),
  }));
  if (id === 0 && version === 0 && objects === 0) return 0;
  if (id !== applicationId) {
    throw storeFailed(
      connection.path,
      'it is a SQLite database of another program',
      'Check `store.sqlite` in the configuration.',
    );
  }
  if (version > newest) {
    throw new RenewdError(
      'store-newer',
      `the store ${connection.path} has schema ${version}, this renewd knows ${newest}. ` +
        'Use the newer renewd, or restore a backup made by this version.',
      { fields: { path: connection.path, found: version, known: newest } },
    );
  }
  return version;
}

export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  for (const migration of migrations) {
    if (schemaVersion(connection, migrations.length) >= migration.number) continue;
    connection.write(() => {
      const version = Number(connection.pragma('user_version'));
      if (version >= migration.number) return;
      connection.execute(migration.sql);
      connection.execute(
        `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migration.number}`,
      );
    });
  }
}
