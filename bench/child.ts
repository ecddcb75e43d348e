/** Worker processes that are told what to do one thing at a time, so that measurements can be interleaved. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

type Answer = { readonly result?: unknown; readonly failure?: string };

/** In the worker: answers each message until the parent lets go. */
export function serve(handlers: Handlers): void {
  process.on('message', (message: { readonly command: string; readonly argument: never }) => {
    void (async () => {
      let answer: Answer;
      try {
        answer = { result: await handlers[message.command]?.(message.argument) };
      } catch (error) {
        answer = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
      process.send?.(answer);
    })();
  });
  process.on('disconnect', () => process.exit(0));
}

/** In the parent: a worker with the handlers of `H`. */
export interface Worker<H extends Handlers> {
  ask<K extends keyof H & string>(
    command: K,
    ...argument: Parameters<H[K]>
  ): Promise<Awaited<ReturnType<H[K]>>>;
  readonly pid: number;
  stop(): Promise<void>;
}

export function startWorker<H extends Handlers>(
  name: string,
  parameters: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Worker<H> {
  const program = fileURLToPath(new URL(`./workers/${name}.ts`, import.meta.url));
  const child = fork(program, [...parameters], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  return {
    pid: child.pid ?? 0,
    async ask(command, argument) {
      const answer = await new Promise<Answer>((resolve, reject) => {
        const died = (): void => reject(new Error(`the worker ${name} ended while doing "${command}"`));
        if (child.exitCode !== null) {
          died();
          return;
        }
        child.once('exit', died);
        child.once('message', (message) => {
          child.off('exit', died);
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own worker wrote it
          resolve(message as Answer);
        });
        child.send({ command, argument });
      });
      if (answer.failure !== undefined) throw new Error(`${name} ${command}: ${answer.failure}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own worker answers with this type
      return answer.result as never;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
