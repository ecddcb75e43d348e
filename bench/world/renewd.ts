/** The compiled renewd of an installed package, for worker processes that drive it directly. */
import type { createComposer } from '../../src/composition/composer.ts';
import type { realWorld } from '../../src/composition/world.ts';
import type { startLoop } from '../../src/daemon/loop.ts';
import type { openSqliteStore } from '../../src/store/sqlite/index.ts';
import type { nodeFiles } from '../../src/platform/files.ts';
import type { deploySet } from '../../src/renewal/deploy/deploy-set.ts';
import type { generateKey } from '../../src/pki/keys.ts';
import type { startSandbox } from '../../src/sandbox/index.ts';
import type { createRrpproxySimulator } from '../../src/sandbox/rrpproxy/index.ts';

interface Parts {
  readonly createComposer: typeof createComposer;
  readonly realWorld: typeof realWorld;
  readonly startLoop: typeof startLoop;
  readonly deploySet: typeof deploySet;
  readonly openSqliteStore: typeof openSqliteStore;
  readonly nodeFiles: typeof nodeFiles;
  readonly generateKey: typeof generateKey;
  readonly startSandbox: typeof startSandbox;
  readonly createRrpproxySimulator: typeof createRrpproxySimulator;
}

const files: Readonly<Record<keyof Parts, string>> = {
  createComposer: 'composition/composer.js',
  realWorld: 'composition/world.js',
  startLoop: 'daemon/loop.js',
  openSqliteStore: 'store/sqlite/index.js',
  nodeFiles: 'platform/files.js',
  deploySet: 'renewal/deploy/deploy-set.js',
  generateKey: 'pki/keys.js',
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
