/** What is in a backup, so that a restore knows whether it is whole. */
import { RenewdError } from '../core/errors.ts';

export const manifestFile = 'manifest.json';
export const storeFile = 'renewd.db';
export const keysDirectory = 'keys';
const format = 'renewd-backup-1';
/** 100 000 keys have 15 MB. */
export const manifestBytesMax = 64 * 1024 * 1024;

export interface FileFacts {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Manifest {
  readonly takenAt: Date;
  /** Of the renewd that made it. */
  readonly version: string;
  readonly store: FileFacts;
  /** By file name below `keys/`. */
  readonly keys: ReadonlyMap<string, FileFacts>;
}

export function writeManifest({ takenAt, version, store, keys }: Manifest): string {
  return `${JSON.stringify({ format, takenAt, version, store, keys: [...keys].map(([file, facts]) => ({ file, ...facts })) }, null, 2)}\n`;
}

/** Throws RenewdError `backup-unusable`. */
export function readManifest(text: string, path: string): Manifest {
  const wrong = (what: string) => new RenewdError('backup-unusable', `${path}: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new RenewdError('backup-unusable', `${path} is no JSON`, { cause: thrown });
  }
  if (!isRecord(value) || value['format'] !== format) throw wrong(`is no manifest of the format ${format}`);
  const { takenAt, version, store, keys } = value;
  if (typeof takenAt !== 'string' || Number.isNaN(Date.parse(takenAt))) throw wrong('`takenAt` is no date');
  if (typeof version !== 'string') throw wrong('`version` is missing');
  if (!isFacts(store)) throw wrong('`store` does not say size and hash');
  if (!Array.isArray(keys)) throw wrong('`keys` is no list');
  const byFile = new Map<string, FileFacts>();
  for (const key of keys) {
    // The name becomes a path below the key directory.
    if (!isFacts(key) || typeof key['file'] !== 'string' || !/^[\w][\w.-]*\.pem$/.test(key['file'])) {
      throw wrong('`keys` has an entry that names no key file with its size and hash');
    }
    byFile.set(key['file'], { bytes: key.bytes, sha256: key.sha256 });
  }
  return {
    takenAt: new Date(takenAt),
    version,
    store: { bytes: store.bytes, sha256: store.sha256 },
    keys: byFile,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isFacts(value: unknown): value is FileFacts & Fields {
  return (
    isRecord(value) && Number.isSafeInteger(value['bytes']) && /^[0-9a-f]{64}$/.test(String(value['sha256']))
  );
}
