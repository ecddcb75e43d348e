/** One at a time, first come first served; whoever is cancelled while waiting leaves without having begun. */

export interface Queue {
  /** Rejects with the signal's reason when it fires while waiting; `fn` was not called then. */
  run<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T>;
  /** Nothing runs and nobody waits. */
  idle(): boolean;
}

export function createQueue(): Queue {
  const waiting: (() => void)[] = [];
  let running = false;

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      if (!running) {
        running = true;
        resolve();
        return;
      }
      const start = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(start);
    });
  }

  return {
    async run(signal, fn) {
      await turn(signal);
      try {
        return await fn();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running = false;
        else next();
      }
    },
    idle: () => !running && waiting.length === 0,
  };
}
