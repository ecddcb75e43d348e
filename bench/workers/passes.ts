/** Passes of the compiled renewd over healthy certificates, in a process of their own: `passes PACKAGE CONFIG`. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { serve } from '../child.ts';
import { newComposer } from '../world/renewd.ts';

const [root = '', config = ''] = process.argv.slice(2);
// As `renewd run` does.
setFlagsFromString('--semi-space-growth-factor=1');
const composer = await newComposer(root);
let runtime: Awaited<ReturnType<typeof composer.openRuntime>> | undefined;

export interface PassFigures {
  readonly ms: number;
  readonly cpuMs: number;
  readonly maxDelayMs: number;
}

export const handlers = {
  /** With an empty store. Returns how long it took to take over the configuration. */
  open: async () => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${dirname(config)}/renewd.db${end}`, { force: true });
    const { configuration } = await composer.load(config);
    if (configuration === undefined) throw new Error('the configuration has mistakes');
    runtime = await composer.openRuntime(configuration, { quiet: true, begin: true });
    const startedAt = performance.now();
    await runtime.driver.configure(configuration);
    return { configureMs: performance.now() - startedAt };
  },
  pass: async (): Promise<PassFigures> => {
    if (runtime === undefined) throw new Error('nothing is open');
    const { driver } = runtime;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await pause(20);
    delay.reset();
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await driver.pass();
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    await pause(5);
    delay.disable();
    const odd = driver.entries().find(({ decision }) => decision?.reason !== 'healthy');
    if (odd !== undefined) throw new Error(`${odd.managed.name}: ${odd.decision?.sentence ?? 'undecided'}`);
    return { ms, cpuMs: (user + system) / 1000, maxDelayMs: delay.max / 1e6 };
  },
  close: async () => {
    await runtime?.close();
    runtime = undefined;
  },
} as const;

serve(handlers);
