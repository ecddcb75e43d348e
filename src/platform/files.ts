/**
 * The file operations whose order matters, on the real file system. Synchronous on purpose: for files of a few
 * kilobytes it is several times faster than the asynchronous calls, and no other work can slip between two steps.
 *
 * Durability follows fsync(2): content is synced before it is renamed into place, and the directory that holds the
 * new name after it.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import type { FileStat, Files, Ownership } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';
import { accountId } from './accounts.ts';
import { errnoCode, fileError } from './file-errors.ts';
import { whyUnreadable } from './readable.ts';

const {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} = constants;

const noThrow = { throwIfNoEntry: false } as const;

export const nodeFiles: Files = {
  read(path, maxBytes) {
    let descriptor: number;
    try {
      // Non-blocking: opening a named pipe must not wait for its writer.
      descriptor = openSync(path, O_RDONLY | O_NONBLOCK);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileError('read', path, error);
    }
    return closing(descriptor, 'read', path, () => readAll(descriptor, path, maxBytes));
  },

  lstat(path) {
    return guarded('look at', path, () => toFileStat(lstatSync(path, noThrow)));
  },

  stat(path) {
    return guarded('look at', path, () => toFileStat(statSync(path, noThrow)));
  },

  list(path) {
    return guarded('list', path, () => readdirSync(path).sort());
  },

  readLink(path) {
    try {
      return readlinkSync(path);
    } catch (error) {
      if (isAbsent(error) || errnoCode(error) === 'EINVAL') return undefined;
      throw fileError('read the link', path, error);
    }
  },

  makeDirectory(path, ownership) {
    guarded('create the directory', path, () => makeDirectory(path, ownership));
  },

  writeNew(path, content, ownership) {
    let descriptor: number;
    try {
      descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    } catch (error) {
      throw fileError('create', path, error);
    }
    try {
      closing(descriptor, 'write', path, () => {
        applyOwnership(descriptor, ownership);
        writeAll(descriptor, typeof content === 'string' ? Buffer.from(content) : content);
        fsyncSync(descriptor);
      });
    } catch (error) {
      // Half a file would only be in the way of the next attempt.
      removeQuietly(path);
      throw error;
    }
  },

  symlink(target, path) {
    guarded('create the link', path, () => symlinkSync(target, path));
  },

  rename(from, to) {
    guarded('put in place', to, () => renameSync(from, to));
  },

  syncDirectory(path) {
    guarded('sync the directory', path, () => syncDirectory(path));
  },

  remove(path) {
    guarded('remove', path, () => rmSync(path, { recursive: true, force: true }));
  },

  freeBytes(path) {
    return guarded('ask for the free space of', path, () => {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    });
  },

  whyUnreadable(paths, account) {
    return guarded('look at', paths[0] ?? '', () => whyUnreadable(paths, account));
  },
};

function guarded<T>(what: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(what, path, error);
  }
}

/** Runs an action on an open descriptor and closes it; a failing close counts, because it can be a failed write. */
function closing<T>(descriptor: number, what: string, path: string, action: () => T): T {
  let result: T;
  try {
    result = action();
  } catch (error) {
    try {
      closeSync(descriptor);
    } catch {
      // The first failure is the one worth telling.
    }
    throw fileError(what, path, error);
  }
  guarded(what, path, () => closeSync(descriptor));
  return result;
}

function isAbsent(error: unknown): boolean {
  const code = errnoCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function toFileStat(stats: Stats | undefined): FileStat | undefined {
  if (stats === undefined) return undefined;
  return {
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    inode: stats.ino,
    mode: stats.mode & 0o7777,
    kind: kindOf(stats.mode),
    uid: stats.uid,
    gid: stats.gid,
  };
}

function kindOf(mode: number): FileStat['kind'] {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 'file';
    case S_IFDIR:
      return 'directory';
    case S_IFLNK:
      return 'symlink';
    default:
      return 'other';
  }
}

function readAll(descriptor: number, path: string, maxBytes: number): Uint8Array {
  const stats = fstatSync(descriptor);
  if ((stats.mode & S_IFMT) !== S_IFREG) {
    const kind = kindOf(stats.mode) === 'directory' ? 'a directory' : 'a device, pipe or socket';
    throw new RenewdError('file-failed', `cannot read ${path}: it is ${kind}`, { fields: { path } });
  }
  if (stats.size > maxBytes) throw tooLarge(path, maxBytes);
  // One byte more than expected, so that a file that grows meanwhile is noticed.
  let buffer = Buffer.allocUnsafe(stats.size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(maxBytes + 1, length * 2 + 4096));
  }
}

function tooLarge(path: string, maxBytes: number): RenewdError {
  return new RenewdError('file-failed', `cannot read ${path}: it is larger than ${maxBytes} bytes`, {
    fields: { path },
  });
}

function writeAll(descriptor: number, content: Uint8Array): void {
  let offset = 0;
  while (offset < content.length) offset += writeSync(descriptor, content, offset);
}

/** Owner before mode: changing the owner may clear mode bits. What is right already is not asked for again. */
function applyOwnership(descriptor: number, ownership: Ownership): void {
  const { owner, group, mode } = ownership;
  if (owner !== undefined || group !== undefined) {
    const stats = fstatSync(descriptor);
    const uid = owner === undefined ? stats.uid : accountId('user', owner);
    const gid = group === undefined ? stats.gid : accountId('group', group);
    if (uid !== stats.uid || gid !== stats.gid) fchownSync(descriptor, uid, gid);
  }
  fchmodSync(descriptor, mode);
}

function makeDirectory(path: string, ownership: Ownership): void {
  const present = statSync(path, noThrow);
  if (present !== undefined) {
    if (present.isDirectory()) return;
    throw new RenewdError('file-failed', `cannot create the directory ${path}: something else has that name`);
  }
  const parent = dirname(path);
  if (statSync(parent, noThrow) === undefined) {
    makeDirectory(parent, { mode: 0o755 });
    syncDirectory(dirname(parent));
  }
  // Nobody else may enter before owner and mode are right.
  mkdirSync(path, 0o700);
  const descriptor = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  closing(descriptor, 'set the owner and mode of', path, () => applyOwnership(descriptor, ownership));
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, O_RDONLY | O_DIRECTORY);
  closing(descriptor, 'sync the directory', path, () => fsyncSync(descriptor));
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Told already: the write failed. What is left is refused by the next O_EXCL and named there.
  }
}
