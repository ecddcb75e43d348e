/**
 * Loads the configuration in a short-lived process of its own: the resident daemon never holds the YAML library, the
 * schemas or the trees, and a hostile file can at worst end that process.
 */
import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minuteMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import { compileCacheEnvironment } from '../platform/compile-cache.ts';
import { ResultReader } from './child-protocol.ts';
import type { LoadResult } from './load.ts';

export interface LoadInChildOptions {
  /** See `LoadOptions`. Default: true. */
  readonly readSecrets?: boolean;
  readonly signal?: AbortSignal;
  /** Default: two minutes. */
  readonly timeoutMs?: number;
  /** Environment of the process, where secrets and "${NAME}" are looked up. Default: our own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const maxOutputBytes = 256 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

/**
 * Mistakes in the files are diagnostics of the result. Throws RenewdError `config-invalid` when the process itself fails:
 * it ran out of time or memory, or wrote what cannot be understood. Rejects with the signal's reason when aborted.
 */
export async function loadInChild(mainPath: string, options: LoadInChildOptions = {}): Promise<LoadResult> {
  const { readSecrets = true, signal, timeoutMs = 2 * minuteMs, env = process.env } = options;
  signal?.throwIfAborted();
  // From sources this file is TypeScript, from a build JavaScript: so is its neighbour.
  const program = fileURLToPath(new URL(`./child-main${extname(import.meta.url)}`, import.meta.url));
  const parameters = [program, mainPath, ...(readSecrets ? [] : ['--no-secrets'])];
  const child = spawn(process.execPath, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...compileCacheEnvironment() },
  });

  const reader = new ResultReader();
  const lines = new LineReader((line) => reader.take(line));
  let errors = '';
  let failure: string | undefined;
  const stop = (why: string): void => {
    failure ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop(`it took longer than ${timeoutMs} ms`), timeoutMs);
  const abort = (): void => stop('it was cancelled');
  signal?.addEventListener('abort', abort, { once: true });
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      lines.take(chunk);
      if (lines.bytes > maxOutputBytes) stop('its answer is larger than 256 MiB');
    } catch {
      stop('its answer cannot be understood');
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < maxErrorBytes)
      errors += chunk.toString('utf8').slice(0, maxErrorBytes - errors.length);
  });
  try {
    const code = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, endedBy) => resolve(endedBy ?? `exit code ${String(exitCode)}`));
    });
    signal?.throwIfAborted();
    const result = failure === undefined ? reader.finish() : undefined;
    if (result !== undefined) return result;
    throw new RenewdError(
      'config-invalid',
      `the configuration could not be loaded: ${failure ?? `the process ended with ${code}`}`,
      {
        fields: { path: mainPath, stderr: errors.trim().split('\n').slice(-5).join('\n') },
      },
    );
  } catch (error) {
    if (error instanceof RenewdError || signal?.aborted === true) throw error;
    throw new RenewdError('config-invalid', 'the process that loads the configuration cannot be started', {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Cuts a stream of bytes into lines. */
class LineReader {
  bytes = 0;
  #rest = '';
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const line of parts) this.#onLine(line);
  }
}
