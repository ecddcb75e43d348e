/** What goes on beside the renewals: orders looked up, event queues read, evidence shown and withdrawn, services looked at. */
import { minuteMs, secondMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import { adoptOrder } from '../adopt.ts';
import { emptyRecord } from '../commit.ts';
import { lookAtEndpoints } from '../deliver.ts';
import { retryDelayMs } from '../outcome.ts';
import { pollEvents } from '../poll/events.ts';
import type { Entry } from '../watchlist.ts';
import { reshowEvidence, withdrawLeftovers } from '../withdraw.ts';
import type { DriverDependencies } from './dependencies.ts';
import type { Roster } from './roster.ts';
import { inLane, type DriverState } from './state.ts';

const eventIntervalMs = minuteMs;
const servedCheckIntervalMs = 60 * minuteMs;
const longestAdoptPauseMs = 60 * minuteMs;
/** So many renewals back an order at a provider is looked for that was left for another one. */
const renewalsLookedAt = 20;

export interface Chores {
  adopt(entry: Entry): void;
  /** Reads each provider's event queue about once a minute, while something is open there. */
  pollProviders(now: Date): void;
  /** Takes away what nobody needs any more; after failures with growing pauses. */
  withdraw(): void;
  /** Once after a start: evidence that only lived in the memory of the process before is shown again. */
  reshow(): void;
  /** Is what is on disk also what is served? Asked about hourly while nothing is under way. */
  checkService(entry: Entry, now: Date): void;
  /** Moments that are only remembered here mean nothing once the clock was set back. */
  clockWasSetBack(): void;
}

export function createChores(state: DriverState, roster: Roster, dependencies: DriverDependencies): Chores {
  const { store, clock, random, logger, providers, tools } = dependencies;
  const { entries, stopping } = state;
  const eventsDueAt = new Map<string, number>();
  const publishers = () => dependencies.publishers();
  let reshown = false;
  let withdrawFailures = 0;

  /** A server or disk that goes on failing is not asked in a hot loop. */
  function withdrawLater(): void {
    withdrawFailures += 1;
    state.leftoversMayExist = true;
    state.leftoversAfterMs = clock.now().getTime() + retryDelayMs(withdrawFailures);
  }

  async function lookUpOrder(entry: Entry): Promise<void> {
    const { managed } = entry;
    const { name: certificate, provider: providerName } = managed;
    try {
      const { provider } = await providers.handle(providerName);
      const record = entry.record ?? emptyRecord(certificate, random.fraction());
      const spki = entry.observation?.spkiSha256;
      const { adoptFailures } = entry;
      const adopted = await adoptOrder(
        managed,
        spki,
        record,
        await store.renewalsOf(certificate, renewalsLookedAt),
        provider,
        clock.now(),
        adoptFailures,
        stopping.signal,
      );
      await store.saveCertificates([adopted.record]);
      entry.record = adopted.record;
      entry.dirty = true;
      entry.adoptFailures = 0;
      const { orderId } = adopted.record;
      logger.info(
        { certificate, provider: providerName, orderId, reason: adopted.text },
        'order behind the certificate looked up',
      );
    } catch (thrown) {
      const { code, message: reason, retryAfterMs } = toRenewdError(thrown);
      entry.adoptFailures += 1;
      const ownPauseMs = Math.min(2 ** entry.adoptFailures * secondMs, longestAdoptPauseMs);
      const pauseMs = Math.max(retryAfterMs ?? 0, ownPauseMs);
      entry.adoptAfterMs = clock.now().getTime() + pauseMs;
      entry.lookAgainAtMs = entry.adoptAfterMs;
      logger.warn(
        { certificate, provider: providerName, code, reason, pauseMs },
        'the order behind the certificate could not be looked up yet',
      );
    }
  }

  async function readEvents(name: string): Promise<void> {
    try {
      const { provider } = await providers.handle(name);
      if (provider.events === undefined) return;
      const report = await pollEvents(name, provider.events, store, clock, logger, stopping.signal);
      if (report.madeDue === 0) return;
      state.stale = true;
      await roster.refresh();
    } catch (thrown) {
      const { code, message: reason } = toRenewdError(thrown);
      logger.warn(
        { provider: name, code, reason },
        'the event queue could not be read; status readings go on',
      );
    }
  }

  async function lookAtService(entry: Entry, fingerprint256: string): Promise<void> {
    const { managed } = entry;
    const certificate = managed.name;
    try {
      const endpoints = await lookAtEndpoints(managed, fingerprint256, tools.delivery, stopping.signal);
      const servedMatches = endpoints.every(({ matches }) => matches);
      const latest = (await store.certificate(certificate)) ?? emptyRecord(certificate, random.fraction());
      const updated = { ...latest, servedMatches, servedCheckedAt: clock.now() };
      await store.saveCertificates([updated]);
      if (entry.record?.servedMatches !== servedMatches) entry.dirty = true;
      entry.record = updated;
      entry.amiss = servedMatches ? [] : endpoints;
      if (!servedMatches) {
        logger.warn({ certificate, endpoints }, 'an endpoint does not serve the certificate on disk');
      }
    } catch (thrown) {
      logger.warn({ certificate, err: thrown }, 'the endpoints could not be looked at');
    }
  }

  return {
    adopt(entry) {
      const { name, provider } = entry.managed;
      inLane(state, `provider ${provider}`, `adopt ${name}`, () => lookUpOrder(entry));
    },
    pollProviders(now) {
      const active = new Set<string>();
      for (const { open } of entries.values()) {
        if (open !== undefined && (open.orderId ?? open.certificateId ?? open.jobId) !== null)
          active.add(open.provider);
      }
      for (const name of active) {
        if ((eventsDueAt.get(name) ?? 0) > now.getTime()) continue;
        eventsDueAt.set(name, now.getTime() + eventIntervalMs);
        inLane(state, `events ${name}`, `events ${name}`, () => readEvents(name));
      }
    },
    withdraw() {
      if (!state.leftoversMayExist || state.leftoversAfterMs > clock.now().getTime()) return;
      inLane(state, 'withdraw', 'withdraw', async () => {
        state.leftoversMayExist = false;
        try {
          const failed = await withdrawLeftovers(store, publishers, clock, logger, stopping.signal);
          if (failed > 0) withdrawLater();
          else withdrawFailures = 0;
        } catch (thrown) {
          withdrawLater();
          logger.warn({ err: thrown }, 'evidence could not be withdrawn yet');
        }
      });
    },
    reshow() {
      if (reshown) return;
      reshown = true;
      inLane(state, 'withdraw', 'reshow', async () => {
        try {
          await reshowEvidence(store, publishers, stopping.signal);
        } catch (thrown) {
          logger.warn({ err: thrown }, 'evidence could not be shown again after the start');
        }
      });
    },
    checkService(entry, now) {
      const { managed, record, observation } = entry;
      if (entry.open !== undefined || record === undefined || observation?.look.state !== 'ok') return;
      if (managed.hold || managed.deploy.every(({ probe }) => probe.length === 0)) return;
      const sinceMs = now.getTime() - (record.servedCheckedAt?.getTime() ?? 0);
      if (sinceMs >= 0 && sinceMs < servedCheckIntervalMs) return;
      const { fingerprint256 } = observation.look.certificate;
      inLane(state, 'probe', `probe ${managed.name}`, () => lookAtService(entry, fingerprint256));
    },
    clockWasSetBack() {
      eventsDueAt.clear();
      state.leftoversAfterMs = 0;
      for (const entry of entries.values()) {
        entry.adoptAfterMs = 0;
        entry.pausedUntilMs = 0;
        entry.dirty = true;
      }
    },
  };
}
