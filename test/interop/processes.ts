/** Real processes for tests: started with an environment of their own, watched, and never left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const projectDirectory = fileURLToPath(new URL('../..', import.meta.url));
export const renewdProgram = fileURLToPath(new URL('../../bin/renewd.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Finished>;
  stdout(): string;
  stderr(): string;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that does not help in time. Quiet when it has ended already. */
  stop(patienceMs?: number): Promise<Finished>;
}

const living = new Set<ChildProcess>();
// Whatever becomes of the test: nothing it started outlives it.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface StartOptions {
  /** All of it: nothing of our own environment is passed on but PATH, HOME and the cache of compiled code. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Of our own environment: where programs are, and where code is that was compiled before. */
export function passedOn(): Record<string, string> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) };
}

export function start(
  program: string,
  parameters: readonly string[],
  { env = {}, cwd = projectDirectory }: StartOptions = {},
): Running {
  const startedAt = performance.now();
  const child = spawn(program, parameters, {
    cwd,
    env: { ...passedOn(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', (error) => {
      living.delete(child);
      reject(error);
    });
    child.once('close', (code, signal) => {
      living.delete(child);
      resolve({ code, signal, stdout, stderr, durationMs: performance.now() - startedAt });
    });
  });
  // Who does not wait for it is not to be surprised by it.
  ended.catch(() => undefined);
  const isRunning = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    isRunning,
    kill: (signal) => void child.kill(signal),
    async stop(patienceMs = 60_000) {
      if (isRunning()) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      try {
        return await ended;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

export function startRenewd(parameters: readonly string[], options: StartOptions = {}): Running {
  return start(process.execPath, [renewdProgram, ...parameters], options);
}

/** Runs it to its end; one that does not end is ended, and that is an error. */
export async function runRenewd(
  parameters: readonly string[],
  options: StartOptions & { readonly timeoutMs?: number } = {},
): Promise<Finished> {
  const { timeoutMs = 90_000 } = options;
  const running = startRenewd(parameters, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    running.kill('SIGKILL');
  }, timeoutMs);
  const finished = await running.ended;
  clearTimeout(timer);
  if (late) {
    throw new Error(
      `renewd ${parameters.join(' ')} did not end within ${timeoutMs} ms:\n${finished.stdout}\n${finished.stderr}`,
    );
  }
  return finished;
}

/** Asks until the answer is neither false nor undefined; what it threw last is told when time is up. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  everyMs = 25,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== undefined) return answer;
      last = undefined;
    } catch (thrown) {
      last = thrown;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await pause(everyMs);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** What has to be closed, last opened first, each even when another one fails. */
export interface Closers {
  add(close: () => unknown): void;
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const closers: (() => unknown)[] = [];
  return {
    add: (close) => void closers.push(close),
    async close() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).toReversed()) {
        try {
          await close();
        } catch (thrown) {
          failures.push(thrown);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
    },
  };
}

export const inCi = process.env['CI'] === 'true';

/** Skips only on a developer's machine, and says why; in CI a missing peer is a failure. */
export function shouldSkip(file: string, missing: string | undefined): boolean {
  if (missing === undefined || inCi) return false;
  process.stderr.write(`skipped: ${file}: ${missing}\n`);
  return true;
}
