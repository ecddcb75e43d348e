/** Writes the files of a proposal, never over something that is there unless that was said. */
import { dirname } from 'node:path';
import type { Files } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';

export interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface Written {
  /** Where it is now. */
  readonly path: string;
  /** The file that was there already and stayed; absent: there was none, or it was replaced. */
  readonly beside?: string;
}

const besideMax = 100;

type Writer = Pick<Files, 'lstat' | 'makeDirectory' | 'writeNew' | 'rename' | 'remove' | 'syncDirectory'>;

function freeBeside(path: string, files: Writer): string {
  for (let count = 1; count <= besideMax; count += 1) {
    const candidate = `${path}.new${count === 1 ? '' : `-${count}`}`;
    if (files.lstat(candidate) === undefined) return candidate;
  }
  throw new RenewdError(
    'file-failed',
    `there are ${besideMax} proposals beside ${path} already; remove some`,
  );
}

/** Throws RenewdError `file-failed`. */
export function writeFile({ path, text, mode }: NewFile, force: boolean, files: Writer): Written {
  files.makeDirectory(dirname(path), { mode: 0o750 });
  const present = files.lstat(path) !== undefined;
  if (!present) {
    files.writeNew(path, text, { mode });
    files.syncDirectory(dirname(path));
    return { path };
  }
  const beside = freeBeside(path, files);
  files.writeNew(beside, text, { mode });
  if (force) files.rename(beside, path);
  files.syncDirectory(dirname(path));
  return force ? { path } : { path: beside, beside: path };
}
