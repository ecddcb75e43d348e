/**
 * From the start of the process to "ready", and what the daemon then holds of the memory. Twice each time: a first start,
 * which loads the configuration, and one with the configuration unchanged, which remembers it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compileCacheDirectory } from '../../src/platform/compile-cache.ts';
import { counted, type Bench } from '../bench.ts';
import { median, megabytes, ms, pairedRatio } from '../report.ts';
import { writeInventory } from '../world/inventory.ts';

const idleMs = 5000;
const readyGoals: Readonly<Record<number, number>> = { 1000: 500 };
const memoryGoals: Readonly<Record<number, number>> = { 1000: 100, 10_000: 150 };

export async function measureStarts(bench: Bench): Promise<void> {
  for (const count of bench.sizes) await measureSize(bench, count, false);
  const largest = Math.max(...bench.sizes);
  if (largest > 1000) await measureSize(bench, largest, true);
}

interface Start {
  readonly readyMs: number;
  /** Of the daemon and the loader together, until ready. */
  readonly cpuMs: number;
  readonly passedMs: number;
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
        kind.idle = residentMegabytes(daemon);
        await answers(port, '/metrics');
        await pause(1000);
        kind.scraped = residentMegabytes(daemon);
      }
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    }
  }
  const limit = singleFile ? undefined : readyGoals[count];
  for (const { what, starts, isRemembered } of kinds) {
    const ready = starts.map(({ readyMs }) => readyMs);
    bench.add({
      what: `${what}, to ready, ${label}`,
      figure: ms(median(ready)),
      floor: `${ms(median(floors))} (bare Node)`,
      ratio: pairedRatio(ready, floors),
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

async function startDaemon(
  { root, env }: Bench,
  config: string,
  port: number,
): Promise<Start & { readonly daemon: ChildProcess }> {
  const startedAt = performance.now();
  const daemon = spawn(process.execPath, [`${root}/bin/renewd.js`, 'run', '-c', config], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const readyMs = await new Promise<number>((resolve, reject) => {
    daemon.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('"renewd is ready"')) resolve(performance.now() - startedAt);
    });
    daemon.once('exit', () => reject(new Error(`renewd did not start: ${log}`)));
  });
  const cpuMs = cpuMillisecondsOf(daemon);
  while (!(await answers(port, '/readyz'))) await pause(10);
  return { daemon, readyMs, cpuMs, passedMs: performance.now() - startedAt };
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', () => resolve(false));
  });
}

async function bareNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}

/** Of the process and of its children that have ended, in hundredths of a second as the kernel counts. */
function cpuMillisecondsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

function residentMegabytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
