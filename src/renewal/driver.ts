/**
 * Drives every renewal: looks at the inventory, begins what the decision asks for, advances what is due, withdraws what
 * is no longer needed. All waiting is a stored deadline; the driver itself may be stopped and started at any moment.
 */
import type { Clock, Files, Logger, Processes, Random } from '../contracts/platform.ts';
import type { CertificateRecord, Store } from '../contracts/store.ts';
import type { Configuration, ManagedCertificate } from '../core/certificate.ts';
import { minuteMs, secondMs } from '../core/durations.ts';
import { toRenewdError } from '../core/errors.ts';
import { isTerminal, type Renewal } from '../core/renewal.ts';
import { adoptOrder } from './adopt.ts';
import { commitOutcome, emptyRecord } from './commit.ts';
import { newRenewal } from './create-renewal.ts';
import { lookAtEndpoints } from './deliver.ts';
import { createLanes } from './lanes.ts';
import { decide, wakeMoment } from './plan/decide.ts';
import type { DecisionFacts } from './plan/facts.ts';
import { ruleCalendar } from './plan/rule-calendar.ts';
import { pollEvents } from './poll/events.ts';
import { resolveRenewal } from './resolve.ts';
import type { StageOutcome } from './outcome.ts';
import { runStage, type StageTools } from './stages.ts';
import type { DnsView, KeyVault, NamedPublisher, ProviderHandle, StageContext } from './stage-context.ts';
import { driftedTargets, newEntry, observe, type CrtWatcher, type Entry } from './watchlist.ts';
import { reshowEvidence, withdrawLeftovers } from './withdraw.ts';

export interface DriverDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly logger: Logger;
  readonly keys: KeyVault;
  readonly dns: DnsView;
  readonly watcher: CrtWatcher;
  readonly tools: StageTools;
  readonly providers: {
    handle(name: string): Promise<ProviderHandle>;
    capabilities(name: string): ProviderHandle['capabilities'];
  };
  publishers(): Promise<readonly NamedPublisher[]>;
  readonly observer: DriverObserver;
}

/** Told about what happened, for logs for people and metrics. Must not throw. */
export interface DriverObserver {
  transition(before: Renewal, after: Renewal, outcome: StageOutcome): void;
  begun(renewal: Renewal): void;
}

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

/** Work per lane at a time; provider throttles narrow it further. */
const laneWidth = 16;
/** The loop yields to everything else after this much scanning. */
const sliceMs = 8;
/** Bound on the steps of one renewal in one go: a cycle would be a bug and must not spin. */
const maxSteps = 40;
const eventIntervalMs = minuteMs;
const servedCheckIntervalMs = 60 * minuteMs;
const longestAdoptPauseMs = 60 * minuteMs;
const judgeAgainMs = 5 * secondMs;

export function createDriver(dependencies: DriverDependencies): Driver {
  const { store, clock, random, logger, watcher, observer } = dependencies;
  const lanes = createLanes(laneWidth);
  const entries = new Map<string, Entry>();
  const inFlight = new Set<string>();
  const adopting = new Set<string>();
  const eventsDueAt = new Map<string, number>();
  const stopping = new AbortController();
  /** Never fires: for the steps that must not be cut by a graceful stop. */
  const uncut = new AbortController();
  const gate = new Map<string, Promise<void>>();
  let progressListener: () => void = () => undefined;
  let foreignChanges = -1;
  /** What is remembered here may differ from the store: a write failed, or its answer was lost. */
  let stale = false;
  let reshown = false;
  /** The latest time that the clock has shown. */
  let seenMs = Number.NEGATIVE_INFINITY;
  let withdrawing = false;
  let leftoversMayExist = true;

  /** Store and inventory brought together; returns records that are not stored yet and every open renewal. */
  async function readStore(): Promise<{ fresh: CertificateRecord[]; open: readonly Renewal[] }> {
    const [records, summaries, open, requests] = await Promise.all([
      store.certificates(),
      store.issuedSummaries(),
      store.openRenewals(),
      store.pendingRequests(),
    ]);
    const byName = <T>(rows: readonly T[], name: (row: T) => string): Map<string, T> =>
      new Map(rows.map((row) => [name(row), row]));
    const recordOf = byName(records, ({ name }) => name);
    const issuedOf = byName(summaries, ({ certificate }) => certificate);
    const openOf = byName(open, ({ certificate }) => certificate);
    const requestOf = byName(requests, ({ certificate }) => certificate);
    const fresh: CertificateRecord[] = [];
    for (const entry of entries.values()) {
      const { name } = entry.managed;
      let record = recordOf.get(name);
      if (record === undefined) {
        record = emptyRecord(name, random.fraction());
        fresh.push(record);
      }
      const request = requestOf.get(name);
      const openRenewal = openOf.get(name);
      entry.dirty ||=
        request?.id !== entry.request?.id ||
        openRenewal?.revision !== entry.open?.revision ||
        entry.record === undefined;
      entry.record = record;
      entry.issued = issuedOf.get(name);
      entry.open = openRenewal;
      entry.request = request;
    }
    return { fresh, open };
  }

  async function loadStore(): Promise<void> {
    const { fresh, open } = await readStore();
    if (fresh.length > 0) await store.saveCertificates(fresh);
    await dropOrphans(open);
  }

  function takeInventory(configuration: Configuration): void {
    const wanted = new Map(configuration.certificates.map((managed) => [managed.name, managed]));
    for (const name of entries.keys()) if (!wanted.has(name)) entries.delete(name);
    for (const [name, managed] of wanted) {
      const entry = entries.get(name);
      if (entry === undefined) entries.set(name, newEntry(managed));
      else {
        entry.managed = managed;
        entry.dirty = true;
        entry.observation = undefined;
      }
    }
    watcher.keepOnly(
      new Set(
        configuration.certificates.flatMap((managed) => [
          managed.crt,
          ...managed.deploy.map(({ directory }) => `${directory}/fullchain.pem`),
        ]),
      ),
    );
  }

  /** Renewals of certificates that are no longer in the inventory: dropped while nothing was ordered. */
  async function dropOrphans(open: readonly Renewal[]): Promise<void> {
    for (const renewal of open) {
      if (entries.has(renewal.certificate)) continue;
      const idle =
        (renewal.state === 'planned' || renewal.state === 'blocked' || renewal.state === 'verified') &&
        renewal.orderedAt === null;
      if (!idle) {
        logger.warn(
          { certificate: renewal.certificate, renewalId: renewal.id, state: renewal.state },
          'renewal left as it is: its certificate is no longer in the inventory, but an order exists',
        );
        continue;
      }
      await commit(renewal, { event: 'superseded', text: 'the certificate is no longer in the inventory' });
    }
  }

  async function refreshIfForeign(): Promise<void> {
    const counter = await store.foreignChangeCounter();
    if (counter === foreignChanges && !stale) return;
    stale = false;
    try {
      await loadStore();
      foreignChanges = counter;
    } catch (thrown) {
      stale = true;
      throw thrown;
    }
  }

  async function commit(renewal: Renewal, outcome: StageOutcome): Promise<Renewal> {
    const after = await commitOutcome(store, renewal, outcome, random.fraction(), clock.now());
    observer.transition(renewal, after, outcome);
    const entry = entries.get(renewal.certificate);
    if (entry !== undefined) {
      entry.open = isTerminal(after.state) ? undefined : after;
      entry.dirty = true;
    }
    if (after.state !== renewal.state) {
      leftoversMayExist = true;
      if (entry !== undefined && (isTerminal(after.state) || after.state === 'verified')) {
        entry.record = await store.certificate(renewal.certificate);
        const issued = await store.newestIssued(renewal.certificate);
        entry.issued =
          issued?.fingerprint256 == null || issued.notAfter === null
            ? undefined
            : {
                certificate: renewal.certificate,
                renewalId: issued.id,
                fingerprint256: issued.fingerprint256,
                notAfter: issued.notAfter,
                action: issued.action,
                updatedAt: issued.updatedAt,
              };
      }
    }
    return after;
  }

  function contextFor(managed: ManagedCertificate, signal: AbortSignal): StageContext {
    return {
      managed,
      store,
      clock,
      random,
      files: dependencies.files,
      processes: dependencies.processes,
      keys: dependencies.keys,
      dns: dependencies.dns,
      logger,
      signal,
      provider: () => dependencies.providers.handle(managed.provider),
      capabilities: () => dependencies.providers.capabilities(managed.provider),
      publishers: () => dependencies.publishers(),
    };
  }

  /** The stages that a graceful stop lets finish: an order on its way, files being switched. */
  function signalFor(renewal: Renewal): AbortSignal {
    return renewal.state === 'ordering' || renewal.state === 'verified' || renewal.state === 'deployed'
      ? uncut.signal
      : stopping.signal;
  }

  /** Spend limits are read and the intent committed as one step per provider, so that two orders cannot both be last. */
  function exclusively<T>(provider: string, work: () => Promise<T>): Promise<T> {
    const before = gate.get(provider) ?? Promise.resolve();
    const result = before.then(work);
    gate.set(
      provider,
      result.then(
        () => undefined,
        () => undefined,
      ),
    );
    return result;
  }

  async function advance(id: string): Promise<void> {
    let renewal = await store.renewal(id);
    let fresh = false;
    for (let step = 0; step < maxSteps && renewal !== undefined && !isTerminal(renewal.state); step++) {
      const current: Renewal = renewal;
      const entry = entries.get(current.certificate);
      const now = clock.now();
      if (entry === undefined) return;
      const critical = isCritical(entry, now);
      const wakeAt = wakeMoment(current, critical, now);
      if (!fresh && (wakeAt === null || wakeAt > now || stopping.signal.aborted)) return;
      const context = contextFor(entry.managed, signalFor(current));
      const work = async (): Promise<Renewal | undefined> => {
        const outcome = await runStage(current, context, dependencies.tools, fresh);
        // Cut short by our own stop: no news of the order, and nothing to hold against anybody.
        const cut = context.signal.aborted && (outcome.event === 'hold' || outcome.failure !== undefined);
        return cut ? undefined : commit(current, outcome);
      };
      renewal = spends(current) ? await exclusively(current.provider, work) : await work();
      fresh = current.state === 'planned' && renewal?.state === 'ordering';
    }
  }

  /** The step that may end in a committed intent to pay. */
  function spends(renewal: Renewal): boolean {
    if (renewal.state !== 'planned' || renewal.csrPem === null || renewal.action === 'deploy') return false;
    return dependencies.providers.capabilities(renewal.provider).verbs[renewal.action].invoice === 'charged';
  }

  function isCritical(entry: Entry, now: Date): boolean {
    const moments = entry.decision?.moments;
    return moments != null && now >= moments.criticalAt;
  }

  function schedule(renewal: Renewal): void {
    if (inFlight.has(renewal.id) || stopping.signal.aborted) return;
    inFlight.add(renewal.id);
    const local = renewal.state === 'verified' || renewal.state === 'deployed';
    lanes.run(local ? 'local' : `provider ${renewal.provider}`, async () => {
      try {
        await advance(renewal.id);
      } catch (thrown) {
        const { code, message } = toRenewdError(thrown);
        const fields = {
          renewalId: renewal.id,
          certificate: renewal.certificate,
          code,
          reason: message,
          err: thrown,
        };
        // Whatever was not committed is read again from the store, which is the only truth.
        logger.error(fields, 'a step could not be recorded; the renewal is read again at the next pass');
        stale = true;
      } finally {
        inFlight.delete(renewal.id);
        progressListener();
      }
    });
  }

  function factsOf(entry: Entry): DecisionFacts {
    const { managed, request } = entry;
    const verb = request?.options['action'];
    return {
      managed,
      crt: entry.observation?.look ?? { state: 'missing', reason: 'not looked at yet' },
      driftedTargets: driftedTargets(entry),
      record: entry.record,
      open: entry.open,
      deployable: entry.issued,
      capabilities: dependencies.providers.capabilities(managed.provider),
      requested:
        request?.kind === 'renew' ? (verb === 'reissue' || verb === 'renew' ? { verb } : {}) : undefined,
    };
  }

  /** Trouble with one entry is its own: it is looked at again soon, and the others go on. */
  async function judge(entry: Entry): Promise<void> {
    try {
      await decideAndBegin(entry);
    } catch (thrown) {
      const { code, message } = toRenewdError(thrown);
      logger.error(
        { certificate: entry.managed.name, code, reason: message, err: thrown },
        'what was decided could not be begun; it is decided anew in a moment',
      );
      stale = true;
      entry.dirty = false;
      entry.lookAgainAtMs = clock.now().getTime() + judgeAgainMs;
    }
  }

  async function decideAndBegin(entry: Entry): Promise<void> {
    const now = clock.now();
    if (entry.request?.kind === 'resolve') {
      const capabilities = dependencies.providers.capabilities(entry.managed.provider);
      await resolveRenewal(store, entry.open, entry.request, commit, capabilities, now);
      entry.request = undefined;
    }
    const decision = decide(factsOf(entry), ruleCalendar, now);
    entry.decision = decision;
    entry.dirty = false;
    entry.lookAgainAtMs = decision.until?.getTime() ?? Number.POSITIVE_INFINITY;
    switch (decision.action) {
      case 'create':
      case 'reissue':
      case 'renew':
      case 'deploy':
        await begin(entry, decision.action);
        return;
      case 'wait':
        if (decision.reason === 'order-unknown') {
          if (entry.adoptAfterMs > now.getTime()) entry.lookAgainAtMs = entry.adoptAfterMs;
          else adopt(entry);
        }
        return;
      case 'none':
      case 'blocked':
      case 'resume':
        return;
    }
  }

  async function begin(entry: Entry, action: 'create' | 'reissue' | 'renew' | 'deploy'): Promise<void> {
    if (stopping.signal.aborted || entry.decision === undefined) return;
    const issued = action === 'deploy' ? await store.newestIssued(entry.managed.name) : undefined;
    const planned = newRenewal(
      entry.managed,
      action,
      entry.decision,
      entry.record,
      issued,
      clock.now(),
      random,
    );
    // Asked for a new key where keys are reused: made now, so that the renewal already has it.
    const asksForKey = entry.managed.key.reuse && entry.request?.options['newKey'] === true;
    const renewal = asksForKey
      ? { ...planned, ...(await dependencies.keys.create(entry.managed.name, entry.managed.key.type)) }
      : planned;
    const doneRequests = entry.request === undefined ? [] : [entry.request.id];
    const created = await store.createRenewal(renewal, {
      doneRequests,
      ledger: [
        {
          at: renewal.createdAt,
          certificate: renewal.certificate,
          renewalId: renewal.id,
          kind: 'note',
          subject: 'begin',
          text: `${action}: ${renewal.sentence}`,
          provider: renewal.provider,
          charged: null,
          paid: false,
          detail: { reason: renewal.reason, action },
        },
      ],
    });
    if (!created) {
      stale = true;
      return;
    }
    entry.open = renewal;
    entry.request = undefined;
    entry.dirty = true;
    observer.begun(renewal);
    schedule(renewal);
  }

  function adopt(entry: Entry): void {
    const { managed } = entry;
    if (adopting.has(managed.name) || stopping.signal.aborted) return;
    adopting.add(managed.name);
    lanes.run(`provider ${managed.provider}`, async () => {
      try {
        const { provider } = await dependencies.providers.handle(managed.provider);
        const record = entry.record ?? emptyRecord(managed.name, random.fraction());
        const spki = entry.observation?.spkiSha256;
        const adopted = await adoptOrder(managed, spki, record, provider, clock.now(), stopping.signal);
        await store.saveCertificates([adopted.record]);
        entry.record = adopted.record;
        entry.dirty = true;
        entry.adoptFailures = 0;
        logger.info(
          {
            certificate: managed.name,
            provider: managed.provider,
            orderId: adopted.record.orderId,
            reason: adopted.text,
          },
          'order behind the certificate looked up',
        );
      } catch (thrown) {
        const { code, message, retryAfterMs } = toRenewdError(thrown);
        entry.adoptFailures += 1;
        const pauseMs = Math.max(
          retryAfterMs ?? 0,
          Math.min(2 ** entry.adoptFailures * secondMs, longestAdoptPauseMs),
        );
        entry.adoptAfterMs = clock.now().getTime() + pauseMs;
        entry.lookAgainAtMs = entry.adoptAfterMs;
        logger.warn(
          { certificate: managed.name, provider: managed.provider, code, reason: message, pauseMs },
          'the order behind the certificate could not be looked up yet',
        );
      } finally {
        adopting.delete(managed.name);
        progressListener();
      }
    });
  }

  /** Reads each provider's event queue about once a minute, while something is open there. */
  function pollProviders(now: Date): void {
    const active = new Set(
      [...entries.values()].flatMap(({ open }) =>
        open === undefined || (open.orderId === null && open.certificateId === null && open.jobId === null)
          ? []
          : [open.provider],
      ),
    );
    for (const name of active) {
      if ((eventsDueAt.get(name) ?? 0) > now.getTime() || stopping.signal.aborted) continue;
      eventsDueAt.set(name, now.getTime() + eventIntervalMs);
      lanes.run(`events ${name}`, async () => {
        try {
          const { provider } = await dependencies.providers.handle(name);
          if (provider.events === undefined) return;
          const report = await pollEvents(name, provider.events, store, clock, logger, stopping.signal);
          if (report.madeDue > 0) await loadStore();
        } catch (thrown) {
          const { code, message } = toRenewdError(thrown);
          logger.warn(
            { provider: name, code, reason: message },
            'the event queue could not be read; status readings go on',
          );
        } finally {
          progressListener();
        }
      });
    }
  }

  function withdraw(): void {
    if (withdrawing || !leftoversMayExist || stopping.signal.aborted) return;
    withdrawing = true;
    leftoversMayExist = false;
    lanes.run('withdraw', async () => {
      try {
        const failed = await withdrawLeftovers(
          store,
          () => dependencies.publishers(),
          clock,
          logger,
          stopping.signal,
        );
        if (failed > 0) leftoversMayExist = true;
      } catch (thrown) {
        leftoversMayExist = true;
        logger.warn({ err: thrown }, 'evidence could not be withdrawn yet');
      } finally {
        withdrawing = false;
        progressListener();
      }
    });
  }

  /** Once after a start: evidence that only lived in the memory of the process before is shown again. */
  function reshow(): void {
    if (reshown) return;
    reshown = true;
    lanes.run('withdraw', async () => {
      try {
        await reshowEvidence(store, () => dependencies.publishers(), stopping.signal);
      } catch (thrown) {
        logger.warn({ err: thrown }, 'evidence could not be shown again after the start');
      }
    });
  }

  /** Is what is on disk also what is served? Asked about hourly while nothing is under way. */
  function checkService(entry: Entry, now: Date): void {
    const { managed, record, observation } = entry;
    if (entry.open !== undefined || record === undefined || observation?.look.state !== 'ok') return;
    if (managed.hold || managed.deploy.every(({ probe }) => probe.length === 0)) return;
    const sinceMs = now.getTime() - (record.servedCheckedAt?.getTime() ?? 0);
    if ((sinceMs >= 0 && sinceMs < servedCheckIntervalMs) || inFlight.has(`probe ${managed.name}`)) return;
    inFlight.add(`probe ${managed.name}`);
    const fingerprint = observation.look.certificate.fingerprint256;
    lanes.run('probe', async () => {
      try {
        const rows = await lookAtEndpoints(
          managed,
          fingerprint,
          dependencies.tools.delivery,
          stopping.signal,
        );
        const servedMatches = rows.every(({ matches }) => matches);
        const latest = (await store.certificate(managed.name)) ?? record;
        const updated = { ...latest, servedMatches, servedCheckedAt: clock.now() };
        await store.saveCertificates([updated]);
        if (entry.record?.servedMatches !== servedMatches) entry.dirty = true;
        entry.record = updated;
        if (!servedMatches)
          logger.warn(
            { certificate: managed.name, endpoints: rows },
            'an endpoint does not serve the certificate on disk',
          );
      } catch (thrown) {
        logger.warn({ certificate: managed.name, err: thrown }, 'the endpoints could not be looked at');
      } finally {
        inFlight.delete(`probe ${managed.name}`);
        progressListener();
      }
    });
  }

  /** Moments that are only remembered here mean nothing once the clock was set back. */
  function noticeClockSteps(nowMs: number): void {
    if (nowMs < seenMs - minuteMs) {
      logger.warn({ from: new Date(seenMs), to: new Date(nowMs) }, 'the clock was set back');
      eventsDueAt.clear();
      for (const entry of entries.values()) {
        entry.adoptAfterMs = 0;
        entry.dirty = true;
      }
    }
    seenMs = nowMs;
  }

  async function advanceOpen(): Promise<void> {
    const now = clock.now();
    for (const entry of entries.values()) {
      if (entry.observation !== undefined && (entry.dirty || entry.lookAgainAtMs <= now.getTime())) {
        // What made it dirty may have been our own deployment: the files are looked at before anything is decided.
        observe(entry, watcher);
        await judge(entry);
      }
      const { open } = entry;
      if (open === undefined || (entry.managed.hold && open.state === 'planned')) continue;
      const wakeAt = wakeMoment(open, isCritical(entry, now), now);
      if (wakeAt !== null && wakeAt <= now) schedule(open);
    }
    pollProviders(now);
    withdraw();
  }

  return {
    async configure(configuration) {
      takeInventory(configuration);
      stale = true;
      await refreshIfForeign();
      reshow();
    },
    async assess(configuration) {
      takeInventory(configuration);
      await readStore();
      for (const entry of entries.values()) {
        observe(entry, watcher);
        entry.decision = decide(factsOf(entry), ruleCalendar, clock.now());
      }
      return [...entries.values()];
    },
    async pass() {
      await refreshIfForeign();
      noticeClockSteps(clock.now().getTime());
      leftoversMayExist = true;
      let sliceEnd = performance.now() + sliceMs;
      const nowMs = clock.now().getTime();
      for (const entry of entries.values()) {
        const changed = observe(entry, watcher);
        if (changed || entry.dirty || entry.lookAgainAtMs <= nowMs) await judge(entry);
        checkService(entry, clock.now());
        if (performance.now() > sliceEnd) {
          await new Promise((resolve) => setImmediate(resolve));
          sliceEnd = performance.now() + sliceMs;
        }
        if (stopping.signal.aborted) return;
      }
      await advanceOpen();
    },
    async advanceDue() {
      await refreshIfForeign();
      noticeClockSteps(clock.now().getTime());
      await advanceOpen();
    },
    idle: () => lanes.idle(),
    nextWake() {
      const now = clock.now();
      let earliest = Number.POSITIVE_INFINITY;
      for (const entry of entries.values()) {
        if (entry.dirty && entry.observation !== undefined) return now;
        if (entry.open !== undefined) {
          const wakeAt = inFlight.has(entry.open.id)
            ? null
            : wakeMoment(entry.open, isCritical(entry, now), now);
          if (wakeAt !== null) earliest = Math.min(earliest, wakeAt.getTime());
        } else earliest = Math.min(earliest, entry.lookAgainAtMs);
      }
      return Number.isFinite(earliest) ? new Date(earliest) : undefined;
    },
    entries: () => [...entries.values()],
    stop() {
      stopping.abort(new Error('renewd is stopping'));
    },
    onProgress(listener) {
      progressListener = listener;
    },
  };
}
