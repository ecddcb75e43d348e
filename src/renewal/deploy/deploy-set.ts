/**
 * Puts a certificate set into a deploy directory, puts an earlier one back, and removes old ones. layout.ts shows the
 * directory. Each step either leaves what readers see unchanged or is one rename, so an interruption at any point
 * leaves the old set or the new one; what else it leaves is cleared away by the next call.
 *
 * One process at a time works on a directory; the daemon's lease sees to that.
 */
import { dirname } from 'node:path';
import type { Files, Logger } from '../../contracts/platform.ts';
import { setFiles, type DeployTarget } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { adoptExistingFiles } from './adopt-files.ts';
import { layoutOf, requireVersion, temporaryPrefix, type Layout } from './layout.ts';
import { linkedVersion, makeStableLinks, pointLink, removeDeadLinks, switchCurrent } from './links.ts';
import {
  commonFiles,
  directoryMode,
  fileNames,
  fileOwnership,
  isSameSet,
  ownershipOf,
  readSet,
  requirePair,
  requireSafeModes,
  setContent,
  type SetContent,
  type SetInput,
} from './set-content.ts';
import { freeVersion, removeLeftovers, writeSet } from './write-set.ts';

/** Beside the content itself: directory blocks, links and rounding up to whole blocks. */
const freeBytesMargin = 256 * 1024;

export interface Deployment {
  /** Now current. Differs from the one asked for when that name was taken by other content. */
  readonly version: string;
  /** What was current before, for a rollback; survives a crash between the switch and the caller's own record of it. */
  readonly previousVersion: string | undefined;
  /** False: the same content was in place already. Whoever did not see the earlier call succeed reloads all the same. */
  readonly changed: boolean;
}

/** Throws RenewdError `deploy-failed`; then the old set is current, or, when only the last sync failed, the new one. */
export function deploySet(
  target: DeployTarget,
  set: SetInput,
  files: Files,
  version: string,
  log?: Logger,
): Deployment {
  return deployFailures(() => {
    requireVersion(version);
    requireSafeModes(target);
    requirePair(set.keyPem, set.leafPem, 'the set to deploy');
    const layout = layoutOf(target.directory);
    const content = setContent(set, target);
    const names = fileNames(target);
    prepareDirectory(files, layout, target);
    requireSpace(files, layout, content);
    adoptExistingFiles(files, layout, target);

    const current = linkedVersion(files, layout.current);
    if (current !== undefined && isSameSet(files, `${layout.sets}/${current}`, content, target)) {
      requireReadable(files, `${layout.sets}/${current}`, target);
      const changed = makeStableLinks(files, layout, names);
      files.syncDirectory(layout.directory);
      return { version: current, previousVersion: previousOf(files, layout, current), changed };
    }
    const written = provideSet(files, layout, target, content, version);
    requireReadable(files, `${layout.sets}/${written}`, target);
    makeStableLinks(files, layout, names);
    if (current !== undefined) pointLink(files, layout, layout.previous, current);
    switchCurrent(files, layout, written);
    log?.info(
      { directory: target.directory, version: written, previousVersion: current },
      'certificate set deployed',
    );
    return { version: written, previousVersion: current, changed: true };
  });
}

/** Makes an earlier set current again. Throws RenewdError `deploy-failed` when it is not there or not whole. */
export function restoreSet(target: DeployTarget, version: string, files: Files, log?: Logger): Deployment {
  return deployFailures(() => {
    requireVersion(version);
    const layout = layoutOf(target.directory);
    const directory = `${layout.sets}/${version}`;
    if (files.lstat(directory)?.kind !== 'directory')
      throw failed(`there is no set ${directory} to go back to`);
    const present = readSet(files, directory, setFiles);
    const key = present.get('privkey.pem');
    const leaf = present.get('fullchain.pem') ?? present.get('cert.pem');
    if (key !== undefined && leaf !== undefined) requirePair(key, leaf, directory);
    removeLeftovers(files, layout);
    const current = linkedVersion(files, layout.current);
    if (current === version) return { version, previousVersion: undefined, changed: false };
    switchCurrent(files, layout, version);
    log?.warn(
      { directory: target.directory, version, previousVersion: current },
      'earlier certificate set put back',
    );
    return { version, previousVersion: current, changed: true };
  });
}

export interface CurrentSet {
  readonly version: string;
  /** With the version resolved: files below it belong together whatever happens meanwhile. */
  readonly directory: string;
}

/** Throws RenewdError `deploy-failed` when `.current` is not ours. */
export function currentSet(target: Pick<DeployTarget, 'directory'>, files: Files): CurrentSet | undefined {
  return deployFailures(() => {
    const layout = layoutOf(target.directory);
    const version = linkedVersion(files, layout.current);
    return version === undefined ? undefined : { version, directory: `${layout.sets}/${version}` };
  });
}

/**
 * Removes old sets except the newest `keep` beside the current one; never the current or the previous one. Also names
 * that the current set no longer has. Returns the versions removed.
 */
export function pruneSets(
  target: Pick<DeployTarget, 'directory'>,
  keep: number,
  files: Files,
): readonly string[] {
  return deployFailures(() => {
    const layout = layoutOf(target.directory);
    if (files.lstat(layout.sets) === undefined) return [];
    const current = linkedVersion(files, layout.current);
    // Without a current set nobody can say which one is needed.
    if (current === undefined) return [];
    removeDeadLinks(files, layout);
    const previous = previousOf(files, layout, current);
    const earlier = files
      .list(layout.sets)
      .filter((name) => !name.startsWith('.') && name !== current && name !== previous)
      .map((version) => ({ version, mtimeMs: files.lstat(`${layout.sets}/${version}`)?.mtimeMs ?? 0 }))
      .toSorted((left, right) => right.mtimeMs - left.mtimeMs || (left.version < right.version ? 1 : -1));
    const surplus = earlier
      .slice(Math.max(0, keep - (previous === undefined ? 0 : 1)))
      .map(({ version }) => version);
    for (const version of surplus) {
      // Renamed first: half a set must not look like a whole one.
      const doomed = `${layout.sets}/${temporaryPrefix}${version}`;
      files.remove(doomed);
      files.rename(`${layout.sets}/${version}`, doomed);
      files.remove(doomed);
    }
    if (surplus.length > 0) files.syncDirectory(layout.sets);
    return surplus;
  });
}

function prepareDirectory(files: Files, layout: Layout, target: DeployTarget): void {
  const ownership = ownershipOf(target, directoryMode(target));
  for (const path of [layout.directory, layout.sets]) {
    const stat = files.lstat(path);
    if (stat === undefined) {
      files.makeDirectory(path, ownership);
      files.syncDirectory(dirname(path));
    } else if (stat.kind !== 'directory') throw failed(`${path} must be a directory and is a ${stat.kind}`);
  }
  removeLeftovers(files, layout);
}

function requireSpace(files: Files, layout: Layout, content: SetContent): void {
  const needed = freeBytesMargin + 2 * [...content.values()].reduce((sum, { length }) => sum + length, 0);
  const free = files.freeBytes(layout.directory);
  if (free < needed)
    throw failed(`${layout.directory} has ${free} bytes of free space; ${needed} are needed`);
}

/** Where it says who reads the files: before anything is switched, and not by finding out from a server that fails. */
function requireReadable(files: Files, directory: string, target: DeployTarget): void {
  if (target.readableBy === undefined) return;
  const paths = commonFiles(target).map((name) => `${directory}/${name}`);
  const why = files.whyUnreadable(paths, target.readableBy);
  if (why !== undefined) throw failed(`${why}; nothing was switched`);
}

/** A complete set with this content, written now or left by an interrupted deployment. Returns its version. */
function provideSet(
  files: Files,
  layout: Layout,
  target: DeployTarget,
  content: SetContent,
  version: string,
): string {
  if (isSameSet(files, `${layout.sets}/${version}`, content, target)) {
    // It has its name; whether the name is on the disk yet, the interruption left open.
    files.syncDirectory(layout.sets);
    return version;
  }
  const free = freeVersion(files, layout, version);
  const toWrite = [...content].map(([file, text]) => ({
    file,
    content: text,
    ownership: fileOwnership(target, file),
  }));
  writeSet(files, layout, free, toWrite, ownershipOf(target, directoryMode(target)));
  return free;
}

function previousOf(files: Files, layout: Layout, current: string): string | undefined {
  const previous = linkedVersion(files, layout.previous);
  return previous === undefined ||
    previous === current ||
    files.lstat(`${layout.sets}/${previous}`) === undefined
    ? undefined
    : previous;
}

function failed(message: string): RenewdError {
  return new RenewdError('deploy-failed', message);
}

/** Trouble with files here is a failed deployment. */
function deployFailures<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RenewdError && error.code === 'file-failed') {
      throw new RenewdError('deploy-failed', error.message, { cause: error, fields: error.fields });
    }
    throw error;
  }
}
