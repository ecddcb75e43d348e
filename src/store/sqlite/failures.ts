/**
 * What SQLite and the file system say, as errors an operator can act on: which file, why, what to do. Numbers are the
 * primary result codes of https://www.sqlite.org/rescode.html (the low byte of the extended code that Node reports).
 */
import { RenewdError } from '../../core/errors.ts';

interface Explanation {
  readonly name: string;
  readonly remedy: string;
}

const permissions =
  'The user that runs renewd must be able to read and write the file and its directory; check owner and mode, and whether the file system is read-only.';
const damaged =
  'Stop renewd, keep a copy of the file, and restore a backup, or salvage what is readable with `sqlite3 FILE .recover`.';

const explanations: Readonly<Record<number, Explanation>> = {
  3: { name: 'SQLITE_PERM', remedy: permissions },
  5: {
    name: 'SQLITE_BUSY',
    remedy: 'Another process held the store too long; find it with `fuser FILE`. Nothing was changed.',
  },
  6: { name: 'SQLITE_LOCKED', remedy: 'Another process held the store too long; find it with `fuser FILE`.' },
  8: { name: 'SQLITE_READONLY', remedy: permissions },
  10: {
    name: 'SQLITE_IOERR',
    remedy: 'Check the disk, its free space and the kernel log. Nothing was changed.',
  },
  11: { name: 'SQLITE_CORRUPT', remedy: damaged },
  13: { name: 'SQLITE_FULL', remedy: 'Free some space on its file system. Nothing was changed.' },
  14: { name: 'SQLITE_CANTOPEN', remedy: permissions },
  26: {
    name: 'SQLITE_NOTADB',
    remedy: `Check \`store.sqlite\` in the configuration. If the path is right: ${damaged}`,
  },
};

const constraintCode = 19;
const uniqueCodes: readonly number[] = [1555, 2067];

export const busyCode = 5;

/** Primary result code of an error of node:sqlite; undefined for every other error. */
export function sqliteCode(thrown: unknown): number | undefined {
  const extended = extendedCode(thrown);
  return extended === undefined ? undefined : extended & 0xff;
}

function extendedCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
}

/** `store-failed` with path, reason and remedy, in the message and as fields. */
export function storeFailed(path: string, reason: string, remedy: string, cause?: unknown): RenewdError {
  return new RenewdError('store-failed', `the store ${path} cannot be used: ${reason}. ${remedy}`, {
    cause,
    fields: { path, reason, remedy },
  });
}

/** `store-gone`: what is open is not what lies at the path any more. */
export function storeGone(path: string, what: string): RenewdError {
  return new RenewdError(
    'store-gone',
    `the store ${path} was ${what} while renewd worked with it: what it knows of orders would be lost`,
    { fields: { path } },
  );
}

/** Whatever an operation on the store threw, as a RenewdError. */
export function translateFailure(path: string, thrown: unknown): RenewdError {
  if (thrown instanceof RenewdError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const extended = extendedCode(thrown);
  if (extended === undefined) return notSqlite(path, message, thrown);
  if (uniqueCodes.includes(extended)) {
    return new RenewdError('store-conflict', `the store has such a row already: ${message}`, {
      cause: thrown,
      fields: { path },
    });
  }
  const code = extended & 0xff;
  const explanation = explanations[code];
  // A broken rule of the schema, or a statement it does not know, is a mistake in renewd and not in the file.
  if (code === constraintCode || code === 1) {
    return new RenewdError('internal', `the store refused a write: ${message}`, {
      cause: thrown,
      fields: { path },
    });
  }
  return storeFailed(
    path,
    `${message} (${explanation?.name ?? 'SQLite'} ${extended})`,
    explanation?.remedy ?? 'Check the file, its permissions and free space.',
    thrown,
  );
}

function notSqlite(path: string, message: string, thrown: unknown): RenewdError {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_INVALID_STATE') {
    return storeFailed(path, 'it is closed', 'Nothing was changed.', thrown);
  }
  return new RenewdError('internal', `a value does not fit the store: ${message}`, {
    cause: thrown,
    fields: { path },
  });
}

const fileReasons: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOENT: [
    'there is no such file',
    'Check `store.sqlite` in the configuration, or start the daemon, which creates it.',
  ],
  EACCES: ['permission denied', permissions],
  EPERM: ['permission denied', permissions],
  EROFS: ['the file system is read-only', 'Put the store on a file system that can be written.'],
  ENOSPC: ['no space left on the file system', 'Free some space on it.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or raise the quota.'],
  ENOTDIR: ['a part of the path is not a directory', 'Check `store.sqlite` in the configuration.'],
  EISDIR: ['it is a directory', 'Check `store.sqlite` in the configuration.'],
};

/** A failed operation of node:fs on the store's file or directory. */
export function fileFailure(path: string, thrown: unknown): RenewdError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const [reason, remedy] = fileReasons[code] ?? [
    thrown instanceof Error ? thrown.message : String(thrown),
    'Check the file, its directory and their permissions.',
  ];
  return storeFailed(path, code === '' ? reason : `${reason} (${code})`, remedy, thrown);
}
