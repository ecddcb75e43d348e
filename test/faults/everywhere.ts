/**
 * Faults at every write point of a flow. A clean run is recorded first; then the same flow runs once for each call in
 * the record, with that one call failing, applied but unanswered, or the last thing the process did. Since the list is
 * the record, a new write point is covered from the day it exists.
 */
import { expect } from 'vitest';
import type { Renewal } from '../../src/core/renewal.ts';
import { assertSet, assertWorld, ordersByKey, paidOrders } from '../builders/assert-world.ts';
import type { Wanted } from '../builders/inventory.ts';
import { createWorld, type Seed, type World, type WorldOptions } from '../builders/world.ts';
import type { Injection, Injury, PointCall } from '../builders/write-points.ts';

export interface Scenario {
  readonly title: string;
  readonly wanted: Wanted;
  readonly seed?: Seed;
  readonly action: Renewal['action'];
  /** Orders that may be charged for; the whole point. */
  readonly paid: number;
  readonly options?: WorldOptions;
}

/** Everything in the world of the scenario is as it should be, and was had for one order. */
export async function assertServedOnce(world: World, { wanted, action, paid }: Scenario): Promise<void> {
  const renewals = await world.store.renewalsOf(wanted.name, 100);
  const told = renewals.map((one) => `${one.action} ${one.state} ${one.failure?.message ?? ''}`);
  expect(renewals[0]?.state, told.join('; ')).toBe('served');
  expect(
    renewals.map((one) => one.action).filter((one) => one !== 'deploy'),
    told.join('; '),
  ).toEqual([action]);
  expect(paidOrders(world), 'paid orders').toBe(paid);
  expect([...ordersByKey(world).values()], 'orders by key').toEqual([1]);
  await assertWorld(world);
}

export async function begin(scenario: Scenario, injection?: Injection): Promise<World> {
  const world = await createWorld({
    ...scenario.options,
    ...(injection === undefined ? {} : { injection }),
  });
  if (scenario.seed !== undefined) await world.seed(scenario.seed);
  await world.configure([scenario.wanted]);
  return world;
}

function assertSets(world: World): void {
  for (const { deploy } of world.configuration.certificates)
    for (const { directory } of deploy) assertSet(directory, world.sandbox.ca.rootPem);
}

/** A clean run; whatever is on disk is looked at after each of its steps. */
export async function record(scenario: Scenario): Promise<readonly PointCall[]> {
  const world = await begin(scenario);
  world.life.afterCall = ({ point }) => {
    if (point === 'files rename' || point === 'files symlink') assertSetsOnceComplete(world);
  };
  await world.runToRest();
  const calls = [...world.life.calls];
  await assertServedOnce(world, scenario);
  await world.close();
  return calls;
}

/** While the very first set is being put in place some names may still lead nowhere; what can be read must fit. */
function assertSetsOnceComplete(world: World): void {
  try {
    assertSets(world);
  } catch (thrown) {
    if (!(thrown instanceof Error && /ENOENT|without a set/.test(thrown.message))) throw thrown;
  }
}

/** Runs the scenario with one injury; undefined when all is well in the end. */
export async function outcomeWith(scenario: Scenario, injection: Injection): Promise<string | undefined> {
  const world = await begin(scenario, injection);
  const what = `${injection.point} ${injection.call} ${injection.injury}`;
  try {
    if (!world.life.dead) await world.runToRest();
    if (world.life.dead) {
      assertSetsOnceComplete(world);
      await world.restart();
      await world.runToRest();
    } else expect(world.life.struck, 'the injury happened').toBe(true);
    await assertServedOnce(world, scenario);
    return undefined;
  } catch (thrown) {
    return `${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  } finally {
    await world.close();
  }
}

/** Every call of a clean run, injured; `share` of them, chosen by position, where a run of all would take too long. */
export async function injureAll(
  scenario: Scenario,
  injury: Injury,
  share: { readonly every: number; readonly from: number } = { every: 1, from: 0 },
): Promise<{ readonly runs: number; readonly troubles: readonly string[] }> {
  const calls = await record(scenario);
  const chosen = calls.filter((_, index) => index % share.every === share.from % share.every);
  const troubles: string[] = [];
  const waiting = [...chosen];
  async function work(): Promise<void> {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      const trouble = await outcomeWith(scenario, { ...call, injury });
      if (trouble !== undefined) troubles.push(trouble);
    }
  }
  await Promise.all([work(), work(), work()]);
  return { runs: chosen.length, troubles };
}
