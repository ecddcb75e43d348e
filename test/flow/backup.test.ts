/** A backup made in the middle of things, restored on a machine that has nothing: every order goes on where it was. */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backUp } from '../../src/backup/back-up.ts';
import type { Manifest } from '../../src/backup/manifest.ts';
import { restore, type Restored } from '../../src/backup/restore.ts';
import { dayMs } from '../../src/core/durations.ts';
import type { RenewalState } from '../../src/core/renewal.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { emptyRecord } from '../../src/renewal/commit.ts';
import { checkStore, copyStore, placeStore } from '../../src/store/sqlite/copy.ts';
import { showsPaidTerm } from '../builders/accounts.ts';
import { assertWorld, ordersByKey, paidOrders } from '../builders/assert-world.ts';
import type { ProviderName } from '../builders/inventory.ts';
import { verify } from '../builders/served-world.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import type { World } from '../builders/world/contract.ts';

interface Memory {
  readonly storePath: string;
  readonly keysDirectory: string;
}

function takeBackup(
  { clock }: World,
  { storePath, keysDirectory }: Memory,
  target: string,
): Promise<Manifest> {
  return backUp(
    { keys: keysDirectory, target },
    { files: nodeFiles, clock, version: '0.0.0', copyStore: (copy) => copyStore(storePath, copy) },
  );
}

/** What the disk has at this very moment, between two steps of the driver. */
function freeze({ directory, storePath, keysDirectory }: World): Memory {
  const frozen = { storePath: join(directory, 'frozen.db'), keysDirectory: join(directory, 'frozen-keys') };
  for (const suffix of ['', '-wal']) cpSync(`${storePath}${suffix}`, `${frozen.storePath}${suffix}`);
  if (existsSync(keysDirectory)) cpSync(keysDirectory, frozen.keysDirectory, { recursive: true });
  return frozen;
}

function restoreFrom({ storePath: store, keysDirectory: keys }: World, source: string): Promise<Restored> {
  return restore({ source, keys, store }, { files: nodeFiles, checkStore, placeStore });
}

/** Only the store was lost: what is deployed stays. */
function keepDeployed({ directory }: World): void {
  cpSync(join(directory, 'tls'), join(directory, 'kept'), { recursive: true, verbatimSymlinks: true });
}

async function restoreBeside(world: World, source: string): Promise<void> {
  const { directory } = world;
  cpSync(join(directory, 'kept'), join(directory, 'tls'), { recursive: true, verbatimSymlinks: true });
  await restoreFrom(world, source);
}

const orders = /^(AddCertificate|POST \/certificate|CreateSSLCert|POST \/ssl-certificate)$/;

/** A first order, as it was when it came into a state. */
async function caughtIn(
  state: RenewalState,
  provider: ProviderName = 'cnr',
): Promise<{ readonly world: World; readonly memory: Memory }> {
  const world = await createWorld({ internetx: showsPaidTerm });
  let memory: Memory | undefined;
  world.onPassage = ({ to }) => {
    if (to !== state || memory !== undefined) return;
    memory = freeze(world);
    // The last that this machine did.
    world.life.dead = true;
    world.life.struck = true;
  };
  let sending = false;
  if (state === 'order-unconfirmed') {
    world.interfere((vendor, command) => {
      // With `checkonly` the same command tells the price first; that one comes through.
      sending ||= world.passages.some(({ to }) => to === 'ordering');
      if (!sending || memory !== undefined || !orders.test(command)) return undefined;
      return { kind: 'lose-answer', vendor, command };
    });
  }
  await world.configure([{ name: 'shop', provider }]);
  await world.run(() => memory !== undefined);
  if (memory === undefined) throw new Error(`never ${state}`);
  return { world, memory };
}

const states = [
  'ordering',
  'order-unconfirmed',
  'awaiting-dcv',
  'awaiting-issuance',
  'issued',
  'verified',
  'deployed',
  'served',
] as const;

describe.each(['cnr', 'inx', 'hx', 'rs'] as const)('at %s', (provider) => {
  test.each(states)('a machine lost in the state %s goes on elsewhere', async (state) => {
    const { world, memory } = await caughtIn(state, provider);
    const target = join(world.directory, 'backup');
    await takeBackup(world, memory, target);
    await world.moveToNewMachine(async () => {
      await restoreFrom(world, target);
    });
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
    expect(await verify(world)).toMatchObject({ ok: true });
  });
});

describe('a backup from before an order', () => {
  test.each(['cnr', 'inx', 'hx', 'rs'] as const)(
    '%s: what was planned in it and bought since is found, and not bought again',
    async (provider) => {
      const world = await createWorld({ internetx: showsPaidTerm });
      let memory: Memory | undefined;
      world.onPassage = ({ from, to }) => {
        // The second of them has key and CSR.
        if (from === 'planned' && to === 'planned') memory ??= freeze(world);
      };
      await world.configure([{ name: 'shop', provider }]);
      await world.runToRest();
      expect((await world.renewal('shop')).state).toBe('served');
      if (memory === undefined) throw new Error('never planned');
      const target = join(world.directory, 'backup');
      await takeBackup(world, memory, target);
      await world.moveToNewMachine(async () => {
        await restoreFrom(world, target);
      });
      await world.runToRest();
      expect((await world.renewal('shop')).state).toBe('served');
      expect(paidOrders(world)).toBe(1);
      expect([...ordersByKey(world).values()]).toEqual([1]);
    },
  );

  test.each(['planned', 'awaiting-issuance', 'issued', 'verified', 'deployed'] as const)(
    '%s in it, and by now in place: goes on, and says so',
    async (state) => {
      const world = await createWorld();
      let memory: Memory | undefined;
      world.onPassage = ({ to }) => {
        if (to === state) memory ??= freeze(world);
      };
      await world.seed({ name: 'shop', daysLeft: 6, paidDays: 8 });
      await world.configure([{ name: 'shop' }]);
      await world.runToRest();
      if (memory === undefined) throw new Error(`never ${state}`);
      const served = world.stage.serves('shop-0.tls.test');
      const target = join(world.directory, 'backup');
      await takeBackup(world, memory, target);
      keepDeployed(world);
      await world.moveToNewMachine(() => restoreBeside(world, target));
      await world.runToRest();
      expect(await world.renewal('shop')).toMatchObject({ action: 'renew', state: 'served' });
      expect(world.stage.serves('shop-0.tls.test')).toBe(served);
      expect(paidOrders(world)).toBe(1);
    },
  );

  test('what was planned in it and not bought since is bought once', async () => {
    const { world, memory } = await caughtIn('planned');
    const target = join(world.directory, 'backup');
    await takeBackup(world, memory, target);
    await world.moveToNewMachine(async () => {
      await restoreFrom(world, target);
    });
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('renewed since: the order behind the certificate on disk is looked up, and reissued when that is due', async () => {
    const world = await createWorld();
    const paidUntil = new Date(worldStart.getTime() + 32 * dayMs);
    const { orderId, certificateId } = await world.seed({ name: 'shop', daysLeft: 31, paidDays: 32 });
    // Not due yet, but asked for by hand that its order be known.
    await world.configure([{ name: 'shop', leadMs: dayMs }]);
    const record = { ...emptyRecord('shop', 0), provider: 'cnr', product: 'ssl123dv' };
    await world.store.saveCertificates([
      { ...record, orderId: orderId ?? null, certificateId, paidUntil, orderReadAt: world.clock.now() },
    ]);
    const memory = freeze(world);
    await world.restart();
    world.clock.advance(28 * dayMs);
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action: 'renew', state: 'served' });
    expect(paidOrders(world)).toBe(1);

    const target = join(world.directory, 'backup');
    await takeBackup(world, memory, target);
    keepDeployed(world);
    await world.moveToNewMachine(() => restoreBeside(world, target));
    await world.runToRest();
    expect(await world.store.renewalsOf('shop', 9)).toEqual([]);
    const [entry] = world.driver.entries();
    world.clock.set(entry?.decision?.until ?? world.clock.now());
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', state: 'served' });
    expect(paidOrders(world)).toBe(1);
  });
});

describe('a backup', () => {
  test('is for one’s own eyes, and appears as a whole', async () => {
    const { world } = await caughtIn('awaiting-issuance');
    const target = join(world.directory, 'backup');
    const { keys, store } = await takeBackup(world, world, target);
    expect(keys.size).toBe(1);
    expect(statSync(target).mode & 0o777).toBe(0o700);
    const files = readdirSync(target, { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual(['keys', `keys/${[...keys.keys()].join('')}`, 'manifest.json', 'renewd.db']);
    for (const file of files) expect(statSync(join(target, file)).mode & 0o077).toBe(0);
    expect(statSync(join(target, 'renewd.db')).size).toBe(store.bytes);
    expect(existsSync(`${target}.unfinished`)).toBe(false);
  });

  test('takes the place of one that was cut short, and of nothing else', async () => {
    const { world } = await caughtIn('awaiting-issuance');
    const target = join(world.directory, 'backup');
    nodeFiles.makeDirectory(`${target}.unfinished`, { mode: 0o700 });
    writeFileSync(`${target}.unfinished/renewd.db`, 'half');
    await takeBackup(world, world, target);
    await expect(takeBackup(world, world, target)).rejects.toMatchObject({
      code: 'backup-unusable',
      message: expect.stringContaining('exists'),
    });
  });
});

describe('a restore refuses, and changes nothing', () => {
  const damages: readonly (readonly [string, RegExp, (backup: string, world: World) => void])[] = [
    ['a backup without its list', /manifest\.json/, (backup) => rmSync(join(backup, 'manifest.json'))],
    ['a list that is none', /no JSON/, (backup) => writeFileSync(join(backup, 'manifest.json'), '{')],
    ['another list', /format/, (backup) => writeFileSync(join(backup, 'manifest.json'), '{"format":"x"}')],
    ['a store with other content', /renewd\.db/, (backup) => appendFileSync(join(backup, 'renewd.db'), 'x')],
    [
      'a store that is none',
      /renewd\.db/,
      (backup) => writeFileSync(join(backup, 'renewd.db'), 'x'.repeat(4096)),
    ],
    ['a key that is gone', /is gone/, (backup) => rmSync(keyIn(backup))],
    ['a key with other content', /not what was backed up/, (backup) => appendFileSync(keyIn(backup), '\n')],
    [
      'a key file name that climbs',
      /names no key file/,
      (backup) =>
        writeFileSync(
          join(backup, 'manifest.json'),
          JSON.stringify({
            format: 'renewd-backup-1',
            takenAt: '2026-12-01T12:00:00Z',
            version: '0',
            store: { bytes: 1, sha256: '0'.repeat(64) },
            keys: [{ file: '../x.pem', bytes: 1, sha256: '0'.repeat(64) }],
          }),
        ),
    ],
    ['where a store is', /exists; stop renewd/, (_, { storePath }) => writeFileSync(storePath, '')],
    [
      'where the rest of a store is',
      /-wal exists/,
      (_, { storePath }) => writeFileSync(`${storePath}-wal`, ''),
    ],
    [
      'where another key has the name',
      /another key/,
      (backup, { keysDirectory }) => {
        nodeFiles.makeDirectory(keysDirectory, { mode: 0o700 });
        const name = readdirSync(join(backup, 'keys'))[0] ?? '';
        writeFileSync(join(keysDirectory, name), 'another');
        chmodSync(join(keysDirectory, name), 0o600);
      },
    ],
  ];

  function keyIn(backup: string): string {
    return join(backup, 'keys', readdirSync(join(backup, 'keys'))[0] ?? '');
  }

  test.each(damages)('%s', async (_, message, damage) => {
    const { world } = await caughtIn('awaiting-issuance');
    const backup = join(world.directory, 'backup');
    await takeBackup(world, world, backup);
    await world.moveToNewMachine(async () => {
      damage(backup, world);
      const before = everything(world);
      await expect(restoreFrom(world, backup)).rejects.toThrow(message);
      expect(everything(world)).toEqual(before);
      for (const suffix of ['', '-wal']) rmSync(`${world.storePath}${suffix}`, { force: true });
      rmSync(world.keysDirectory, { recursive: true, force: true });
    });
  });

  function everything({ storePath, keysDirectory }: World): readonly string[] {
    const keys = existsSync(keysDirectory) ? readdirSync(keysDirectory) : [];
    return [storePath, `${storePath}-wal`].filter((path) => existsSync(path)).concat(keys);
  }
});
