/** The compiled renewd of an installed package, for worker processes that drive it directly. */
import type { createComposer } from '../../src/composition/composer.ts';
import type { realWorld } from '../../src/composition/world.ts';
import type { driveFor } from '../../src/cli/once.ts';
import type { startSandbox } from '../../src/sandbox/index.ts';
import type { createRrpproxySimulator } from '../../src/sandbox/rrpproxy/index.ts';

interface Parts {
  readonly createComposer: typeof createComposer;
  readonly realWorld: typeof realWorld;
  readonly driveFor: typeof driveFor;
  readonly startSandbox: typeof startSandbox;
  readonly createRrpproxySimulator: typeof createRrpproxySimulator;
}

const files: Readonly<Record<keyof Parts, string>> = {
  createComposer: 'composition/composer.js',
  realWorld: 'composition/world.js',
  driveFor: 'cli/once.js',
  startSandbox: 'sandbox/index.js',
  createRrpproxySimulator: 'sandbox/rrpproxy/index.js',
};

export async function compiled<K extends keyof Parts>(root: string, part: K): Promise<Parts[K]> {
  const module: Partial<Parts> = await import(`${root}/modules/${files[part]}`);
  const found = module[part];
  if (found === undefined) throw new Error(`${root} has no ${part}`);
  return found;
}

export async function newComposer(root: string): Promise<ReturnType<typeof createComposer>> {
  const create = await compiled(root, 'createComposer');
  const world = await compiled(root, 'realWorld');
  const write = (line: string): void => void process.stderr.write(line);
  return create({ world, env: process.env, write, pretty: false });
}
