/** Makes a service read its new files: runs the configured command and tells how it went. */
import type { Processes } from '../../contracts/platform.ts';
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
export async function reload(
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
    return { ok: false, sentence: error.message, exitCode: null, timedOut: false, stdout: '', stderr: '' };
  }
}

function ending(result: Awaited<ReturnType<Processes['run']>>, timeoutMs: number): string {
  if (result.timedOut) return `was ended after ${timeoutMs} ms`;
  if (result.signal !== null) return `was ended by ${result.signal}`;
  return result.exitCode === 0 ? 'succeeded' : `ended with exit code ${result.exitCode}`;
}
