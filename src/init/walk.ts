/** The files below a directory, for looking at: bounded in depth and number, without following links out of the way. */
import type { Files } from '../contracts/platform.ts';
import type { Refused } from './found.ts';

const depthMax = 6;
const entriesMax = 20_000;
export const fileBytesMax = 256 * 1024;

export interface Walk {
  /** Absolute paths of regular files, and of links to regular files. */
  readonly paths: readonly string[];
  readonly refused: readonly Refused[];
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const odd = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Never throws. `what` is for people: "pairs", "server configurations". */
export function walk(
  root: string,
  files: Pick<Files, 'list' | 'lstat' | 'stat'>,
  limits = { depthMax, entriesMax },
): Walk {
  const paths: string[] = [];
  const refused: Refused[] = [];
  let seen = 0;
  const visit = (directory: string, depth: number): void => {
    let names: readonly string[];
    try {
      names = files.list(directory);
    } catch (thrown) {
      refused.push({ where: directory, why: thrown instanceof Error ? thrown.message : 'cannot be listed' });
      return;
    }
    for (const name of names) {
      seen += 1;
      if (seen > limits.entriesMax) return;
      const path = `${directory === '/' ? '' : directory}/${name}`;
      if (odd.test(name)) {
        refused.push({ where: JSON.stringify(path), why: 'its name has control characters' });
        continue;
      }
      const kind = kindAt(path, files);
      if (kind === 'file') paths.push(path);
      else if (kind === 'directory' && depth < limits.depthMax) visit(path, depth + 1);
      else if (kind === 'directory')
        refused.push({ where: path, why: `it lies more than ${limits.depthMax} directories deep` });
    }
  };
  visit(root, 1);
  if (seen > limits.entriesMax)
    refused.push({
      where: root,
      why: `only the first ${limits.entriesMax} files and directories were looked at`,
    });
  return { paths, refused };
}

/** A link to a directory is not followed: it could lead in a circle. */
function kindAt(path: string, files: Pick<Files, 'lstat' | 'stat'>): 'file' | 'directory' | undefined {
  try {
    const own = files.lstat(path)?.kind;
    if (own === 'file' || own === 'directory') return own;
    return own === 'symlink' && files.stat(path)?.kind === 'file' ? 'file' : undefined;
  } catch {
    // It may not be looked at, or is a loop of links: nothing to take over.
    return undefined;
  }
}
