/** Which files the `inventory` patterns name, and how to tell that one has changed. */
import { globSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';

export const maxInventoryFiles = 10_000;

export function isPattern(text: string): boolean {
  return /[*?[\]{}!]/.test(text);
}

/** Absolute paths in alphabetical order (by code unit); hidden files and directories are not matched by a pattern. */
export function matchFiles(pattern: string): readonly string[] {
  return globSync(pattern)
    .map((path) => resolve(path))
    .filter((path) => !basename(path).startsWith('.') && isNoDirectory(path))
    .sort((a, b) => (a < b ? -1 : 1));
}

function isNoDirectory(path: string): boolean {
  try {
    return !statSync(path).isDirectory();
  } catch {
    // A dangling link or an unreadable directory: reading it will say what is wrong.
    return true;
  }
}

/** The file that a path leads to, so that one file named twice is read once. */
export function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** By path: what was to be seen of a file without reading it. Another text: it changed, appeared or went away. */
export type FileStamps = Readonly<Record<string, string>>;

export function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

/** Of the files, and of all that the patterns match. */
export function stampsOf(files: readonly string[], globs: readonly string[]): FileStamps {
  const matched = globs.flatMap((glob) => (isPattern(glob) ? matchFiles(glob) : [glob]));
  return Object.fromEntries([...files, ...matched].map((path) => [path, stampOf(path)]));
}
