/**
 * The directory of private keys. A key is written, synced, read back and used once before its id is handed out, so an
 * id that anyone has seen always leads to a working key. Nothing is overwritten; only `prune` removes.
 */
import { dirname } from 'node:path';
import type { Clock, Files, Random } from '../contracts/platform.ts';
import type { KeyType, Secret } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { generateKey, importKey, isPrivateKey, provenSpkiSha256, type GeneratedKey } from './keys.ts';

/** RSA-4096 in PKCS #8 PEM has 3.3 KB. */
export const keyBytesMax = 64 * 1024;

const suffix = '.pem';
const idPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

export interface StoredKey {
  readonly keyId: string;
  /** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
}

export interface KeyStore {
  /** A new key on disk, proven usable. Throws RenewdError `key-unusable`. */
  create(certificateName: string, keyType: KeyType): Promise<StoredKey>;
  /** A key that came from elsewhere, on disk as PKCS #8, proven usable. Throws RenewdError `key-unusable`. */
  keep(certificateName: string, keyPem: Secret): Promise<StoredKey>;
  /** PKCS #8 PEM. Throws RenewdError `key-unusable` when it is gone or damaged. */
  read(keyId: string): string;
  /** Ids of all keys, sorted. */
  list(): readonly string[];
  /** Removes keys created before `olderThan` that are not in `keep`; returns the ids removed. */
  prune(keep: ReadonlySet<string>, olderThan: Date): readonly string[];
}

export interface KeyStoreDependencies {
  readonly directory: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
}

export function createKeyStore({ directory, files, clock, random }: KeyStoreDependencies): KeyStore {
  const pathOf = (keyId: string): string => {
    if (!idPattern.test(keyId)) throw unusable(`"${keyId}" is not a key id`);
    return `${directory}/${keyId}${suffix}`;
  };

  const read = (keyId: string): string => {
    const path = pathOf(keyId);
    const bytes = unusableOnFailure(() => files.read(path, keyBytesMax));
    if (bytes === undefined) throw unusable(`the private key ${path} is gone`);
    const pem = Buffer.from(bytes).toString('utf8');
    if (!isPrivateKey(pem)) throw unusable(`${path} holds no readable private key`);
    return pem;
  };

  const list = (): readonly string[] => {
    if (files.lstat(directory) === undefined) return [];
    return files
      .list(directory)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .filter((keyId) => idPattern.test(keyId));
  };

  /** Made by us, and its own name not yet known to be on the disk: a power cut could take all keys along. */
  let isNameUnsynced = false;

  /** Makes the directory when it is not there. Whoever may write into it may exchange keys, so nobody else may. */
  const requireOwnDirectory = (): void => {
    const stat = files.stat(directory);
    if (stat === undefined) {
      files.makeDirectory(directory, { mode: 0o700 });
      isNameUnsynced = true;
    } else if ((stat.mode & 0o022) !== 0) {
      throw unusable(`the key directory ${directory} is writable for others: chmod 0700 it`);
    }
    if (isNameUnsynced) files.syncDirectory(dirname(directory));
    isNameUnsynced = false;
  };

  const write = (certificateName: string, key: GeneratedKey): StoredKey => {
    const keyId = newKeyId(certificateName, clock, random);
    return unusableOnFailure(() => {
      requireOwnDirectory();
      files.writeNew(pathOf(keyId), key.pem, { mode: 0o600 });
      files.syncDirectory(directory);
      if (provenSpkiSha256(read(keyId)) !== key.spkiSha256) {
        throw unusable(`the private key ${pathOf(keyId)} cannot be used as it was written`);
      }
      return { keyId, spkiSha256: key.spkiSha256 };
    });
  };

  return {
    async create(certificateName, keyType) {
      return write(certificateName, await generateKey(keyType));
    },
    async keep(certificateName, keyPem) {
      const key = importKey(keyPem.reveal());
      if (key === undefined) throw unusable('the key that the provider made cannot be read');
      return write(certificateName, key);
    },

    read,
    list,

    prune(keep, olderThan) {
      const removed: string[] = [];
      for (const keyId of list()) {
        const stat = files.lstat(pathOf(keyId));
        if (keep.has(keyId) || stat === undefined || stat.mtimeMs >= olderThan.getTime()) continue;
        files.remove(pathOf(keyId));
        removed.push(keyId);
      }
      if (removed.length > 0) files.syncDirectory(directory);
      return removed;
    },
  };
}

/** "shop-20261121T101500Z-9f86d081": sortable within a certificate, safe as a file name, never used twice. */
function newKeyId(certificateName: string, clock: Clock, random: Random): string {
  const safeName =
    certificateName
      .replaceAll(/[^A-Za-z0-9_.-]/g, '_')
      .replace(/^[.-]/, '_')
      .slice(0, 120) || '_';
  const time = clock
    .now()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '');
  return `${safeName}-${time}-${Buffer.from(random.bytes(8)).toString('hex')}`;
}

function unusable(message: string, cause?: unknown): RenewdError {
  return new RenewdError('key-unusable', message, { cause });
}

/** A file failure at this place is a key failure; anything else passes. */
function unusableOnFailure<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RenewdError && error.code === 'file-failed') throw unusable(error.message, error);
    throw error;
  }
}
