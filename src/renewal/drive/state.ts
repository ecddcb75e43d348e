/** What the parts of the driver share while the process lives. Truth is in store and files; this may be lost at any time. */
import { createLanes, type Lanes } from '../lanes.ts';
import { wakeMoment } from '../plan/decide.ts';
import type { Entry } from '../watchlist.ts';

/** Work per lane at a time; provider throttles narrow it further. */
const laneWidth = 16;

export interface DriverState {
  /** By name of the managed certificate. */
  readonly entries: Map<string, Entry>;
  readonly lanes: Lanes;
  /** Names of pieces of work that are under way, so that none is begun twice. */
  readonly inFlight: Set<string>;
  /** Fires when no new step may begin. */
  readonly stopping: AbortController;
  /** What is remembered here may differ from the store: a write failed, or its answer was lost. */
  stale: boolean;
  /** Evidence may stand somewhere that nobody needs any more. */
  leftoversMayExist: boolean;
  /** Called whenever a piece of work ended. */
  progressed: () => void;
}

export function createDriverState(): DriverState {
  return {
    entries: new Map(),
    lanes: createLanes(laneWidth),
    inFlight: new Set(),
    stopping: new AbortController(),
    stale: false,
    leftoversMayExist: true,
    progressed: () => undefined,
  };
}

/** Runs work in a lane unless work of that name is under way or the driver is stopping. `work` must not throw. */
export function inLane(state: DriverState, lane: string, name: string, work: () => Promise<void>): void {
  if (state.inFlight.has(name) || state.stopping.signal.aborted) return;
  state.inFlight.add(name);
  state.lanes.run(lane, async () => {
    try {
      await work();
    } finally {
      state.inFlight.delete(name);
      state.progressed();
    }
  });
}

/** When the entry's open renewal goes on; null: not by itself, it is held, or there is none. */
export function wakeOf(entry: Entry, now: Date): Date | null {
  const { open, managed, decision, pausedUntilMs } = entry;
  if (open === undefined || (managed.hold && open.state === 'planned')) return null;
  const critical = decision?.moments != null && now >= decision.moments.criticalAt;
  const wakeAt = wakeMoment(open, critical, now);
  return wakeAt === null ? null : new Date(Math.max(wakeAt.getTime(), pausedUntilMs));
}
