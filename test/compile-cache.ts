/**
 * Compiled code is kept for the length of a run (node:module): the tests start renewd some hundreds of times from its
 * sources, and two thirds of what a start costs is taking the types out and compiling. Node looks each entry up by the
 * text it was made of, so what is edited is compiled anew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Workers get the variable from this process; `start` in test/interop/processes.ts hands it on. */
export function setup(): (() => void) | undefined {
  // Coverage and whoever asked otherwise are obeyed.
  if (process.env['NODE_COMPILE_CACHE'] !== undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'renewd-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = directory;
  return () => {
    delete process.env['NODE_COMPILE_CACHE'];
    rmSync(directory, { recursive: true, force: true });
  };
}
