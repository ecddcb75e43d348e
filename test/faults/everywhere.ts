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
async function assertServedOnce(world: World, { wanted, action, paid }: Scenario): Promise<void> {
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

/** The inventory gets its entry, and the world what was there before. */
async function enter(world: World, { seed, wanted }: Scenario): Promise<void> {
  if (seed !== undefined) await world.seed(seed);
  await world.configure([wanted]);
}

function assertSets(world: World): void {
  for (const { deploy } of world.configuration.certificates)
    for (const { directory } of deploy) assertSet(directory, world.sandbox.ca.rootPem);
}

/** A clean run; whatever is on disk is looked at after each of its steps. */
async function record(scenario: Scenario): Promise<readonly PointCall[]> {
  const world = await createWorld(scenario.options);
  await enter(world, scenario);
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

/** Runs the scenario, injured; undefined when all is well in the end. */
async function troubleWith(
  scenario: Scenario,
  what: string,
  injection: Injection | undefined,
  prepare: (world: World) => void = () => undefined,
): Promise<string | undefined> {
  const world = await createWorld({ ...scenario.options, ...(injection === undefined ? {} : { injection }) });
  try {
    prepare(world);
    await enter(world, scenario);
    if (!world.life.dead) await world.runToRest();
    if (world.life.dead) {
      assertSetsOnceComplete(world);
      await world.restart();
      await world.runToRest();
    } else if (injection !== undefined) expect(world.life.struck, 'the injury happened').toBe(true);
    await assertServedOnce(world, scenario);
    return undefined;
  } catch (thrown) {
    return `${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  } finally {
    await world.close();
  }
}

/** A few at a time: a run mostly waits for sockets and files. */
async function allOf<T>(
  items: readonly T[],
  run: (item: T) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const waiting = [...items];
  const troubles: string[] = [];
  async function work(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const trouble = await run(item);
      if (trouble !== undefined) troubles.push(trouble);
    }
  }
  await Promise.all([work(), work(), work()]);
  return troubles;
}

/** With RENEWD_FAULTS=all every combination runs; otherwise a share that is the same each time. */
const everything = process.env['RENEWD_FAULTS'] === 'all';

/** `one of each`: this share of the calls, beginning with `from`. */
export interface Share {
  readonly oneOf: number;
  readonly from: number;
}

/** Every call of a clean run, injured, or the share of them. Returns what went wrong. */
export async function injureCalls(
  scenario: Scenario,
  injury: Injury,
  { oneOf, from }: Share = { oneOf: 1, from: 0 },
): Promise<readonly string[]> {
  const calls = await record(scenario);
  expect(calls.length).toBeGreaterThan(20);
  const chosen = everything ? calls : calls.filter((_, index) => index % oneOf === from % oneOf);
  return allOf(chosen, (call) =>
    troubleWith(scenario, `${call.point} ${call.call} ${injury}`, { ...call, injury }),
  );
}

const networkFaults = ['drop-before', 'lose-answer', 'code-after', 'truncate'] as const;
type NetworkFault = (typeof networkFaults)[number];

/** What each reseller says when it means "try again". */
const tryAgain: Readonly<Record<string, string>> = { rrpproxy: '421', internetx: '500' };

/** Lets `choose` decide about each request to a reseller, counted from 0. */
function steer(world: World, choose: (index: number, command: string) => NetworkFault | undefined): void {
  let requests = 0;
  world.interfere((vendor, command) => {
    const kind = choose(requests, command);
    requests += 1;
    return kind === undefined ? undefined : { vendor, kind, code: tryAgain[vendor] ?? '500' };
  });
}

/** Commands that begin an order, by the resellers' own names. */
const ordering =
  /^(AddCertificate|RenewCertificate|ReissueCertificate|POST \/certificate|PUT \/certificate\/\{id\}(\/_renew)?)$/;

/** Every request of a clean run with a fault of the network or the reseller: all kinds for orders, one for the others. */
export async function injureRequests(scenario: Scenario): Promise<readonly string[]> {
  const commands: string[] = [];
  const world = await createWorld(scenario.options);
  steer(world, (_, command) => {
    commands.push(command);
    return undefined;
  });
  await enter(world, scenario);
  await world.runToRest();
  await assertServedOnce(world, scenario);
  await world.close();
  const faults = commands.flatMap((command, index) =>
    networkFaults
      .filter((_, kind) => everything || ordering.test(command) || kind === index % networkFaults.length)
      .map((kind) => ({ command, index, kind })),
  );
  expect(faults.filter(({ command }) => ordering.test(command)).length).toBeGreaterThanOrEqual(4);
  return allOf(faults, ({ command, index, kind }) =>
    troubleWith(scenario, `request ${index} ${command} ${kind}`, undefined, (one) =>
      steer(one, (request) => (request === index ? kind : undefined)),
    ),
  );
}
