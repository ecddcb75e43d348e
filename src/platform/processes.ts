/**
 * Child processes: a program and its arguments, never a shell. Each gets its own process group, so that a timeout
 * ends what it started too; no standard input but what it is handed; a minimal environment, so that our secrets stay ours.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ProcessResult, Processes } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';
import { sleepMsMax } from './clock.ts';
import { errnoCode, fileError } from './file-errors.ts';
import { nodeNeighbours } from './neighbours.ts';

/** Of each stream this much is kept, from its beginning; the rest is read and dropped. */
export const outputBytesMax = 16 * 1024;

const inheritedVariables = ['PATH', 'HOME', 'LANG'] as const;

export interface ProcessesOptions {
  /** From SIGTERM to SIGKILL. */
  readonly killAfterMs?: number;
  /** How long to read on after the program ended while something it started holds its output open. */
  readonly drainMs?: number;
}

export function createProcesses({ killAfterMs = 5000, drainMs = 250 }: ProcessesOptions = {}): Processes {
  return {
    run(argv, { timeoutMs, env, input, signal }) {
      const [program, ...parameters] = argv;
      if (program === undefined || program === '') {
        return Promise.reject(new RenewdError('reload-failed', 'there is no program to run'));
      }
      return new Promise<ProcessResult>((resolve, reject) => {
        const cannotStart = (error: unknown): void =>
          reject(
            new RenewdError('reload-failed', fileError('start', program, error).message, {
              cause: error,
              fields: { program, errno: errnoCode(error) },
            }),
          );

        let child: ChildProcess;
        try {
          child = spawn(program, parameters, {
            stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
            detached: true,
            env: { ...inheritedEnvironment(), ...env },
          });
        } catch (error) {
          cannotStart(error);
          return;
        }
        // Who ends without reading breaks the pipe; how it ended is the result.
        child.stdin?.on('error', () => undefined).end(input);
        const stdout = collect(child.stdout);
        const stderr = collect(child.stderr);
        let timedOut = false;
        let ending = false;
        let killTimer: NodeJS.Timeout | undefined;
        let drainTimer: NodeJS.Timeout | undefined;

        const end = (): void => {
          if (ending) return;
          ending = true;
          signalGroup(child, 'SIGTERM');
          killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), killAfterMs);
        };
        const timer = setTimeout(
          () => {
            timedOut = true;
            end();
          },
          Math.min(Math.max(0, timeoutMs), sleepMsMax),
        );
        const release = (): void => {
          clearTimeout(timer);
          clearTimeout(killTimer);
          clearTimeout(drainTimer);
          signal?.removeEventListener('abort', end);
        };

        child.once('error', (error) => {
          // A failing kill also arrives here; only a child without an id was never started.
          if (child.pid !== undefined) return;
          release();
          cannotStart(error);
        });
        child.once('exit', () => {
          clearTimeout(timer);
          // The program obeyed; what it left behind in its group gets no second warning.
          if (ending) signalGroup(child, 'SIGKILL');
          child.stdin?.destroy();
          // What the program wrote may still be unread when the time is up, if other work held the event loop up: between a
          // timer and the immediate that it sets lies the phase in which pipes are read.
          drainTimer = setTimeout(() => {
            setImmediate(() => {
              child.stdout?.destroy();
              child.stderr?.destroy();
            });
          }, drainMs);
        });
        child.once('close', (exitCode, endedBy) => {
          if (child.pid === undefined) return;
          release();
          resolve({ exitCode, signal: endedBy, timedOut, stdout: stdout(), stderr: stderr() });
        });
        if (signal?.aborted === true) end();
        else signal?.addEventListener('abort', end, { once: true });
      });
    },
  };
}

export const nodeProcesses: Processes = { ...createProcesses(), neighbours: nodeNeighbours };

function inheritedEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inheritedVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Keeps the first `outputBytesMax` bytes and reads on, so that the program never blocks on a full pipe. */
function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (length >= outputBytesMax) return;
    const kept = chunk.subarray(0, outputBytesMax - length);
    chunks.push(kept);
    length += kept.length;
  });
  stream?.on('error', () => {
    // What was read so far is the result.
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function signalGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The whole group has ended.
  }
}
