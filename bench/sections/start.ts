/**
 * From the start of the process to "ready", and what the daemon then holds of the memory. Twice each time: a first start,
 * which loads the configuration, and one with the configuration unchanged, which remembers it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compileCacheDirectory } from '../../src/platform/compile-cache.ts';
import { counted, type Bench } from '../bench.ts';
import { median, megabytes, ms, pairedRatio } from '../report.ts';
import { answers, freePort, memoryMegabytes, startDaemon, type Start } from '../world/daemon.ts';
import { writeInventory } from '../world/inventory.ts';

const idleMs = 5000;
const fewest = 10;
/** Times a bare Node. */
const fewestGoal = 3;
const readyGoals: Readonly<Record<number, number>> = { 1000: 500 };
const memoryGoals: Readonly<Record<number, number>> = { 1000: 100, 10_000: 150 };

export async function measureStarts(bench: Bench): Promise<void> {
  for (const count of [fewest, ...bench.sizes]) await measureSize(bench, count, false);
  const largest = Math.max(...bench.sizes);
  if (largest > 1000) await measureSize(bench, largest, true);
}

async function measureSize(bench: Bench, count: number, singleFile: boolean): Promise<void> {
  const { directory, sets } = bench;
  const label = `${counted(count)}${singleFile ? ' in one file' : ''}`;
  const port = await freePort();
  const config = writeInventory({
    directory: `${directory}/start-${count}${singleFile ? '-single' : ''}`,
    sets,
    count,
    singleFile,
    port,
  });
  const memories = join(dirname(compileCacheDirectory(bench.env) ?? ''), 'configurations');
  const kinds = [
    { what: 'first start', starts: new Array<Start>(), isRemembered: false, idle: 0, scraped: 0 },
    {
      what: 'start again, configuration unchanged',
      starts: new Array<Start>(),
      isRemembered: true,
      idle: 0,
      scraped: 0,
    },
  ];
  const floors: number[] = [];
  const rounds = count >= 10_000 ? Math.min(3, bench.rounds(count)) : bench.rounds(count);
  // One more at first: it makes the store and the compile cache.
  for (let round = 0; round <= rounds; round += 1) {
    bench.say(`start with ${label}: round ${round} of ${rounds}`);
    const floor = await bareNode();
    if (round > 0) floors.push(floor);
    rmSync(memories, { recursive: true, force: true });
    for (const kind of kinds) {
      const { starts, isRemembered } = kind;
      const isThere = existsSync(memories) && readdirSync(memories).length > 0;
      // In the first round the files may be too new to be remembered.
      if (round > 0 && isThere !== isRemembered) throw new Error('the configuration was not remembered');
      const { daemon, ...start } = await startDaemon(bench, config, port);
      if (round > 0) starts.push(start);
      if (round === rounds) {
        await pause(idleMs);
        kind.idle = memoryMegabytes(daemon).resident;
        await answers(port, '/metrics');
        await pause(1000);
        kind.scraped = memoryMegabytes(daemon).resident;
      }
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    }
  }
  const limit = singleFile ? undefined : readyGoals[count];
  for (const { what, starts, isRemembered } of kinds) {
    const ready = starts.map(({ readyMs }) => readyMs);
    const ratio = pairedRatio(ready, floors);
    bench.add({
      what: `${what}, to ready, ${label}`,
      figure: ms(median(ready)),
      floor: `${ms(median(floors))} (bare Node)`,
      ratio,
      ...(count === fewest ? { goal: [`≤ ${fewestGoal} ×`, ratio <= fewestGoal] as const } : {}),
      ...(limit === undefined ? {} : { goal: [`≤ ${limit} ms`, median(ready) <= limit] }),
    });
    bench.add({
      what: isRemembered ? '… its CPU time' : '… its CPU time, loader included',
      figure: ms(median(starts.map(({ cpuMs }) => cpuMs))),
    });
    bench.add({
      what: '… to the end of the first pass',
      figure: ms(median(starts.map(({ passedMs }) => passedMs))),
    });
  }
  if (singleFile) return;
  const most = memoryGoals[count];
  for (const { isRemembered, idle, scraped } of kinds) {
    bench.add({
      what: `resident memory idle, ${label}, ${isRemembered ? 'started again' : 'first start'}`,
      figure: megabytes(idle),
      ...(most === undefined ? {} : { goal: [`≤ ${most} MB`, idle <= most] }),
    });
    bench.add({ what: '… after a scrape of /metrics', figure: megabytes(scraped) });
  }
}

async function bareNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}
