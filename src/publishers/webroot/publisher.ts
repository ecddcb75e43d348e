/**
 * Writes proofs below a web root. The path was checked to be plain; here every directory on the way is looked at, so that
 * no symlink leads out, and no file that is not ours is replaced or removed. All steps are synchronous: two orders cannot
 * get between each other's look and write.
 *
 * Directories that had to be made are left: whether somebody put something into them could only be looked at, not
 * excluded, before removing them.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Files } from '../../contracts/platform.ts';
import type { FileEvidence, FilePublisher, PublisherDependencies } from '../../contracts/publisher.ts';
import { RenewdError, type ErrorKind } from '../../core/errors.ts';
import { maxContentOctets, safeSegments } from '../path-safety.ts';
import type { WebrootConfig } from './config.ts';

const directoryMode = 0o755;
const fileMode = 0o644;

function failure(kind: ErrorKind, message: string, path: string, cause?: unknown): RenewdError {
  return new RenewdError('dcv-publish-failed', message, { kind, fields: { path }, cause });
}

/** Content of a regular file, undefined when there is none. Throws for anything else, and for a large file. */
function contentAt(files: Files, path: string): string | undefined {
  const stat = files.lstat(path);
  if (stat === undefined) return undefined;
  if (stat.kind !== 'file')
    throw failure('dcv-failed', `${path} is not a regular file; it was left alone`, path);
  const bytes = files.read(path, maxContentOctets);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/**
 * The directory that will hold the file, from the root down; undefined when a part is missing and `make` is off.
 * Throws for a part that is a symlink or no directory.
 */
function openDirectory(
  files: Files,
  root: string,
  names: readonly string[],
  make: boolean,
): string | undefined {
  // The root itself is the operator's word, and may be a link.
  if (files.stat(root)?.kind !== 'directory') {
    throw failure('configuration', `the web root ${root} is not an existing directory`, root);
  }
  let directory = root;
  for (const name of names) {
    const parent = directory;
    directory = join(parent, name);
    const stat = files.lstat(directory);
    if (stat === undefined) {
      if (!make) return undefined;
      files.makeDirectory(directory, { mode: directoryMode });
      files.syncDirectory(parent);
    } else if (stat.kind !== 'directory') {
      const what = stat.kind === 'symlink' ? 'a symbolic link' : 'not a directory';
      throw failure('dcv-failed', `${directory} is ${what}; renewd does not go through it`, directory);
    }
  }
  return directory;
}

/** Temporary name that a crash may leave behind and the next attempt at the same file removes. Not served as a proof. */
function temporaryName(fileName: string): string {
  return `.renewd-${createHash('sha256').update(fileName).digest('hex').slice(0, 16)}.tmp`;
}

function write(files: Files, directory: string, fileName: string, content: string): void {
  const temporary = join(directory, temporaryName(fileName));
  files.remove(temporary);
  try {
    files.writeNew(temporary, content, { mode: fileMode });
    files.rename(temporary, join(directory, fileName));
  } catch (error) {
    files.remove(temporary);
    throw error;
  }
  files.syncDirectory(directory);
}

/** Names the proof in whatever the file system said. */
function describing<Result>(what: string, { path }: FileEvidence, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RenewdError)) throw error;
    if (error.code === 'dcv-publish-failed' || error.code === 'dcv-unsafe') throw error;
    throw failure('dcv-failed', `the file for ${path} cannot be ${what}: ${error.message}`, path, error);
  }
}

export function createWebroot(
  name: string,
  config: WebrootConfig,
  { files, logger }: Pick<PublisherDependencies, 'files' | 'logger'>,
): FilePublisher {
  const root = config.path;
  const log = logger.child({ publisher: name });

  function publish(evidence: FileEvidence): void {
    const segments = safeSegments(evidence);
    const fileName = segments.at(-1) ?? '';
    const directory = openDirectory(files, root, segments.slice(0, -1), true) ?? root;
    const path = join(directory, fileName);
    const present = contentAt(files, path);
    if (present === evidence.content) return;
    if (present !== undefined) {
      // Vendors use one path for all orders: replacing another order's proof would starve that order.
      const what =
        "it holds something else: another order's proof, which goes when that order is done, or a foreign file";
      throw failure('conflict', `${path} was left as it is; ${what}`, path);
    }
    write(files, directory, fileName, evidence.content);
    log.debug({ path }, 'file is in place');
  }

  function withdraw(evidence: FileEvidence): void {
    const segments = safeSegments(evidence);
    const directory = openDirectory(files, root, segments.slice(0, -1), false);
    if (directory === undefined) return;
    const path = join(directory, segments.at(-1) ?? '');
    const present = contentAt(files, path);
    if (present !== undefined && present !== evidence.content) {
      log.warn({ path }, 'file was changed since it was published; it is left as it is');
      return;
    }
    if (present !== undefined) files.remove(path);
    // Also when it is gone: whoever removed it may have failed here, and a power cut would bring it back.
    files.syncDirectory(directory);
    log.debug({ path }, 'file is removed');
  }

  return {
    kind: 'file',
    hosts: config.hosts,

    async publish(evidence, signal) {
      signal.throwIfAborted();
      describing('written', evidence, () => publish(evidence));
    },

    async withdraw(evidence, signal) {
      signal.throwIfAborted();
      describing('removed', evidence, () => withdraw(evidence));
    },

    close: () => Promise.resolve(),
  };
}
