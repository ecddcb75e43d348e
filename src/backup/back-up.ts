/**
 * A copy of what must not be lost: the store and the keys, as they were at one moment, while the daemon may be running.
 * The store is copied first: keys only ever appear, so the keys copied after it are all that it knows.
 */
import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Clock, Files } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';
import {
  keysDirectory,
  manifestFile,
  storeFile,
  writeManifest,
  type FileFacts,
  type Manifest,
} from './manifest.ts';

/** More is no key (RSA-4096 in PKCS #8 PEM has 3.3 KB). */
export const keyBytesMax = 64 * 1024;
const privateFile = { mode: 0o600 } as const;
const privateDirectory = { mode: 0o700 } as const;

export interface BackupPlaces {
  /** The daemon's directory of keys. */
  readonly keys: string;
  /** To be made; a whole backup has this name, an unfinished one never. */
  readonly target: string;
}

export interface BackupDependencies {
  readonly files: Files;
  readonly clock: Clock;
  readonly version: string;
  /** A copy of the store at one moment, synced. */
  readonly copyStore: (target: string) => Promise<FileFacts>;
}

/** Throws RenewdError `backup-unusable` when there is something at the target, `file-failed`, `store-failed`. */
export async function backUp(places: BackupPlaces, dependencies: BackupDependencies): Promise<Manifest> {
  const { files, clock, version, copyStore } = dependencies;
  const { target } = places;
  if (files.lstat(target) !== undefined) {
    throw new RenewdError('backup-unusable', `${target} exists; a backup is only made where nothing is`);
  }
  const unfinished = `${target}.unfinished`;
  files.remove(unfinished);
  files.makeDirectory(unfinished, privateDirectory);
  const takenAt = clock.now();
  const store = await copyStore(join(unfinished, storeFile));
  const keys = copyKeys(files, places.keys, join(unfinished, keysDirectory));
  const manifest = { takenAt, version, store, keys };
  files.writeNew(join(unfinished, manifestFile), writeManifest(manifest), privateFile);
  files.syncDirectory(unfinished);
  files.rename(unfinished, target);
  files.syncDirectory(dirname(target));
  return manifest;
}

function copyKeys(files: Files, from: string, to: string): ReadonlyMap<string, FileFacts> {
  const keys = new Map<string, FileFacts>();
  files.makeDirectory(to, privateDirectory);
  const names = files.lstat(from) === undefined ? [] : files.list(from);
  for (const name of names.filter((file) => file.endsWith('.pem'))) {
    const content = files.read(join(from, name), keyBytesMax);
    if (content === undefined) continue;
    files.writeNew(join(to, name), content, privateFile);
    keys.set(name, factsOf(content));
  }
  files.syncDirectory(to);
  return keys;
}

export function factsOf(content: Uint8Array): FileFacts {
  return { bytes: content.byteLength, sha256: hash('sha256', content, 'hex') };
}
