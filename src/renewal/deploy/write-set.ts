/** Writes one set beside the others: complete and synced before it gets its name. */
import type { Files, Ownership } from '../../contracts/platform.ts';
import { RenewdError } from '../../core/errors.ts';
import { temporaryPrefix, type Layout } from './layout.ts';
import { readSet } from './set-content.ts';

export interface SetFileToWrite {
  readonly file: string;
  readonly content: string;
  readonly ownership: Ownership;
}

/** Several suffixes are tried when a version name is taken by other content, as after tampering with a set. */
const versionsMax = 100;

/**
 * Order of steps: files (each synced), their directory, reading everything back, the rename, the directory above.
 * A set that has its final name is whole.
 */
export function writeSet(
  files: Files,
  layout: Layout,
  version: string,
  toWrite: readonly SetFileToWrite[],
  directoryOwnership: Ownership,
): void {
  const temporary = `${layout.sets}/${temporaryPrefix}${version}`;
  files.makeDirectory(temporary, directoryOwnership);
  for (const { file, content, ownership } of toWrite) {
    files.writeNew(`${temporary}/${file}`, Buffer.from(content, 'latin1'), ownership);
  }
  files.syncDirectory(temporary);
  const present = readSet(
    files,
    temporary,
    toWrite.map(({ file }) => file),
  );
  for (const { file, content } of toWrite) {
    if (present.get(file) !== content) {
      throw new RenewdError('deploy-failed', `${temporary}/${file} does not hold what was written into it`);
    }
  }
  files.rename(temporary, `${layout.sets}/${version}`);
  files.syncDirectory(layout.sets);
}

/** `wanted`, or the first of wanted-2, wanted-3, … that no set has. */
export function freeVersion(files: Files, layout: Layout, wanted: string): string {
  for (let number = 1; number <= versionsMax; number += 1) {
    const version = number === 1 ? wanted : `${wanted}-${number}`;
    if (files.lstat(`${layout.sets}/${version}`) === undefined) return version;
  }
  throw new RenewdError(
    'deploy-failed',
    `${layout.sets} holds ${versionsMax} sets named ${wanted}; prune them`,
  );
}

/** What an interrupted deployment left. */
export function removeLeftovers(files: Files, layout: Layout): void {
  for (const directory of [layout.directory, layout.sets]) {
    for (const name of files.list(directory)) {
      if (name.startsWith(temporaryPrefix)) files.remove(`${directory}/${name}`);
    }
  }
}
