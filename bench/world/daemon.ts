/** The installed daemon as a process: started, asked, and looked at from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';

export interface Start {
  readonly readyMs: number;
  /** Of the daemon and the loader together, until ready. */
  readonly cpuMs: number;
  readonly passedMs: number;
}

/** Until the end of its first pass. */
export async function startDaemon(
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

export function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', () => resolve(false));
  });
}

/** Of the process and of its children that have ended, in hundredths of a second as the kernel counts. */
function cpuMillisecondsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

/** Since its start, exactly; of the threads that there are now. */
export function exactCpuMilliseconds({ pid }: ChildProcess): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    return sum + Number(nanoseconds) / 1e6;
  }, 0);
}

export interface Memory {
  readonly resident: number;
  /** What belongs to this process alone: without the program and the libraries on the disk. */
  readonly anonymous: number;
}

export function memoryMegabytes({ pid }: ChildProcess): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const read = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { resident: read('VmRSS'), anonymous: read('RssAnon') };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
