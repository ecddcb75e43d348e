/** The store's file before SQLite sees it: it holds order data and evidence, so nobody else may read it. */
import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileFailure, storeFailed } from './failures.ts';

const fileMode = 0o600;
const directoryMode = 0o700;

/** Creates directory and file where they are missing. SQLite gives its -wal and -shm files the same mode. */
export function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: directoryMode });
    closeSync(openSync(path, 'ax', fileMode));
    syncDirectory(dirname(path));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return;
    throw fileFailure(path, thrown);
  }
}

/** False only when that is certain: what may not be looked at throws `store-failed`. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    throw fileFailure(path, thrown);
  }
}

/** A clear word before SQLite's "unable to open database file". */
export function requireFile(path: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (thrown) {
    throw fileFailure(path, thrown);
  }
  if (!isFile) throw storeFailed(path, 'it is not a file', 'Check `store.sqlite` in the configuration.');
}

/** Otherwise the new name may be gone after a power cut, and with it everything that was committed. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
