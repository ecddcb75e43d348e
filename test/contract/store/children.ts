/** Starts child.ts and talks to it. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { StoreUnderTest } from '../store.ts';

export class Child {
  /** Everything it said after "ready". */
  readonly lines: string[] = [];
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #input: NodeJS.EventEmitter;
  readonly #closed: Promise<unknown>;

  constructor(subject: StoreUnderTest, job: string) {
    const program = fileURLToPath(new URL('./child.ts', import.meta.url));
    this.#process = spawn(process.execPath, [program, subject.engine.href, subject.directory, job], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#closed = once(this.#process, 'close');
    this.#input = createInterface(this.#process.stdout).on('line', (line: string) => {
      this.lines.push(line);
    });
  }

  /** Resolves when it has said so many lines; rejects when it ends before that. */
  async said(count: number): Promise<void> {
    while (this.lines.length < count) {
      const ended = this.#closed.then(() => 'ended');
      const what = await Promise.race([once(this.#input, 'line'), ended]);
      if (what === 'ended' && this.lines.length < count)
        throw new Error(`the child ended after ${this.lines.join()}`);
    }
  }

  begin(): void {
    this.#process.stdin.write('go\n');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Exit code, null when killed; everything it said has arrived. */
  async end(): Promise<number | null> {
    await this.#closed;
    return this.#process.exitCode;
  }
}

/** All of them ready before the first begins, so that they really meet. Returns what each said, without "ready". */
export async function race(
  subject: StoreUnderTest,
  job: string,
  count: number,
): Promise<readonly string[][]> {
  const children = Array.from({ length: count }, () => new Child(subject, job));
  await Promise.all(children.map((child) => child.said(1)));
  for (const child of children) child.begin();
  const codes = await Promise.all(children.map((child) => child.end()));
  if (codes.some((code) => code !== 0)) throw new Error(`children ended with ${codes.join()}`);
  return children.map((child) => child.lines.slice(1));
}
