/**
 * A disk in trouble, for as long as a test says: full, read-only, or closed to us. The codes are those that the system and
 * SQLite give, so that everything above sees the errors of production; what is read stays readable, unless permission is
 * lost.
 */
import type { Files } from '../../src/contracts/platform.ts';
import type { Store } from '../../src/contracts/store.ts';
import { fileError } from '../../src/platform/file-errors.ts';
import { translateFailure } from '../../src/store/sqlite/failures.ts';
import { storePart } from './write-points.ts';

export const diskErrors = ['ENOSPC', 'EROFS', 'EACCES'] as const;
export type DiskError = (typeof diskErrors)[number];

export interface DiskTrouble {
  /** Undefined: all is well. */
  error: DiskError | undefined;
  /** Whether it hits files under this path. */
  hits: (path: string) => boolean;
  /** Whether it hits the store. */
  hitsStore: boolean;
  /** Operations that it kept from happening. */
  refusals: number;
  files(inner: Files): Files;
  store(inner: Store, path: string): Store;
}

/** SQLITE_FULL, SQLITE_READONLY and SQLITE_CANTOPEN (https://www.sqlite.org/rescode.html). */
const sqliteErrors: Readonly<Record<DiskError, readonly [code: number, message: string]>> = {
  ENOSPC: [13, 'database or disk is full'],
  EROFS: [8, 'attempt to write a readonly database'],
  EACCES: [14, 'unable to open database file'],
};

export function createDiskTrouble(): DiskTrouble {
  const disk: DiskTrouble = {
    error: undefined,
    hits: () => true,
    hitsStore: true,
    refusals: 0,
    files(inner) {
      const refuse = (what: string, path: string): void => {
        if (disk.error === undefined || !disk.hits(path)) return;
        disk.refusals += 1;
        throw fileError(what, path, Object.assign(new Error(disk.error), { code: disk.error }));
      };
      const refuseLook = (what: string, path: string): void => {
        if (disk.error === 'EACCES') refuse(what, path);
      };
      return {
        ...inner,
        read(path, maxBytes) {
          refuseLook('read', path);
          return inner.read(path, maxBytes);
        },
        list(path) {
          refuseLook('list', path);
          return inner.list(path);
        },
        freeBytes: (path) => (disk.error === 'ENOSPC' && disk.hits(path) ? 0 : inner.freeBytes(path)),
        makeDirectory(path, ownership) {
          refuse('create the directory', path);
          inner.makeDirectory(path, ownership);
        },
        writeNew(path, content, ownership) {
          refuse('create', path);
          inner.writeNew(path, content, ownership);
        },
        symlink(target, path) {
          refuse('create the link', path);
          inner.symlink(target, path);
        },
        rename(from, to) {
          // A full disk still renames, as a rule.
          if (disk.error !== 'ENOSPC') refuse('put in place', to);
          inner.rename(from, to);
        },
        syncDirectory(path) {
          inner.syncDirectory(path);
        },
        remove(path) {
          if (disk.error !== 'ENOSPC') refuse('remove', path);
          inner.remove(path);
        },
      };
    },
    store(inner, path) {
      return new Proxy(inner, {
        get(object, key) {
          const value: unknown = Reflect.get(object, key);
          if (typeof value !== 'function' || storePart.looking.includes(String(key)) || key === 'close')
            return value;
          return (...parameters: readonly unknown[]): unknown => {
            if (disk.error !== undefined && disk.hitsStore) {
              disk.refusals += 1;
              const [errcode, message] = sqliteErrors[disk.error];
              return Promise.reject(translateFailure(path, Object.assign(new Error(message), { errcode })));
            }
            const result: unknown = Reflect.apply(value, object, parameters);
            return result;
          };
        },
      });
    },
  };
  return disk;
}
