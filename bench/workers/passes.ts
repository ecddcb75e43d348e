/** Passes of the compiled renewd over healthy certificates, in a process of their own: `passes PACKAGE CONFIG`. */
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { dirname } from 'node:path';
import { serve } from '../child.ts';

type Main = typeof import('../../src/composition/composer.ts');
type World = typeof import('../../src/composition/world.ts');
type Composer = ReturnType<Main['createComposer']>;
type Configuration = Parameters<Composer['openRuntime']>[0];
type Runtime = Awaited<ReturnType<Composer['openRuntime']>>;

const [root = '', config = ''] = process.argv.slice(2);
const { createComposer } = (await import(`${root}/dist/composition/composer.js`)) as Main;
const { realWorld } = (await import(`${root}/dist/composition/world.js`)) as World;
const composer = createComposer({
  world: realWorld,
  env: process.env,
  write: (line) => void process.stderr.write(line),
  pretty: false,
});

let configuration: Configuration | undefined;
let runtime: Runtime | undefined;

export interface PassTimes {
  readonly ms: number;
  readonly cpuMs: number;
  readonly maxDelayMs: number;
  readonly decisions: Readonly<Record<string, number>>;
}

async function pass(): Promise<PassTimes> {
  if (runtime === undefined) throw new Error('nothing is open');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause(20);
  delay.reset();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await runtime.driver.pass();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  await pause(10);
  delay.disable();
  const decisions: Record<string, number> = {};
  for (const { decision } of runtime.driver.entries()) {
    const key = decision?.reason ?? 'none';
    decisions[key] = (decisions[key] ?? 0) + 1;
  }
  return { ms, cpuMs: (user + system) / 1000, maxDelayMs: delay.max / 1e6, decisions };
}

export const handlers = {
  /** With a store of its own when `fresh`; returns the times of loading, and of taking the configuration over. */
  open: async ({ fresh }: { readonly fresh: boolean }) => {
    if (fresh) for (const end of ['', '-wal', '-shm']) rmSync(`${dirname(config)}/renewd.db${end}`, { force: true });
    let startedAt = performance.now();
    configuration ??= (await composer.load(config)).configuration;
    if (configuration === undefined) throw new Error('the configuration has mistakes');
    const loadMs = performance.now() - startedAt;
    startedAt = performance.now();
    runtime = await composer.openRuntime(configuration, { quiet: true });
    await runtime.driver.configure(configuration);
    return { loadMs, configureMs: performance.now() - startedAt };
  },
  pass,
  close: async () => {
    await runtime?.close();
    runtime = undefined;
  },
} as const;

serve(handlers);
