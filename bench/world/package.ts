/** An installation as users have it, started through bin/renewd.js; and its modules one by one, for what drives them directly. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Returns the directory of the package. */
export async function installPackage(directory: string): Promise<string> {
  const root = `${directory}/package`;
  mkdirSync(root, { recursive: true });
  const compiler = `${checkout}/node_modules/.bin/tsc`;
  const built = spawnSync(
    compiler,
    ['-p', `${checkout}/tsconfig.build.json`, '--outDir', `${root}/modules`, '--noCheck'],
    {
      encoding: 'utf8',
    },
  );
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  await bundle(`${root}/dist`);
  for (const part of ['bin', 'config', 'package.json'])
    cpSync(`${checkout}/${part}`, `${root}/${part}`, { recursive: true });
  symlinkSync(`${checkout}/node_modules`, `${root}/node_modules`);
  return root;
}
