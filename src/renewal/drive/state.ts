/** What the parts of the driver share while the process lives. Truth is in store and files; this may be lost at any time. */
import { createLanes, type Lanes } from '../lanes.ts';
import type { CompromisedKey, RevocationDue, RevocationRecord } from '../../core/revocation.ts';
import { isUrgent } from '../plan/condemned.ts';
import { wakeMoment } from '../plan/check-open.ts';
import type { Entry } from '../watchlist.ts';

/** Work per lane at a time; provider throttles narrow it further. */
const laneWidth = 16;

export interface DriverState {
  /** By name of the managed certificate. */
  readonly entries: Map<string, Entry>;
  readonly lanes: Lanes;
  /** Names of pieces of work that are under way, so that none is begun twice. */
  readonly inFlight: Set<string>;
  /** The CAs' last words, by fingerprint. */
  readonly revocations: Map<string, RevocationRecord>;
  /** By SHA-256 of the SubjectPublicKeyInfo. */
  readonly compromisedKeys: Map<string, CompromisedKey>;
  /** By fingerprint; also those that are done. */
  readonly revocationsDue: Map<string, RevocationDue>;
  /** Fires when no new step may begin. */
  readonly stopping: AbortController;
  /** What is remembered here may differ from the store: a write failed, or its answer was lost. */
  stale: boolean;
  /** Evidence may stand somewhere that nobody needs any more. */
  leftoversMayExist: boolean;
  /** After failures in a row it is left where it is until then, milliseconds since 1970. */
  leftoversAfterMs: number;
  /** Called whenever a piece of work ended. */
  progressed: () => void;
}

export function createDriverState(): DriverState {
  return {
    entries: new Map(),
    lanes: createLanes(laneWidth),
    inFlight: new Set(),
    revocations: new Map(),
    compromisedKeys: new Map(),
    revocationsDue: new Map(),
    stopping: new AbortController(),
    stale: false,
    leftoversMayExist: true,
    leftoversAfterMs: 0,
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
  const { open, managed, decision, pausedUntilMs, reconfigured } = entry;
  if (open === undefined || (managed.hold && open.state === 'planned')) return null;
  const condemned = isCondemned(entry);
  // What waits for a limit or an account, and not for a person's word, need not wait for its next look.
  if (reconfigured && open.state === 'blocked' && open.nextAt !== null) return new Date(pausedUntilMs);
  // It waits for nothing but a maintenance window, and the certificate that it replaces is worth nothing.
  if (condemned && open.state === 'verified' && open.failure === null) return new Date(pausedUntilMs);
  const critical =
    condemned || isUrgent(open.reason) || (decision?.moments != null && now >= decision.moments.criticalAt);
  const wakeAt = wakeMoment(open, critical, now);
  return wakeAt === null ? null : new Date(Math.max(wakeAt.getTime(), pausedUntilMs));
}

/** The certificate in the CRT file is revoked, or its key is lost. */
export function isCondemned({ compromise, revocation }: Pick<Entry, 'compromise' | 'revocation'>): boolean {
  return compromise !== undefined || revocation?.status === 'revoked';
}

/** Brings what is known of revocation to the entry, for the certificate that its CRT file holds now. */
export function refreshCondemnation(entry: Entry, state: DriverState): void {
  const { observation } = entry;
  const look = observation?.look;
  const { spkiSha256 } = observation ?? {};
  entry.revocation =
    look?.state === 'ok' ? state.revocations.get(look.certificate.fingerprint256) : undefined;
  entry.compromise = spkiSha256 === undefined ? undefined : state.compromisedKeys.get(spkiSha256);
  entry.revocationsDue = [...state.revocationsDue.values()].filter(
    ({ certificate, state: at }) => certificate === entry.managed.name && at !== 'done',
  );
}
