/**
 * What the contract suite does not ask of CentralNic Reseller's providers, against the vendor's simulator: operations,
 * immediate issuance, product facts, discarding and migrating sub-certificates.
 */
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Provider } from '../../src/contracts/provider.ts';
import { manifest as v2 } from '../../src/providers/rrpproxy/index.ts';
import { classes } from '../../src/providers/rrpproxy/products.ts';
import { manifest as v1 } from '../../src/providers/rrpproxy-v1/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { v1Facts, v2Facts } from './rrpproxy-facts.ts';
import { never, openWorld, type World } from './provider/world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end();
});

async function world2(): Promise<World> {
  const world = await openWorld({ vendor: v2Facts, open: v2.create });
  worlds.push(world);
  return world;
}

async function world1(): Promise<World> {
  const world = await openWorld({ vendor: v1Facts, open: v1.create });
  worlds.push(world);
  return world;
}

async function run(
  provider: Provider,
  name: string,
  given: Readonly<Record<string, readonly string[]>> = {},
): Promise<unknown> {
  const operation = provider.operations?.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return (await operation.run(given, never)).data;
}
