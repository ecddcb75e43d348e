/** What doing nothing costs: memory and processor time of an idle daemon, and the loader's memory at its peak. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { counted, type Bench } from '../bench.ts';
import { megabytes, median } from '../report.ts';
import {
  exactCpuMilliseconds,
  freePort,
  memoryMegabytes,
  startDaemon,
  type Memory,
} from '../world/daemon.ts';
import { writeInventory } from '../world/inventory.ts';

const few = 10;
/** Until V8 has done what it does after a burst of work: a collection every eight seconds, as long as one frees something. */
const settleMs = 30_000;
/** Exactly one pass falls into it, whenever it begins. */
const watchedMs = 60_000;
const goals = {
  /** Of a bare Node's resident memory, and of its anonymous part. */
  resident: 1.6,
  anonymous: 3,
  kibibytesEach: 4,
  cpuPercent: 0.3,
  peakMegabytes: 316,
} as const;

export async function measureIdle(bench: Bench): Promise<void> {
  const most = Math.max(...bench.sizes);
  bench.say('bare Node, idle');
  const floor = await idleNode();
  const small = await idleDaemon(bench, few, (daemon) => memoryMegabytes(daemon));
  const large = await idleDaemon(bench, most, async (daemon) => ({
    ...memoryMegabytes(daemon),
    cpuPercent: await cpuPercentOf(daemon),
  }));
  for (const [what, value, least, limit] of [
    ['resident memory', small.resident, floor.resident, goals.resident],
    ['anonymous memory', small.anonymous, floor.anonymous, goals.anonymous],
  ] as const) {
    const ratio = value / least;
    bench.add({
      what: `${what} idle, ${few}`,
      figure: megabytes(value),
      floor: `${megabytes(least)} (bare Node)`,
      ratio,
      goal: [`≤ ${limit} ×`, ratio <= limit],
    });
  }
  const each = ((large.resident - small.resident) * 1024) / (most - few);
  bench.add({
    what: `resident memory idle for each certificate, ${counted(most)}`,
    figure: `${each.toFixed(1)} KiB`,
    note: megabytes(large.resident),
    goal: [`≤ ${goals.kibibytesEach} KiB`, each <= goals.kibibytesEach],
  });
  bench.add({
    what: `processor time idle, a pass each minute, ${counted(most)}`,
    figure: `${large.cpuPercent.toFixed(2)} % of a core`,
    goal: [`≤ ${goals.cpuPercent} %`, large.cpuPercent <= goals.cpuPercent],
  });
  for (const singleFile of [false, true]) {
    if (singleFile && most <= 1000) continue;
    bench.say(`memory of the loader${singleFile ? ', one file' : ''}`);
    const config = writeInventory({
      directory: `${bench.directory}/peak${singleFile ? '-single' : ''}`,
      sets: bench.sets,
      count: most,
      singleFile,
    });
    const { root } = bench;
    const peak = (): number => peakMegabytes(bench, [`${root}/dist/app/child-main.js`, config]);
    const value = median([peak(), peak(), peak()]);
    const isGoal = most >= 10_000;
    bench.add({
      what: `loader, memory at its peak, ${counted(most)}${singleFile ? ' in one file' : ''}`,
      figure: megabytes(value),
      ...(isGoal ? { goal: [`≤ ${goals.peakMegabytes} MB`, value <= goals.peakMegabytes] as const } : {}),
    });
  }
}

async function idleNode(): Promise<Memory> {
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
  await pause(settleMs);
  return ended(node, memoryMegabytes(node));
}

async function idleDaemon<T>(
  bench: Bench,
  count: number,
  look: (daemon: ChildProcess) => T | Promise<T>,
): Promise<T> {
  bench.say(`idle with ${count}`);
  const port = await freePort();
  const directory = `${bench.directory}/idle-${count}`;
  const options = { directory, sets: bench.sets, count, port, schedule: '* * * * *' };
  const config = writeInventory(options);
  // It makes the store and the compile cache.
  const { daemon: first } = await startDaemon(bench, config, port);
  await ended(first, undefined);
  const { daemon } = await startDaemon(bench, config, port);
  await pause(settleMs);
  return ended(daemon, await look(daemon));
}

async function cpuPercentOf(daemon: ChildProcess): Promise<number> {
  const before = exactCpuMilliseconds(daemon);
  await pause(watchedMs);
  return ((exactCpuMilliseconds(daemon) - before) / watchedMs) * 100;
}

async function ended<T>(child: ChildProcess, value: T): Promise<T> {
  child.kill('SIGTERM');
  await once(child, 'exit');
  return value;
}

/** Most that a process had in memory at once; the kernel's count for a child includes what its parent had when it forked. */
function peakMegabytes({ env }: Bench, parameters: readonly string[]): number {
  const hook = `const { readFileSync } = process.getBuiltinModule('node:fs');
process.on('exit', () => process._rawDebug(/^VmHWM:.*$/m.exec(readFileSync('/proc/self/status', 'latin1'))[0]));`;
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...parameters],
    { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(stderr)?.[1];
  if (peak === undefined) throw new Error(`the loader did not come to its end: ${stderr}`);
  return Number(peak) / 1024;
}
