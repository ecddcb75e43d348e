/** Makes a service read its new files, by a command, a signal or a socket, and tells how it went. */
import type { Processes } from '../../contracts/platform.ts';
import type { Reload } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';

export interface ReloadReport {
  readonly ok: boolean;
  /** For people: "systemctl reload nginx ended with exit code 1". Arguments are shown; they are no place for secrets. */
  readonly sentence: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** At most 16 KiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Never throws for a command that fails or cannot be started: both are reports. */
export function reload(
  way: Reload,
  timeoutMs: number,
  processes: Processes,
  signal?: AbortSignal,
): Promise<ReloadReport> {
  return isCommand(way)
    ? runCommand(way, timeoutMs, processes, signal)
    : tellNeighbour(way, timeoutMs, processes, signal);
}

function isCommand(way: Reload): way is readonly string[] {
  return Array.isArray(way);
}

const quiet = { exitCode: null, timedOut: false, stdout: '', stderr: '' } as const;

/** That it was told is all that is known then; whether it serves the new files is seen at the endpoints. */
async function tellNeighbour(
  way: Exclude<Reload, readonly string[]>,
  timeoutMs: number,
  { neighbours }: Processes,
  signal: AbortSignal | undefined,
): Promise<ReloadReport> {
  if (neighbours === undefined)
    return { ...quiet, ok: false, sentence: 'no neighbour can be told from here' };
  try {
    if ('signal' in way) {
      neighbours.signal(way.pidFile, way.signal);
      return { ...quiet, ok: true, sentence: `SIG${way.signal} by ${way.pidFile} was sent` };
    }
    const stdout = await neighbours.reloadHaproxy(way.haproxy, timeoutMs, signal);
    return { ...quiet, ok: true, sentence: `HAProxy at ${way.haproxy} was told to reload`, stdout };
  } catch (error) {
    if (!(error instanceof RenewdError)) throw error;
    return { ...quiet, ok: false, sentence: error.message };
  }
}

async function runCommand(
  argv: readonly string[],
  timeoutMs: number,
  processes: Processes,
  signal?: AbortSignal,
): Promise<ReloadReport> {
  const command = argv.join(' ');
  try {
    const result = await processes.run(argv, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    const { exitCode, timedOut, stdout, stderr } = result;
    const ok = exitCode === 0 && !timedOut;
    return { ok, sentence: `${command} ${ending(result, timeoutMs)}`, exitCode, timedOut, stdout, stderr };
  } catch (error) {
    if (!(error instanceof RenewdError)) throw error;
    return { ...quiet, ok: false, sentence: error.message };
  }
}

function ending(result: Awaited<ReturnType<Processes['run']>>, timeoutMs: number): string {
  if (result.timedOut) return `was ended after ${timeoutMs} ms`;
  if (result.signal !== null) return `was ended by ${result.signal}`;
  return result.exitCode === 0 ? 'succeeded' : `ended with exit code ${result.exitCode}`;
}
