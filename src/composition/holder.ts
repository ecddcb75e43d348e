/** Who holds a lease: this machine and process. A holder on this machine whose process is gone need not be waited for. */
import { hostname } from 'node:os';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Liveness } from '../daemon/lease.ts';
import { errnoCode } from '../platform/file-errors.ts';

/** Process ids are used again; with the moment the process started they are not. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields after the command, which stands in parentheses and may itself hold spaces: the 20th is the start time.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * Two containers may be given one name, and each has a process 1: what a number means depends on the namespace too
 * (pid_namespaces(7)).
 */
function machine(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return hostname();
  }
}

export function leaseHolder(role: string): string {
  return `${machine()}:${process.pid}:${startOf(process.pid) ?? '0'}:${role}`;
}

export function livenessOf(holder: string): Liveness {
  const [host, pidText, start] = holder.split(':');
  const pid = Number(pidText);
  if (host !== machine() || !Number.isInteger(pid) || pid <= 0) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if (errnoCode(thrown) === 'ESRCH') return 'gone';
  }
  const now = startOf(pid);
  if (now === undefined || start === undefined || start === '0') return 'unknown';
  return now === start ? 'alive' : 'gone';
}

/** True when it cannot be told. */
export function isAlive(holder: string): boolean {
  return livenessOf(holder) !== 'gone';
}
