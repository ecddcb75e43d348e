/**
 * One queue per provider, and one for the local work of deploying: a slow or hostile peer fills its own lane and delays
 * nobody else. Work in a lane starts in order; at most `width` pieces run at once.
 */
export interface Lanes {
  /** Runs `work` when its lane has room. `work` must not throw. */
  run(lane: string, work: () => Promise<void>): void;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  readonly running: number;
}

export function createLanes(width: number): Lanes {
  const lanes = new Map<string, { active: number; waiting: (() => Promise<void>)[] }>();
  let running = 0;
  let idleWaiters: (() => void)[] = [];

  function next(name: string): void {
    const lane = lanes.get(name);
    if (lane === undefined || lane.active >= width) return;
    const work = lane.waiting.shift();
    if (work === undefined) {
      if (lane.active === 0) lanes.delete(name);
      return;
    }
    lane.active += 1;
    void work().finally(() => {
      lane.active -= 1;
      running -= 1;
      next(name);
      if (running === 0) {
        for (const wake of idleWaiters.splice(0)) wake();
      }
    });
  }

  return {
    run(name, work) {
      running += 1;
      const lane = lanes.get(name) ?? { active: 0, waiting: [] };
      lanes.set(name, lane);
      lane.waiting.push(work);
      next(name);
    },
    idle() {
      if (running === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idleWaiters = [...idleWaiters, resolve];
      });
    },
    get running() {
      return running;
    },
  };
}
