/** Works on one renewal: stage after stage until it has to wait, each outcome committed before the next begins. */
import { secondMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import type { ManagedCertificate } from '../../core/certificate.ts';
import { isTerminal, type Renewal } from '../../core/renewal.ts';
import { guardIntent, isIntentToPay } from '../order/spend-guard.ts';
import type { StageOutcome } from '../outcome.ts';
import type { StageContext } from '../stage-context.ts';
import { runStage } from '../stages.ts';
import type { DriverDependencies } from './dependencies.ts';
import type { Roster } from './roster.ts';
import { capabilitiesAt, entryOf } from '../second-provider.ts';
import { inLane, isCondemned, wakeOf, type DriverState } from './state.ts';

/** Bound on the steps of one renewal in one go: a cycle would be a bug and must not spin. */
const maxSteps = 40;
/** A store that fails (a full disk, say) fails again a moment later. */
const pauseAfterLossMs = 5 * secondMs;

/** Returns what schedules a renewal: puts it to work in its lane, unless it is worked on already. */
export function createAdvancer(
  state: DriverState,
  roster: Roster,
  dependencies: DriverDependencies,
): (renewal: Renewal) => void {
  const { store, clock, logger, slices, providers, tools } = dependencies;
  const { entries, stopping } = state;
  /** Never fires: for the steps that must not be cut by a graceful stop. */
  const uncut = new AbortController();
  let gate: Promise<void> = Promise.resolve();

  /** The provider is the one that the renewal was begun at, whatever the inventory names by now: its order is there. */
  function contextFor(
    { provider }: Renewal,
    managed: ManagedCertificate,
    condemned: boolean,
    signal: AbortSignal,
  ): StageContext {
    const { random, files, processes, keys, dns } = dependencies;
    return {
      managed,
      condemned,
      store,
      clock,
      random,
      files,
      processes,
      keys,
      dns,
      logger,
      signal,
      provider: () => providers.handle(provider),
      capabilities: () => capabilitiesAt(provider, managed, providers),
      spendOverall: () => dependencies.spendOverall(),
      publishers: () => dependencies.publishers(),
    };
  }

  /** The stages that a graceful stop lets finish: an order on its way, files being switched. */
  function signalFor({ state: at }: Renewal): AbortSignal {
    return at === 'ordering' || at === 'verified' || at === 'deployed' ? uncut.signal : stopping.signal;
  }

  /** Limits are read and the intent committed as one step over all providers, so that two orders cannot both be last. */
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = gate.then(work);
    const ignore = (): void => undefined;
    gate = result.then(ignore, ignore);
    return result;
  }

  async function commit(renewal: Renewal, outcome: StageOutcome, context: StageContext): Promise<Renewal> {
    if (!isIntentToPay(outcome)) return roster.commit(renewal, outcome);
    return exclusively(async () => roster.commit(renewal, await guardIntent(renewal, outcome, context)));
  }

  async function advance(id: string): Promise<void> {
    let renewal = await store.renewal(id);
    let fresh = false;
    for (let step = 0; step < maxSteps && renewal !== undefined && !isTerminal(renewal.state); step++) {
      // The step that sends an order begins at once: its intent is committed.
      if (!fresh && slices.isOver()) await slices.next();
      const current: Renewal = renewal;
      const entry = entries.get(current.certificate);
      if (entry === undefined) return;
      const now = clock.now();
      const wakeAt = wakeOf({ ...entry, open: current }, now);
      if (!fresh && (wakeAt === null || wakeAt > now || stopping.signal.aborted)) return;
      const managed = entryOf(current, entry.managed);
      const context = contextFor(current, managed, isCondemned(entry), signalFor(current));
      const outcome = await runStage(current, context, tools, fresh);
      // Cut short by our own stop: no news of the order, and nothing to hold against anybody.
      if (context.signal.aborted && (outcome.event === 'hold' || outcome.failure !== undefined)) return;
      renewal = await commit(current, outcome, context);
      fresh = current.state === 'planned' && renewal.state === 'ordering';
    }
  }

  return ({ id: renewalId, certificate, state: at, provider }) => {
    const lane = at === 'verified' || at === 'deployed' ? 'local' : `provider ${provider}`;
    inLane(state, lane, renewalId, async () => {
      try {
        await advance(renewalId);
      } catch (thrown) {
        const { code, message: reason } = toRenewdError(thrown);
        // Whatever was not committed is read again from the store, which is the only truth.
        state.stale = true;
        const entry = entries.get(certificate);
        if (entry !== undefined) entry.pausedUntilMs = clock.now().getTime() + pauseAfterLossMs;
        logger.error(
          { renewalId, certificate, code, reason, err: thrown },
          'a step could not be recorded; the renewal is read again at the next pass',
        );
      }
    });
  };
}
