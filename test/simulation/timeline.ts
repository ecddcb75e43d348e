/**
 * Virtual time: one queue of events, ordered by moment and then by when they were put in. Between two events everything
 * that can run without time passing does run; then the clock jumps to the next one. Nothing waits for real time.
 */
import type { Clock } from '../../src/contracts/platform.ts';

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  run: (() => void | Promise<void>) | undefined;
}

export interface Timeline {
  readonly nowMs: number;
  now(): Date;
  /** Runs `event` at a moment, at the earliest now. Returns what calls it off. A promise holds the clock until it settles. */
  at(moment: number, event: () => void | Promise<void>): () => void;
  after(ms: number, event: () => void | Promise<void>): () => void;
  /** The clock of whoever lives as long as `alive` says; sleepers of the dead never wake. */
  clock(alive?: () => boolean): Clock;
  /** The clock stands still until it settles: work that needs real time, a signature for example. One at a time. */
  held<T>(work: () => Promise<T>): Promise<T>;
  /** Runs the next event and everything that follows from it; false when there is none up to `endMs`. */
  step(endMs: number): Promise<boolean>;
}

export function createTimeline(start: Date): Timeline {
  let nowMs = start.getTime();
  let sequence = 0;
  const heap: Event[] = [];
  let holding = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const before = (a: Event, b: Event): boolean =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);

  function push(event: Event): void {
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  function pop(): Event | undefined {
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, last)) break;
      heap[index] = child;
      index = child === left ? 2 * index + 1 : 2 * index + 2;
    }
    heap[index] = last;
    return top;
  }

  const turn = (): Promise<void> =>
    new Promise<void>((resolve) => {
      setImmediate(resolve);
    });

  /** Promise reactions and ticks run to the end before an immediate does. */
  async function settle(): Promise<void> {
    do {
      await turn();
      // oxlint-disable-next-line no-unmodified-loop-condition -- `held` counts it down
      while (holding > 0) await turn();
      // What waits for a turn itself, between two looks for example, goes on up to the next thing that takes time.
      await turn();
      // oxlint-disable-next-line no-unmodified-loop-condition -- a piece of work that began meanwhile counts it up
    } while (holding > 0);
  }

  const timeline: Timeline = {
    get nowMs() {
      return nowMs;
    },
    now: () => new Date(nowMs),
    at(moment, run) {
      sequence += 1;
      const event: Event = { atMs: Math.max(Math.ceil(moment), nowMs), sequence, run };
      push(event);
      return () => {
        event.run = undefined;
      };
    },
    after: (ms, run) => timeline.at(nowMs + ms, run),
    clock: (alive = () => true) => ({
      now: () => new Date(nowMs),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const abort = (): void => {
            cancel();
            const reason: unknown = signal?.reason;
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the contract: the signal's own reason
            reject(reason);
          };
          const cancel = timeline.after(Math.max(0, ms), () => {
            signal?.removeEventListener('abort', abort);
            if (alive()) resolve();
          });
          if (signal?.aborted === true) abort();
          else signal?.addEventListener('abort', abort, { once: true });
        }),
    }),
    held(work) {
      holding += 1;
      const done = queue.then(work).finally(() => {
        holding -= 1;
      });
      queue = done.catch(() => undefined);
      return done;
    },
    async step(endMs) {
      for (;;) {
        const [top] = heap;
        if (top === undefined || top.atMs > endMs) return false;
        const event = pop();
        if (event?.run === undefined) continue;
        nowMs = Math.max(nowMs, event.atMs);
        await event.run();
        await settle();
        return true;
      }
    },
  };
  return timeline;
}
