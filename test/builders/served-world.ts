/** Receipts and their verifier, as tests of whole worlds use them. */
import { readFileSync } from 'node:fs';
import { audit, type AuditOptions } from '../../src/audit/audit.ts';
import { readReceipt } from '../../src/audit/chain.ts';
import type { Disk } from '../../src/audit/files.ts';
import type { AuditReport } from '../../src/audit/report.ts';
import type { Receipt } from '../../src/core/receipt.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { createWorld } from './world.ts';
import type { Seed, World } from './world/contract.ts';
import type { Wanted } from './inventory.ts';

export async function newestReceipt(world: World, name = 'shop'): Promise<Receipt> {
  const sealed = await world.store.newestReceipt(name);
  if (sealed === undefined) throw new Error('no receipt');
  return readReceipt(sealed);
}

export function verify(
  { store, configuration, keysDirectory }: World,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const disk: Disk = {
    files: nodeFiles,
    readKey: (keyId) => readFileSync(`${keysDirectory}/${keyId}.pem`, 'utf8'),
  };
  return audit({ store, disk, inventory: configuration.certificates }, options);
}

/** A world in which one certificate was just served. */
export async function servedWorld(wanted: Wanted = { name: 'shop' }, seed?: Seed): Promise<World> {
  const world = await createWorld();
  if (seed !== undefined) await world.seed(seed);
  await world.configure([wanted]);
  await world.runToRest();
  return world;
}

/** Where the first set of "shop" lies. */
export function directoryOf(world: World): string {
  return world.managed('shop').deploy[0]?.directory ?? '';
}
