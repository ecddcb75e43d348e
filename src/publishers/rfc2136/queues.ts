/** Tasks with the same key run one after the other, tasks with different keys side by side. */

export type Queues = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

export function createQueues(): Queues {
  const tails = new Map<string, Promise<void>>();
  return async (key, task) => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(task);
    const tail = turn.then(
      () => undefined,
      // The failure belongs to the one who asked for the task; the next in line only waits for its end.
      () => undefined,
    );
    tails.set(key, tail);
    try {
      return await turn;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
