/**
 * Back from a backup, to a machine that has nothing yet. Everything is checked before anything is written; the store
 * comes last, so that a restore that was cut short leaves no store that would begin without its keys.
 */
import { dirname, join } from 'node:path';
import type { Files } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';
import { factsOf, keyBytesMax } from './back-up.ts';
import {
  keysDirectory,
  manifestBytesMax,
  manifestFile,
  readManifest,
  storeFile,
  type FileFacts,
  type Manifest,
} from './manifest.ts';

export interface RestorePlaces {
  readonly source: string;
  readonly keys: string;
  readonly store: string;
}

export interface RestoreDependencies {
  readonly files: Files;
  /** Size and hash of a store's file that is whole and not newer than this renewd. Throws `store-failed`, `store-newer`. */
  readonly checkStore: (path: string) => Promise<FileFacts>;
  /** Copies it so that it has its name only once it is whole and synced. */
  readonly placeStore: (source: string, target: string) => Promise<void>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Keys that were written; the others were there already. */
  readonly keysWritten: number;
}

/** Throws RenewdError `backup-unusable` before anything was changed; `file-failed`, `store-failed`. */
export async function restore(places: RestorePlaces, dependencies: RestoreDependencies): Promise<Restored> {
  const { files, checkStore, placeStore } = dependencies;
  const { source, keys, store } = places;
  const manifest = manifestIn(files, source);
  for (const path of [store, `${store}-wal`, `${store}-shm`]) {
    if (files.lstat(path) === undefined) continue;
    throw unusable(
      `${path} exists; stop renewd and move it away first, it may remember more than the backup`,
    );
  }
  const contents = readKeys(files, join(source, keysDirectory), manifest);
  const missing = [...contents].filter(([name, content]) => !isThere(files, join(keys, name), content));
  same(join(source, storeFile), manifest.store, await checkStore(join(source, storeFile)));
  if (files.lstat(keys) === undefined) {
    files.makeDirectory(keys, { mode: 0o700 });
    files.syncDirectory(dirname(keys));
  }
  for (const [name, content] of missing) files.writeNew(join(keys, name), content, { mode: 0o600 });
  files.syncDirectory(keys);
  await placeStore(join(source, storeFile), store);
  return { manifest, keysWritten: missing.length };
}

function manifestIn(files: Files, source: string): Manifest {
  const path = join(source, manifestFile);
  const bytes = files.read(path, manifestBytesMax);
  if (bytes === undefined)
    throw unusable(`there is no ${path}: it is no backup, or one that was not finished`);
  return readManifest(Buffer.from(bytes).toString('utf8'), path);
}

function readKeys(files: Files, directory: string, { keys }: Manifest): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (const [name, facts] of keys) {
    const path = join(directory, name);
    const content = files.read(path, keyBytesMax);
    if (content === undefined) throw unusable(`the key ${path} is gone`);
    same(path, facts, factsOf(content));
    contents.set(name, content);
  }
  return contents;
}

function isThere(files: Files, path: string, content: Uint8Array): boolean {
  const present = files.read(path, keyBytesMax);
  if (present === undefined) return false;
  if (Buffer.from(present).equals(content)) return true;
  throw unusable(`${path} is another key than the one in the backup; move it away first`);
}

function same(path: string, wanted: FileFacts, found: FileFacts): void {
  if (wanted.bytes === found.bytes && wanted.sha256 === found.sha256) return;
  throw unusable(
    `${path} is not what was backed up: ${found.bytes} of ${wanted.bytes} bytes, or other content`,
  );
}

function unusable(message: string): RenewdError {
  return new RenewdError('backup-unusable', message);
}
