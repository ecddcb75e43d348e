/** Faults at every write point between "the key was stolen" and "the old certificate is revoked". */
import { describe, expect, test } from 'vitest';
import { assertWorld, deployedFingerprint } from '../builders/assert-world.ts';
import {
  deployedKey,
  revocationCommands,
  revocationsSettled,
  sayCompromised,
} from '../builders/compromise.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import type { Injection, Injury, PointCall } from '../builders/write-points.ts';

interface Before {
  readonly world: World;
  readonly key: string;
  readonly fingerprint: string;
}

/** A certificate with a key that is reused, served; the process that injuries happen to begins afterwards. */
async function served(injection?: Injection): Promise<Before> {
  const world = await createWorld();
  await world.configure([{ name: 'shop', key: { reuse: true } }]);
  await world.runToRest();
  const fingerprint = deployedFingerprint(`${world.directory}/tls/shop`) ?? '';
  const key = deployedKey(world);
  await world.restart(injection);
  await world.step();
  return { world, key, fingerprint };
}

/** The operator says it again when the command ended with an error. */
async function sayUntilStored(world: World): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await sayCompromised(world);
      return;
    } catch (thrown) {
      if (!world.life.struck && !world.life.dead) throw thrown;
      if (world.life.dead) await world.restart();
    }
  }
}

async function toTheEnd({ world, fingerprint }: Before): Promise<void> {
  if (world.life.dead) await world.restart();
  await sayUntilStored(world);
  const ending = async (): Promise<boolean> => {
    const old = (await world.store.revocationsDue()).find((row) => row.fingerprint256 === fingerprint);
    const isThere = deployedFingerprint(`${world.directory}/tls/shop`) === fingerprint;
    if (isThere && old?.state !== 'due')
      throw new Error(`${old?.state ?? 'gone'} although no successor is served`);
    return revocationsSettled(world);
  };
  await world.run(ending, { steps: 400 });
  if (world.life.dead) {
    await world.restart();
    await world.run(ending, { steps: 400 });
  }
  await world.runToRest();
}

async function assertEnd({ world, key, fingerprint }: Before): Promise<void> {
  expect(await world.renewal('shop')).toMatchObject({ state: 'served' });
  expect(deployedKey(world)).not.toBe(key);
  expect(await world.store.revocationsDue()).toMatchObject([{ fingerprint256: fingerprint, state: 'done' }]);
  expect(revocationCommands(world), 'revoked exactly once').toBe(1);
  const sent = (await world.store.renewalsOf('shop', 99)).filter(({ spkiSha256 }) => spkiSha256 === key);
  expect(sent, 'renewals with the stolen key').toHaveLength(1);
  await assertWorld(world);
}

async function record(): Promise<readonly PointCall[]> {
  const before = await served();
  await toTheEnd(before);
  const calls = [...before.world.life.calls];
  await assertEnd(before);
  await before.world.close();
  return calls;
}

async function troubleWith(call: PointCall, injury: Injury): Promise<string | undefined> {
  const before = await served({ ...call, injury });
  try {
    await toTheEnd(before);
    await assertEnd(before);
    return undefined;
  } catch (thrown) {
    return `${call.point} ${call.call} ${injury}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  } finally {
    await before.world.close();
  }
}

const everything = process.env['RENEWD_FAULTS'] === 'all';

async function injure(injury: Injury, oneOf: number, from: number): Promise<readonly string[]> {
  const calls = await record();
  expect(calls.length).toBeGreaterThan(20);
  const always = /revoke|Revo|recordCompromise/;
  const chosen = calls.filter(
    (call, index) => everything || always.test(call.point) || index % oneOf === from,
  );
  const troubles: string[] = [];
  for (const call of chosen) {
    const trouble = await troubleWith(call, injury);
    if (trouble !== undefined) troubles.push(trouble);
  }
  return troubles;
}

describe('a stolen key', { timeout: 600_000 }, () => {
  test('the process ends after any of its calls', async () => {
    expect(await injure('crashed', 2, 0)).toEqual([]);
  });

  test('a call fails', async () => {
    expect(await injure('failed', 4, 1)).toEqual([]);
  });

  test('a call is applied, but its answer is lost', async () => {
    expect(await injure('unanswered', 4, 2)).toEqual([]);
  });
});
