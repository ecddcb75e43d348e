/** What the ways through the state table are made of: worlds in trouble, and words of persons. */
import { hourMs } from '../../src/core/durations.ts';
import { RenewdError } from '../../src/core/errors.ts';
import type { MaintenanceWindow } from '../../src/core/certificate.ts';
import { createWorld } from '../builders/world.ts';
import type { World, WorldOptions } from '../builders/world/contract.ts';
import type { Wanted } from '../builders/inventory.ts';
import type { Fault } from '../../src/sandbox/contract.ts';
import { flow, type Flow } from './flows.ts';
import { isOrder } from './moments.ts';
import { enter } from './run.ts';

export interface Way {
  readonly title: string;
  /** "planned order-intended" */
  readonly passages: readonly string[];
  readonly take: () => Promise<World>;
}

export const endingSoon = { name: 'shop', daysLeft: 12, paidDays: 180 } as const;
export const failover = { provider: 'inx', product: 'SSL123', order: {}, record: 'txt' } as const;

export async function stateOf(world: World): Promise<string> {
  const [newest] = await world.store.renewalsOf('shop', 1);
  return newest?.state ?? 'none';
}

export async function failureOf(world: World): Promise<string | undefined> {
  const [newest] = await world.store.renewalsOf('shop', 1);
  return newest?.failure?.code;
}

export const isAt = (world: World, state: string) => async () => (await stateOf(world)) === state;

/** A person's word, from the command line: another process, whose writing a restart shows for sure. */
export async function say(world: World, options: Record<string, unknown>): Promise<void> {
  const at = world.clock.now();
  await world.store.addRequest({ id: 'q1', at, certificate: 'shop', kind: 'resolve', options, by: 'ada' });
  await world.restart();
}

export async function start(
  given: Flow,
  { wanted, ...options }: WorldOptions & { readonly wanted?: Partial<Wanted> } = {},
): Promise<World> {
  const world = await createWorld(options);
  await enter(world, { ...given, wanted: { ...given.wanted, ...wanted } });
  return world;
}

/** The first order, and not the question for its price, goes wrong in this way. */
export function onOrder(world: World, kind: Fault['kind'], code?: string): void {
  let hasHit = false;
  world.interfere((vendor, command) => {
    if (hasHit || !isOrder(world, command)) return undefined;
    hasHit = true;
    return { vendor, kind, ...(code === undefined ? {} : { code }) };
  });
}

export const inxCreate = flow('inx', 'create', 'dns');
export const cnrReissue = flow('cnr', 'reissue', 'dns');

/** The order is on its way into the dark: neither its answer nor the list comes. */
export async function ambiguous(): Promise<World> {
  const world = await createWorld();
  let ordered = 0;
  world.interfere((vendor, command) => {
    if (command === 'POST /certificate') {
      ordered += 1;
      return ordered === 1 ? { vendor, kind: 'lose-answer' } : undefined;
    }
    return /_search/.test(command) ? { vendor, kind: 'html' } : undefined;
  });
  await enter(world, inxCreate);
  await world.run(isAt(world, 'blocked'));
  world.interfere(() => undefined);
  return world;
}

/** `point` answers with a failure as long as `broken` says so. */
export function breaks(world: World, point: string, broken: () => boolean): void {
  world.life.alter = (at, result) => {
    if (at === point && broken()) throw new RenewdError('dns-failed', `out of order: ${point}`);
    return result;
  };
}

/** The answers of `point` get these fields instead, the first `times` times. */
export function answers(world: World, point: string, fields: object, times: number): void {
  let left = times;
  world.life.alter = (at, result) => {
    if (at !== point || left === 0 || typeof result !== 'object' || result === null) return result;
    const status: unknown = 'status' in result ? result.status : undefined;
    if (point.endsWith(' read') && status !== 'issued') return result;
    left -= 1;
    return { ...result, ...fields };
  };
}

export async function loseKey(world: World, lostAt: (createdAt: Date) => Date): Promise<void> {
  const { spkiSha256, createdAt } = await world.renewal('shop');
  const lost = { spkiSha256: spkiSha256 ?? '', certificate: 'shop', at: lostAt(createdAt), by: 'ada' };
  await world.store.recordCompromise([lost], [], []);
}

export const never: MaintenanceWindow = { cron: '0 0 29 2 *', durationMs: hourMs, timezone: 'UTC' };
export const nightly: MaintenanceWindow = { cron: '0 2 * * *', durationMs: 2 * hourMs, timezone: 'UTC' };
