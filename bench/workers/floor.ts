/** Floors: the least that a bare Node process can do for the same files. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { serve } from '../child.ts';

function timed(work: () => void): { readonly ms: number; readonly cpuMs: number } {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  work();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

let found = 0;

export const handlers = {
  stat: (paths: readonly string[]) =>
    timed(() => {
      for (const path of paths) if (statSync(path, { throwIfNoEntry: false }) !== undefined) found += 1;
    }),
  /** What a check of the end date needs: the file, parsed by OpenSSL. */
  x509: (paths: readonly string[]) =>
    timed(() => {
      for (const path of paths) if (new X509Certificate(readFileSync(path)).validTo !== '') found += 1;
    }),
} as const;

serve(handlers);
