/**
 * Files that were in the directory before renewd, or that someone put over our links: they become a set of their own,
 * so that a rollback can bring them back and no reader sees a change before the real switch.
 */
import type { DeployTarget } from '../../core/certificate.ts';
import type { Files, Ownership } from '../../contracts/platform.ts';
import { adoptedVersion, type Layout } from './layout.ts';
import { linkedVersion, lookAtStableName, makeStableLinks, switchCurrent } from './links.ts';
import { directoryMode, fileNames, holdsKey, ownershipOf, readSet, type SetContent } from './set-content.ts';
import { freeVersion, writeSet, type SetFileToWrite } from './write-set.ts';

/**
 * Three steps, none of which changes what any stable name reads as: copy what the names lead to into a new set, switch
 * `.current` to it, replace each regular file by its link. An interruption anywhere is taken up by the next call.
 */
export function adoptExistingFiles(files: Files, layout: Layout, target: DeployTarget): void {
  const names = fileNames(target);
  const regular = names.filter((file) => lookAtStableName(files, layout, file) === 'regular-file');
  if (regular.length === 0) return;
  const visible = readSet(files, layout.directory, names);
  if (!isCurrent(files, layout, regular, visible)) {
    const version = freeVersion(files, layout, adoptedVersion);
    const toWrite = names.flatMap((file): SetFileToWrite[] => {
      const content = visible.get(file);
      return content === undefined
        ? []
        : [{ file, content, ownership: presentOwnership(files, layout, file, target) }];
    });
    writeSet(files, layout, version, toWrite, ownershipOf(target, directoryMode(target)));
    switchCurrent(files, layout, version);
  }
  makeStableLinks(files, layout, names);
}

/** Whether the current set holds the same as the regular files, as after an interruption of this very procedure. */
function isCurrent(files: Files, layout: Layout, regular: readonly string[], visible: SetContent): boolean {
  if (linkedVersion(files, layout.current) === undefined) return false;
  const current = readSet(files, layout.current, regular);
  return regular.every((file) => current.get(file) === visible.get(file));
}

/** The file's own owner and mode stay; only a key that everyone could read is closed. */
function presentOwnership(files: Files, layout: Layout, file: string, target: DeployTarget): Ownership {
  const stat = files.stat(`${layout.directory}/${file}`);
  if (stat === undefined) return ownershipOf(target, target.mode);
  const mode = holdsKey(target, file) ? stat.mode & 0o740 : stat.mode & 0o755;
  return {
    mode,
    ...(stat.uid === undefined ? {} : { owner: String(stat.uid) }),
    ...(stat.gid === undefined ? {} : { group: String(stat.gid) }),
  };
}
