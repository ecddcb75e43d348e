/** Copies of a store's file: one taken while others write, and one put where a store shall be. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  constants,
  createReadStream,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { migrations } from '../migrations/index.ts';
import { Connection } from './connection.ts';
import { fileFailure, storeFailed, translateFailure } from './failures.ts';
import { createFile, requireFile, syncDirectory } from './file.ts';
import { schemaVersion } from './migrate.ts';

export interface CopyFacts {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * The store as it is at one moment, as one file without a write-ahead log, synced. `target` must not exist. Throws
 * `store-failed`.
 */
export async function copyStore(path: string, target: string): Promise<CopyFacts> {
  requireFile(path);
  createFile(target);
  try {
    const source = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    try {
      // All pages in one step: otherwise each commit of the daemon would begin the copy anew.
      await backup(source, target, { rate: 2 ** 31 - 1 });
    } finally {
      source.close();
    }
    const copy = new DatabaseSync(target);
    try {
      // One file that a read-only medium can hold.
      copy.exec('PRAGMA journal_mode = DELETE');
    } finally {
      copy.close();
    }
  } catch (thrown) {
    throw translateFailure(path, thrown);
  }
  sync(target);
  return checkStore(target);
}

/** Reads all of it. Throws `store-failed` when it is damaged, `store-newer`. */
export async function checkStore(path: string): Promise<CopyFacts> {
  requireFile(path);
  const connection = new Connection(path, true);
  try {
    const version = schemaVersion(connection, migrations.length);
    const verdict = version === 0 ? 'it is empty' : String(connection.pragma('integrity_check(1)'));
    if (verdict !== 'ok') throw storeFailed(path, verdict, 'Take another backup.');
  } finally {
    connection.close();
  }
  const digest = createHash('sha256');
  let bytes = 0;
  try {
    for await (const part of createReadStream(path)) {
      digest.update(part);
      bytes += part.length;
    }
  } catch (thrown) {
    throw fileFailure(path, thrown);
  }
  return { bytes, sha256: digest.digest('hex') };
}

/**
 * What was about to be ordered when the copy was made may have been ordered since: it is left as a process leaves it that
 * ended in the middle of that, so that it is looked up first. Every schema since the first has these columns.
 */
const distrustIntents = `
  CREATE TEMP TABLE doubtful AS SELECT id FROM renewals
    WHERE state IN ('planned', 'blocked') AND ordered_at IS NULL AND csr_pem IS NOT NULL AND action <> 'deploy';
  INSERT INTO ledger (at, certificate, renewal_id, kind, subject, text, provider, paid, detail)
    SELECT updated_at, certificate, id, 'note', 'restore',
      'restored from a backup, in which it was not ordered yet; whether it was since is looked up first', provider, 0, '{}'
    FROM renewals WHERE id IN (SELECT id FROM doubtful);
  UPDATE renewals SET state = 'ordering', ordered_at = created_at, next_at = updated_at, revision = revision + 1
    WHERE id IN (SELECT id FROM doubtful);
  DROP TABLE doubtful;`;

/** `target` has its name only once it is whole and synced. Throws `store-failed`. */
export async function placeStore(source: string, target: string): Promise<void> {
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { force: true });
  // Makes the directory, and a file that nobody else can read from its first byte on.
  createFile(unfinished);
  try {
    copyFileSync(source, unfinished, constants.COPYFILE_FICLONE);
    const copy = new DatabaseSync(unfinished);
    try {
      copy.exec(`BEGIN; ${distrustIntents} COMMIT; PRAGMA journal_mode = DELETE`);
    } finally {
      copy.close();
    }
    sync(unfinished);
    renameSync(unfinished, target);
    syncDirectory(dirname(target));
  } catch (thrown) {
    throw fileFailure(target, thrown);
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
