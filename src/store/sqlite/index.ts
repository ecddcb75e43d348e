/** The embedded store: one SQLite file, opened by the daemon and the command line at once. */
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../contracts/store.ts';
import { migrations } from '../migrations/index.ts';
import { Connection } from './connection.ts';
import { busyCode, sqliteCode, storeFailed } from './failures.ts';
import { createFile, isThere, requireFile } from './file.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { createSqliteStore } from './store.ts';

export interface SqliteStoreOptions {
  /**
   * Begin a new store when there is none. Without it a missing or empty file is an error: a store that was lost or not
   * mounted must not quietly become one that remembers no order.
   */
  readonly create?: boolean;
  /** Where there is no file: an empty store in memory, for commands that only look. A file made by them might be another user's. */
  readonly orEmpty?: boolean;
  /** For looking only; does not migrate. */
  readonly readOnly?: boolean;
}

/** Throws `store-failed` (path, reason and remedy in the message) or `store-newer`. */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  // Absolute, so that a name like "file:x?mode=memory" is a file name and not a URI.
  const file = resolve(path);
  const readOnly = options.readOnly ?? false;
  const create = !readOnly && (options.create ?? false);
  if (options.orEmpty === true && !isThere(file)) return emptyStore();
  if (create) createFile(file);
  requireFile(file);
  const connection = new Connection(file, readOnly);
  try {
    const version = schemaVersion(connection, migrations.length);
    if (version === 0 && !create) {
      throw storeFailed(
        file,
        'it is empty',
        'Restore a backup, or start the daemon, which begins a new store.',
      );
    }
    if (readOnly) requireNewest(file, version);
    else await prepareForWriting(connection);
    return createSqliteStore(connection);
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

function emptyStore(): Store {
  const connection = new Connection(':memory:', false);
  migrate(connection, migrations);
  return createSqliteStore(connection);
}

function requireNewest(file: string, version: number): void {
  if (version === migrations.length) return;
  throw storeFailed(
    file,
    `its schema ${version} is older than ${migrations.length}`,
    'Start the daemon once; it brings the store up to date.',
  );
}

async function prepareForWriting(connection: Connection): Promise<void> {
  await useWriteAheadLog(connection);
  // Every commit is on the disk before it is reported, also after a power cut.
  connection.execute('PRAGMA synchronous = FULL');
  migrate(connection, migrations);
}

/**
 * The switch is kept in the file, so it happens once in its life. It needs the file for itself, and SQLite does not
 * always wait for that when two processes try at the same moment.
 */
async function useWriteAheadLog(connection: Connection): Promise<void> {
  const attemptsMax = 100;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const mode = connection.pragma('journal_mode = WAL');
      if (mode === 'wal') return;
      throw storeFailed(
        connection.path,
        `its file system does not support a write-ahead log (journal mode ${String(mode)})`,
        'Put the store on a local file system.',
      );
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      if (sqliteCode(cause) !== busyCode || attempt === attemptsMax) throw thrown;
      await pause(20);
    }
  }
}
