/**
 * Drives every renewal: looks at the inventory, begins what the decision asks for, advances what is due, withdraws what
 * is no longer needed. All waiting is a stored deadline; the driver itself may be stopped and started at any moment.
 */
import type { Configuration } from '../core/certificate.ts';
import { minuteMs } from '../core/durations.ts';
import { createAdvancer } from './drive/advance.ts';
import { createChores } from './drive/chores.ts';
import type { DriverDependencies } from './drive/dependencies.ts';
import { createDiscarder } from './drive/discard.ts';
import { createJudge } from './drive/judge.ts';
import { createRevocationWatch } from './drive/revocation-watch.ts';
import { createLostKeyRevoker } from './drive/revoke-lost.ts';
import { createRoster } from './drive/roster.ts';
import { createDriverState, wakeOf } from './drive/state.ts';
import { observe, type Entry } from './watchlist.ts';

export type { DriverDependencies, DriverObserver } from './drive/dependencies.ts';

export interface Driver {
  /** Takes over a (new) configuration. */
  configure(configuration: Configuration): Promise<void>;
  /** Looks and decides without any effect, on files or store: what `renewd plan` and `renewd status` show. */
  assess(configuration: Configuration): Promise<readonly Entry[]>;
  /** Looks at every certificate and starts what is due. Resolves when everything is looked at, not when it is done. */
  pass(): Promise<void>;
  /** Starts what is due among the open renewals only. */
  advanceDue(): Promise<void>;
  /** Resolves when nothing is being worked on at this moment. */
  idle(): Promise<void>;
  /** Next moment at which something becomes due; undefined when nothing is awaited. */
  nextWake(): Date | undefined;
  entries(): readonly Entry[];
  /** Stop beginning new steps; what must not be cut is finished, see idle(). */
  stop(): void;
  /** Called whenever a piece of work ended, so that the daemon looks at nextWake() again. */
  onProgress(listener: () => void): void;
}

export function createDriver(dependencies: DriverDependencies): Driver {
  const { clock, logger, slices, watcher } = dependencies;
  const state = createDriverState();
  const { entries, stopping } = state;
  const roster = createRoster(state, dependencies);
  const schedule = createAdvancer(state, roster, dependencies);
  const chores = createChores(state, roster, dependencies);
  const discardReplaced = createDiscarder(state, dependencies);
  const revocations = createRevocationWatch(state, dependencies);
  const revokeLost = createLostKeyRevoker(state, dependencies);
  const judge = createJudge(state, roster, { schedule, adopt: (entry) => chores.adopt(entry) }, dependencies);
  /** The latest time that the clock has shown. */
  let seenMs = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    await roster.refresh();
    const nowMs = clock.now().getTime();
    if (nowMs < seenMs - minuteMs) {
      logger.warn({ from: new Date(seenMs), to: new Date(nowMs) }, 'the clock was set back');
      chores.clockWasSetBack();
    }
    seenMs = nowMs;
  }

  async function advanceOpen(): Promise<void> {
    const now = clock.now();
    for (const entry of entries.values()) {
      if (slices.isOver()) await slices.next();
      if (entry.observation !== undefined && (entry.dirty || entry.lookAgainAtMs <= now.getTime())) {
        // What made it dirty may have been our own deployment: the files are looked at before anything is decided.
        observe(entry, watcher);
        await judge.act(entry);
      }
      const wakeAt = wakeOf(entry, now);
      if (entry.open !== undefined && wakeAt !== null && wakeAt <= now) schedule(entry.open);
    }
    chores.pollProviders(now);
    revokeLost();
    chores.withdraw();
  }

  return {
    async configure(configuration) {
      roster.takeInventory(configuration);
      state.stale = true;
      await roster.refresh();
      chores.reshow();
    },
    async assess(configuration) {
      roster.takeInventory(configuration);
      await roster.read();
      for (const entry of entries.values()) {
        observe(entry, watcher);
        judge.assess(entry);
      }
      return [...entries.values()];
    },
    async pass() {
      await refresh();
      state.leftoversMayExist = true;
      const nowMs = clock.now().getTime();
      for (const entry of entries.values()) {
        const changed = observe(entry, watcher);
        if (changed || entry.dirty || entry.lookAgainAtMs <= nowMs) await judge.act(entry);
        chores.checkService(entry, clock.now());
        revocations.consider(entry, clock.now());
        if (slices.isOver()) await slices.next();
        if (stopping.signal.aborted) return;
      }
      revocations.begin();
      await discardReplaced();
      await advanceOpen();
    },
    async advanceDue() {
      await refresh();
      await advanceOpen();
    },
    idle: () => state.lanes.idle(),
    nextWake() {
      const now = clock.now();
      const { leftoversMayExist, leftoversAfterMs } = state;
      let earliest =
        leftoversMayExist && leftoversAfterMs > now.getTime() ? leftoversAfterMs : Number.POSITIVE_INFINITY;
      for (const entry of entries.values()) {
        if (entry.dirty && entry.observation !== undefined) return now;
        if (entry.open === undefined) earliest = Math.min(earliest, entry.lookAgainAtMs);
        else if (!state.inFlight.has(entry.open.id)) {
          earliest = Math.min(earliest, wakeOf(entry, now)?.getTime() ?? Number.POSITIVE_INFINITY);
        }
      }
      return Number.isFinite(earliest) ? new Date(earliest) : undefined;
    },
    entries: () => [...entries.values()],
    stop() {
      stopping.abort(new Error('renewd is stopping'));
    },
    onProgress(listener) {
      state.progressed = listener;
    },
  };
}
