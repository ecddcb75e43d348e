/**
 * A world in which some resellers are hostile and one is not: what was deployed before must stay as it is to the byte,
 * and the certificate at the good reseller must be served meanwhile, no later than it would be without the others.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Renewal, StoredFailure } from '../../src/core/renewal.ts';
import { accounts, type ProviderName } from '../builders/accounts.ts';
import type { World } from '../builders/world/contract.ts';

export const mebibyte = 1024 * 1024;

/** Ends soon, and so does its order. */
export const renewable = { daysLeft: 6, paidDays: 8 };

/** The certificate at the reseller that does as it should. */
export const good = 'quick';

/** Every file and link below a directory, with its content. */
export function filesBelow(directory: string): ReadonlyMap<string, string> {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  return new Map(
    found.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'latin1')];
    }),
  );
}

/** Seeds a deployed certificate at each hostile account and at the good one, and wants them all renewed. */
export async function besiege(
  world: World,
  hostile: readonly ProviderName[],
  goodProvider: ProviderName,
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...hostile, goodProvider].map((provider) => ({
    name: provider === goodProvider ? good : provider,
    provider,
  }));
  for (const { name, provider } of wanted) await world.seed({ name, provider, ...renewable });
  const before = new Map(hostile.flatMap((name) => [...filesBelow(`${world.directory}/tls/${name}`)]));
  await world.configure(wanted);
  return before;
}

export async function stateOf(world: World, name: string): Promise<string> {
  const [newest] = await world.store.renewalsOf(name, 1);
  return newest?.state ?? 'none';
}

/**
 * Moves the world on without ever waiting for what hangs: each turn is a quarter of a second for everybody. How many
 * turns something takes depends on the machine, so nothing is said of it but an end.
 */
export async function march(world: World, until: () => Promise<boolean>, turnsMax = 10_000): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    if (turn % 1200 === 0) await world.driver.pass();
    await world.driver.advanceDue();
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    await world.sandbox.tick();
    if (turn % 8 === 0 && (await until())) return;
    world.clock.advance(250);
  }
  const states = await Promise.all(
    world.configuration.certificates.map(async ({ name }) => `${name}: ${await stateOf(world, name)}`),
  );
  const told = await Promise.all(world.configuration.certificates.map(({ name }) => toldAbout(world, name)));
  throw new Error(`not in ${turnsMax} turns: ${states.join(', ')}; ${JSON.stringify(told)}`);
}

export async function marchUntilGood(world: World): Promise<void> {
  await march(world, async () => (await stateOf(world, good)) === 'served');
}

export async function newest(world: World, name: string): Promise<Renewal | undefined> {
  const [renewal] = await world.store.renewalsOf(name, 1);
  return renewal;
}

/** Why the newest renewal does not go on. */
async function failureOf(world: World, name: string): Promise<StoredFailure | null> {
  return (await newest(world, name))?.failure ?? null;
}

/** The deployed sets of these certificates are what they were, to the byte. */
export function expectUntouched(
  world: World,
  names: readonly string[],
  before: ReadonlyMap<string, string>,
): void {
  const after = new Map(names.flatMap((name) => [...filesBelow(`${world.directory}/tls/${name}`)]));
  expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
  for (const [path, content] of after) expect(content, path).toBe(before.get(path));
}

/** Whoever they are with has not given up on an answer yet. */
export async function expectStillAsking(world: World, names: readonly string[]): Promise<void> {
  for (const name of names) expect(await toldAbout(world, name), name).toEqual([]);
}

/** Each line is one JSON object of the logger's own; nothing in it would move a terminal or begin another line. */
export async function expectCleanLogs(world: World, marks: readonly string[] = []): Promise<void> {
  for (const line of world.lines) {
    // oxlint-disable-next-line no-control-regex -- exactly what must not be there
    expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*\n$/);
    const parsed: unknown = JSON.parse(line);
    expect(parsed).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
    for (const mark of marks) expect(JSON.stringify(parsed)).not.toContain(`"msg":"${mark}"`);
  }
  const ledger = await world.store.ledger({ limit: 1000 });
  for (const { text } of ledger) {
    // oxlint-disable-next-line no-control-regex -- exactly what must not be there
    expect(text, 'history').not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  }
}

/** Whoever gets no answer waits, for as long as the test wants. */
export interface Deadlines {
  /** Ends what waits now; what begins to wait from now on does so for a tenth of a second at most. */
  release(): void;
}

/**
 * Holds the deadlines of all requests, so that a test says when they pass: what goes on meanwhile waits for nobody who
 * hangs, and no machine is too slow for it.
 */
export function holdDeadlines(): Deadlines {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const held = new Set<AbortController>();
  let released = false;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    if (released) return timeout(Math.min(ms, 100));
    const controller = new AbortController();
    held.add(controller);
    return controller.signal;
  });
  return {
    release() {
      released = true;
      for (const controller of held) controller.abort(new DOMException('held until now', 'TimeoutError'));
    },
  };
}

/** The most memory beside the heap that was in use while `work` ran, above what was in use before. */
export async function memoryPeak(work: () => Promise<void>): Promise<number> {
  const inUse = (): number => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = inUse();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, inUse());
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  return Math.max(peak, inUse()) - before;
}

export function vendorOf(name: ProviderName): string {
  return accounts[name].vendor;
}

export interface Told {
  readonly code: string;
  readonly sentence: string;
}

interface Line {
  readonly certificate?: string;
  readonly code?: string;
  readonly what?: string;
  readonly reason?: string;
}

/** What the log says is wrong with a certificate, and what its newest renewal does. */
export async function toldAbout(world: World, name: string): Promise<readonly Told[]> {
  const failure = await failureOf(world, name);
  const logged = world.lines.flatMap((line) => {
    const { certificate, code, ...said }: Line = JSON.parse(line);
    const sentence = said.what ?? said.reason ?? '';
    return certificate === name && code !== undefined ? [{ code, sentence }] : [];
  });
  return failure === null ? logged : [...logged, { code: failure.code, sentence: failure.message }];
}
