import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../src/contracts/platform.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createKeyStore, type KeyStore } from '../../../src/pki/key-store.ts';
import { keySpkiSha256, provenSpkiSha256 } from '../../../src/pki/keys.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { handClock } from '../../builders/clocks.ts';
import { endingOf, everyFault, faultyFiles } from '../../builders/faulty-files.ts';
import { now } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

function storeIn(directory: string, files: Files = nodeFiles): KeyStore {
  return createKeyStore({ directory, files, clock: handClock(now), random: systemRandom });
}

describe('create', () => {
  test('a working key, closed to everyone else', async () => {
    const directory = `${tempDirectory()}/keys`;
    const store = storeIn(directory);
    const { keyId, spkiSha256 } = await store.create('shop', 'ecdsa-p256');
    expect(keyId).toMatch(/^shop-20261121T120000Z-[0-9a-f]{16}$/);
    expect(provenSpkiSha256(store.read(keyId))).toBe(spkiSha256);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(`${directory}/${keyId}.pem`).mode & 0o777).toBe(0o600);
    execFileSync('openssl', ['pkey', '-check', '-noout', '-in', `${directory}/${keyId}.pem`]);
    expect(store.list()).toEqual([keyId]);
  });

  test('two at the same moment are two', async () => {
    const store = storeIn(tempDirectory());
    const [one, two] = await Promise.all([
      store.create('shop', 'ecdsa-p256'),
      store.create('shop', 'ecdsa-p384'),
    ]);
    expect(one.keyId).not.toBe(two.keyId);
    expect(store.list()).toHaveLength(2);
  });

  test.each(['../../etc/cron.d/x', '.hidden', 'a/b', 'ümlaut', '', 'x'.repeat(300), 'nul\0'])(
    'the name %j stays inside',
    async (name) => {
      const directory = tempDirectory();
      const store = storeIn(directory);
      const { keyId } = await store.create(name, 'ecdsa-p256');
      expect(readdirSync(directory)).toEqual([`${keyId}.pem`]);
      expect(store.list()).toEqual([keyId]);
    },
  );

  test('not into a directory where others may exchange it', async () => {
    const directory = tempDirectory();
    chmodSync(directory, 0o770);
    await expect(storeIn(directory).create('shop', 'ecdsa-p256')).rejects.toMatchObject({
      code: 'key-unusable',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a new directory whose own name could not be synced is not written into before it is', async () => {
    const parent = tempDirectory();
    const synced: string[] = [];
    let isBroken = true;
    const keys = storeIn(`${parent}/keys`, {
      ...nodeFiles,
      syncDirectory(path) {
        if (path === parent && isBroken) throw new RenewdError('file-failed', 'cannot sync: EIO');
        synced.push(path);
      },
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(keys.create('shop', 'ecdsa-p256')).rejects.toMatchObject({ code: 'key-unusable' });
      expect(keys.list()).toEqual([]);
    }
    isBroken = false;
    await keys.create('shop', 'ecdsa-p256');
    await keys.create('shop', 'ecdsa-p256');
    expect(synced).toEqual([parent, `${parent}/keys`, `${parent}/keys`]);
  });

  test('a disk that gives back something else is noticed', async () => {
    const lying: Files = {
      ...nodeFiles,
      read: (path, max) =>
        nodeFiles.read(path, max)?.map((byte, at) => (at === 100 ? (byte === 65 ? 66 : 65) : byte)),
    };
    await expect(storeIn(tempDirectory(), lying).create('shop', 'ecdsa-p256')).rejects.toMatchObject({
      code: 'key-unusable',
    });
  });
});

describe('read', () => {
  test.each(['../secret', 'a/b', '', '.x', 'a\0b'])('%j is not an id', (keyId) => {
    expect(() => storeIn(tempDirectory()).read(keyId)).toThrow(/is not a key id/);
  });

  test('gone or damaged', () => {
    const directory = tempDirectory();
    writeFileSync(`${directory}/bad.pem`, '-----BEGIN PRIVATE KEY-----\nAAAA\n');
    expect(() => storeIn(directory).read('good')).toThrow(/is gone/);
    expect(() => storeIn(directory).read('bad')).toThrow(/no readable private key/);
  });
});

describe('prune', () => {
  test('removes only what is old and not kept', async () => {
    const directory = tempDirectory();
    const store = storeIn(directory);
    const ids: string[] = [];
    for (const name of ['old-kept', 'old', 'young']) ids.push((await store.create(name, 'ecdsa-p256')).keyId);
    const [oldKept = '', old = '', young = ''] = ids;
    const age = (keyId: string, at: Date): void => utimesSync(`${directory}/${keyId}.pem`, at, at);
    age(oldKept, new Date('2026-01-01'));
    age(old, new Date('2026-01-01'));
    age(young, new Date('2026-11-20'));
    writeFileSync(`${directory}/README`, 'not a key');
    expect(store.prune(new Set([oldKept]), new Date('2026-11-20'))).toEqual([old]);
    expect(readdirSync(directory).toSorted()).toEqual(
      ['README', `${oldKept}.pem`, `${young}.pem`].toSorted(),
    );
  });

  test('an absent directory holds nothing', () => {
    expect(storeIn(`${tempDirectory()}/none`).prune(new Set(), now)).toEqual([]);
  });
});

describe('a fault at every writing step of create', async () => {
  const counted = faultyFiles(nodeFiles);
  const scratch = mkdtempSync(join(tmpdir(), 'renewd-test-'));
  await storeIn(`${scratch}/keys`, counted.files).create('shop', 'ecdsa-p256');
  rmSync(scratch, { recursive: true });
  const cases = counted.operations.flatMap((operation, index) =>
    everyFault.map((fault) => ({ ...fault, index, step: operation.split(' ')[0] })),
  );

  test.each(cases)(
    '$step ($index), $moment, then $aftermath: earlier keys stay, what was handed out works',
    async (fault) => {
      const directory = `${tempDirectory()}/keys`;
      const healthy = storeIn(directory);
      const faulty = faultyFiles(nodeFiles, fault);
      const ending = storeIn(directory, faulty.files)
        .create('shop', 'ecdsa-p256')
        .then(({ keyId }) => `handed out ${keyId}`, endingOf);
      expect(await ending).toBe(fault.aftermath === 'crash' ? 'crash' : 'key-unusable');

      const recovered = await healthy.create('shop', 'ecdsa-p256');
      expect(keySpkiSha256(healthy.read(recovered.keyId))).toBe(recovered.spkiSha256);

      const again = faultyFiles(nodeFiles, fault);
      await storeIn(directory, again.files)
        .create('shop', 'ecdsa-p256')
        .catch(() => undefined);
      expect(keySpkiSha256(healthy.read(recovered.keyId))).toBe(recovered.spkiSha256);
    },
  );
});
