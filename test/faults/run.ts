/** Runs a flow, clean or in trouble, and says whether everything is as it should be in the end. */
import { expect } from 'vitest';
import type { Renewal } from '../../src/core/renewal.ts';
import { assertSet, assertWorld, ordersByKey, paidOrders } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import type { Injection, PointCall } from '../builders/write-points.ts';
import type { Flow } from './flows.ts';

/** What became of every renewal, for the message of a test that fails. */
export function storyOf(renewals: readonly Renewal[]): string {
  return renewals
    .map((one) => `${one.action} ${one.state} ${one.sentence} ${one.failure?.message ?? ''}`)
    .join('; ');
}

/** Everything in the world of the flow is as it should be, and was had for one order. */
export async function assertServedOnce(world: World, { wanted, action, paid }: Flow): Promise<void> {
  const renewals = await world.store.renewalsOf(wanted.name, 100);
  const told = storyOf(renewals);
  expect(renewals[0]?.state, told).toBe('served');
  const verbs = renewals.map((one) => one.action).filter((one) => one !== 'deploy');
  expect(verbs, told).toEqual([action]);
  expect(paidOrders(world), 'paid orders').toBe(paid);
  expect([...ordersByKey(world).values()], 'orders by key').toEqual([1]);
  expect(await world.store.renewalsToDiscard(), 'replaced certificates left at the provider').toEqual([]);
  await assertWorld(world);
}

/** Until nothing is under way; what is deleted once its successor is served may have to wait for its pause. */
export async function runToEnd(world: World): Promise<void> {
  await world.runToRest();
  if (world.life.dead) return;
  await world.run(async () => (await world.store.renewalsToDiscard()).length === 0);
}

/** The inventory gets its entry, and the world what was there before. */
export async function enter(world: World, { seed, wanted }: Flow): Promise<void> {
  if (seed !== undefined) await world.seed(seed);
  await world.configure([wanted]);
}

/** While the very first set is being put in place some names may still lead nowhere; what can be read must fit. */
export function assertSetsOnceComplete(world: World): void {
  try {
    for (const { deploy } of world.configuration.certificates)
      for (const { directory } of deploy) assertSet(directory, world.sandbox.ca.rootPem);
  } catch (thrown) {
    if (!(thrown instanceof Error && /ENOENT|without a set/.test(thrown.message))) throw thrown;
  }
}

export interface Recording {
  readonly flow: Flow;
  readonly calls: readonly PointCall[];
  /** Write points that there were, called or not. */
  readonly methods: ReadonlySet<string>;
}

/** A clean run; whatever is on disk is looked at after each of its steps. */
export async function record(flow: Flow): Promise<Recording> {
  const world = await createWorld(flow.options);
  try {
    await enter(world, flow);
    world.life.afterCall = ({ point }) => {
      if (point === 'files rename' || point === 'files symlink') assertSetsOnceComplete(world);
    };
    await runToEnd(world);
    const calls = [...world.life.calls];
    await assertServedOnce(world, flow);
    return { flow, calls, methods: world.life.methods };
  } finally {
    await world.close();
  }
}

/** Runs the flow with one injury; throws when anything is wrong in the end. */
export async function runInjured(flow: Flow, injection: Injection): Promise<void> {
  const world = await createWorld({ ...flow.options, injection });
  try {
    await enter(world, flow);
    if (!world.life.dead) await runToEnd(world);
    if (world.life.dead) {
      assertSetsOnceComplete(world);
      await world.restart();
      await runToEnd(world);
    } else expect(world.life.struck, 'the injury happened').toBe(true);
    await assertServedOnce(world, flow);
  } finally {
    await world.close();
  }
}

/** Runs a flow in a world that `prepare` put into trouble; throws when anything is wrong in the end. */
export async function runPrepared(flow: Flow, prepare: (world: World) => void): Promise<void> {
  const world = await createWorld(flow.options);
  try {
    prepare(world);
    await enter(world, flow);
    await runToEnd(world);
    await assertServedOnce(world, flow);
  } finally {
    await world.close();
  }
}

/** A few at a time: a run mostly waits for sockets and files. Returns results in the order of the items. */
export async function allOf<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const waiting = [...items.entries()];
  const results: [number, Result][] = [];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      results.push([index, await run(item)]);
    }
  }
  await Promise.all([work(), work(), work()]);
  return results.toSorted(([left], [right]) => left - right).map(([, result]) => result);
}
