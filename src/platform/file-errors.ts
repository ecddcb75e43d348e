/** Failures of the operating system, in words: which path, and why. */
import { RenewdError } from '../core/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted for this user',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'it exists already',
  ENOTEMPTY: 'the directory is not empty',
  ELOOP: 'it is a symbolic link, or links lead in a circle',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the device reported an input/output error',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this system',
  ENAMETOOLONG: 'the name is too long',
  EXDEV: 'it is on another file system',
  EBUSY: 'it is in use',
  ENXIO: 'it is a socket or a pipe that nobody serves',
};

/** The error code of Node's fs functions ("ENOENT"), or undefined for anything else. */
export function errnoCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** `what` is a verb: "read", "rename". Passes RenewdError through. */
export function fileError(what: string, path: string, thrown: unknown): RenewdError {
  if (thrown instanceof RenewdError) return thrown;
  const code = errnoCode(thrown);
  const reason =
    (code === undefined ? undefined : reasons[code]) ??
    (thrown instanceof Error ? thrown.message : String(thrown));
  return new RenewdError('file-failed', `cannot ${what} ${path}: ${reason}`, {
    cause: thrown,
    fields: { path, errno: code },
  });
}
