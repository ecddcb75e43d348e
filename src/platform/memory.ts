/**
 * What a start leaves behind: parsed files and records that nobody needs any more. V8 keeps the pages for later growth
 * that a quiet daemon never has; one full collection right after the first pass gives them back to the system.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Blocks for some ten milliseconds. Quiet where the runtime does not offer it: nothing depends on it. */
export function releaseUnusedMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
