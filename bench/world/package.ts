/** An installation as users have it: compiled JavaScript, started through bin/renewd.js. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Returns the directory of the package. */
export function installPackage(directory: string): string {
  const root = `${directory}/package`;
  mkdirSync(root, { recursive: true });
  const compiler = `${checkout}/node_modules/.bin/tsc`;
  const built = spawnSync(
    compiler,
    ['-p', `${checkout}/tsconfig.build.json`, '--outDir', `${root}/dist`, '--noCheck'],
    {
      encoding: 'utf8',
    },
  );
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  for (const part of ['bin', 'config', 'package.json'])
    cpSync(`${checkout}/${part}`, `${root}/${part}`, { recursive: true });
  symlinkSync(`${checkout}/node_modules`, `${root}/node_modules`);
  return root;
}
