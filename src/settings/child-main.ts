/**
 * The loading process: reads the configuration named on its command line and writes what it found to standard output
 * (child-protocol.ts). It exists so that the YAML and schema libraries, and the memory they take, end with it.
 *
 *     node child-main.js /etc/renewd/renewd.yaml [--no-secrets]
 */
import { writeSync } from 'node:fs';
import { messagesOf } from './child-protocol.ts';

// The cache is ours and not for programs that are run for secrets.
delete process.env['NODE_COMPILE_CACHE'];
const [path = '', ...flags] = process.argv.slice(2);
const [{ loadConfiguration }, { schemas }, { nodeProcesses }] = await Promise.all([
  import('./load.ts'),
  import('./schemas.ts'),
  import('../platform/processes.ts'),
]);
const result = await loadConfiguration(path, {
  schemas,
  env: process.env,
  readSecrets: !flags.includes('--no-secrets'),
  processes: nodeProcesses,
});
for (const message of messagesOf(result)) write(Buffer.from(`${JSON.stringify(message)}\n`));
// Nothing is left to do; a secret command that left a process behind must not keep us.
process.exit(0);

/** Standard output is a pipe that may be full for a moment. */
function write(bytes: Uint8Array): void {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(wait, 0, 0, 1);
    }
  }
}
