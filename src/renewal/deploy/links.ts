/** Reading and switching the links of a deploy directory. */
import type { Files } from '../../contracts/platform.ts';
import { RenewdError } from '../../core/errors.ts';
import { currentName, linkTarget, temporaryPrefix, versionOfTarget, type Layout } from './layout.ts';

/** The version a set link leads to; undefined without a link. Throws RenewdError when something foreign has its name. */
export function linkedVersion(files: Files, link: string): string | undefined {
  const stat = files.lstat(link);
  if (stat === undefined) return undefined;
  const target = stat.kind === 'symlink' ? files.readLink(link) : undefined;
  const version = target === undefined ? undefined : versionOfTarget(target);
  if (version === undefined) {
    throw new RenewdError('deploy-failed', `${link} is in the way: it is not a link that renewd made`);
  }
  return version;
}

/** One rename: readers see the old set or the new one. Durable only after the directory was synced. */
export function pointLink(files: Files, layout: Layout, link: string, version: string): void {
  replaceByLink(files, layout, link, linkTarget(version));
}

/** The switch that counts: one rename, then synced. */
export function switchCurrent(files: Files, layout: Layout, version: string): void {
  pointLink(files, layout, layout.current, version);
  files.syncDirectory(layout.directory);
}

function stableTarget(file: string): string {
  return `${currentName}/${file}`;
}

/** What stands at a stable name. */
export type StableName = 'absent' | 'linked' | 'regular-file';

/** Throws RenewdError when something else is there: removing it is for its owner to decide. */
export function lookAtStableName(files: Files, layout: Layout, file: string): StableName {
  const path = `${layout.directory}/${file}`;
  const stat = files.lstat(path);
  if (stat === undefined) return 'absent';
  if (stat.kind === 'file') return 'regular-file';
  if (stat.kind === 'symlink' && files.readLink(path) === stableTarget(file)) return 'linked';
  const what = stat.kind === 'symlink' ? `a link to ${files.readLink(path) ?? 'nothing'}` : `a ${stat.kind}`;
  throw new RenewdError('deploy-failed', `${path} is in the way: it is ${what}; move it elsewhere`);
}

/** Makes every stable name a link. Regular files must hold what the link leads to already. Returns whether any was made. */
export function makeStableLinks(files: Files, layout: Layout, names: readonly string[]): boolean {
  let made = false;
  for (const file of names) {
    if (lookAtStableName(files, layout, file) === 'linked') continue;
    replaceByLink(files, layout, `${layout.directory}/${file}`, stableTarget(file));
    made = true;
  }
  if (made) files.syncDirectory(layout.directory);
  return made;
}

/** Removes links of ours that lead to nothing: names that sets had before the configuration changed. */
export function removeDeadLinks(files: Files, layout: Layout): void {
  const dead = files.list(layout.directory).filter((name) => {
    const path = `${layout.directory}/${name}`;
    return (
      !name.startsWith('.') && files.readLink(path) === stableTarget(name) && files.stat(path) === undefined
    );
  });
  for (const name of dead) files.remove(`${layout.directory}/${name}`);
  if (dead.length > 0) files.syncDirectory(layout.directory);
}

function replaceByLink(files: Files, layout: Layout, path: string, target: string): void {
  const temporary = `${layout.directory}/${temporaryPrefix}link`;
  files.symlink(target, temporary);
  files.rename(temporary, path);
}
