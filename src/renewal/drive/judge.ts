/** Decides about one certificate from what is known, and begins what the decision asks for. */
import { secondMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import type { Renewal, RenewalAction } from '../../core/renewal.ts';
import { newRenewal } from '../create-renewal.ts';
import { ledgerEntry } from '../outcome.ts';
import { decide } from '../plan/decide.ts';
import type { DecisionFacts } from '../plan/facts.ts';
import { ruleCalendar } from '../plan/rule-calendar.ts';
import { resolveRenewal } from '../resolve.ts';
import { capabilitiesAt, entryFor } from '../second-provider.ts';
import { driftedTargets, type Entry } from '../watchlist.ts';
import type { DriverDependencies } from './dependencies.ts';
import type { Roster } from './roster.ts';
import { refreshCondemnation, type DriverState } from './state.ts';

const judgeAgainMs = 5 * secondMs;

export interface Judge {
  /** Only decides: no effect beyond the entry. */
  assess(entry: Entry): void;
  /** Decides and begins. Trouble with one entry is its own: it is looked at again soon, and the others go on. */
  act(entry: Entry): Promise<void>;
}

export interface JudgeActions {
  schedule(renewal: Renewal): void;
  /** Asks the provider which order is behind the certificate. */
  adopt(entry: Entry): void;
}

export function createJudge(
  state: DriverState,
  roster: Roster,
  actions: JudgeActions,
  dependencies: DriverDependencies,
): Judge {
  const { store, clock, random, logger, providers, keys, observer } = dependencies;

  /** Not what the CA revoked or somebody else may have the key of: that must not be put in place again. */
  function deployableOf({ issued }: Entry): DecisionFacts['deployable'] {
    if (issued === undefined || state.revocations.get(issued.fingerprint256)?.status === 'revoked')
      return undefined;
    const isLost = issued.spkiSha256 !== null && state.compromisedKeys.has(issued.spkiSha256);
    return isLost ? undefined : issued;
  }

  function factsOf(entry: Entry): DecisionFacts {
    refreshCondemnation(entry, state);
    const { managed, request } = entry;
    const verb = request?.options['action'];
    const asked: DecisionFacts['requested'] = verb === 'reissue' || verb === 'renew' ? { verb } : {};
    return {
      managed,
      crt: entry.observation?.look ?? { state: 'missing', reason: 'not looked at yet' },
      driftedTargets: driftedTargets(entry),
      record: entry.record,
      open: entry.open,
      deployable: deployableOf(entry),
      revocation: entry.revocation,
      compromise: entry.compromise,
      capabilities: providers.capabilities(managed.provider),
      secondCapabilities:
        managed.failover === undefined ? undefined : providers.capabilities(managed.failover.provider),
      lookupFailures: entry.adoptFailures,
      requested: request?.kind === 'renew' ? asked : undefined,
    };
  }

  async function decideAndBegin(entry: Entry): Promise<void> {
    const now = clock.now();
    if (entry.request?.kind === 'resolve') {
      const at = entry.open?.provider ?? entry.managed.provider;
      const capabilities = capabilitiesAt(at, entry.managed, providers);
      const commit = (renewal: Renewal, outcome: Parameters<Roster['commit']>[1]) =>
        roster.commit(renewal, outcome);
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
        if (decision.reason !== 'order-unknown') return;
        if (entry.adoptAfterMs > now.getTime()) entry.lookAgainAtMs = entry.adoptAfterMs;
        else actions.adopt(entry);
        return;
      case 'blocked':
        if (decision.reason === 'requested') await refuseRequest(entry, decision.sentence);
        return;
      case 'none':
      case 'resume':
        return;
    }
  }

  /** What was asked for cannot be done: said in the history, and not kept waiting for better days. */
  async function refuseRequest(entry: Entry, text: string): Promise<void> {
    const { managed, request } = entry;
    if (request === undefined) return;
    await store.settleRequests(
      [request.id],
      [
        {
          at: clock.now(),
          certificate: managed.name,
          renewalId: null,
          kind: 'note',
          subject: 'refused',
          text,
          provider: managed.provider,
          charged: null,
          paid: false,
          detail: { request: request.id, by: request.by },
        },
      ],
    );
    entry.request = undefined;
    entry.dirty = true;
  }

  async function begin(entry: Entry, action: RenewalAction): Promise<void> {
    const { decision, record, request } = entry;
    if (state.stopping.signal.aborted || decision === undefined) return;
    const managed = entryFor(entry.managed, decision.provider);
    if (entry.open !== undefined)
      await roster.commit(entry.open, { event: 'overtaken', text: decision.sentence });
    const issued = action === 'deploy' ? await store.newestIssued(managed.name) : undefined;
    const planned = newRenewal(managed, action, decision, record, issued, clock.now(), random);
    // Asked for a new key where keys are reused: made now, so that the renewal already has it.
    const asksForKey = managed.key.reuse && request?.options['newKey'] === true;
    const renewal = asksForKey
      ? { ...planned, ...(await keys.create(managed.name, managed.key.type)) }
      : planned;
    const who =
      request === undefined || !renewal.forced ? '' : ` (${request.by}, ${request.at.toISOString()})`;
    const text = `${action}: ${renewal.sentence}${who}`;
    const asked =
      request === undefined
        ? {}
        : { by: request.by, saidAt: request.at.toISOString(), word: request.options };
    const detail = { reason: renewal.reason, action, ...asked };
    const created = await store.createRenewal(renewal, {
      doneRequests: request === undefined ? [] : [request.id],
      ledger: [ledgerEntry(renewal, renewal.createdAt, { kind: 'note', subject: 'begin', text, detail })],
    });
    if (!created) {
      state.stale = true;
      return;
    }
    entry.open = renewal;
    entry.request = undefined;
    entry.dirty = true;
    observer.begun(renewal);
    actions.schedule(renewal);
  }

  return {
    assess(entry) {
      entry.decision = decide(factsOf(entry), ruleCalendar, clock.now());
    },
    async act(entry) {
      try {
        await decideAndBegin(entry);
      } catch (thrown) {
        const { code, message: reason } = toRenewdError(thrown);
        logger.error(
          { certificate: entry.managed.name, code, reason, err: thrown },
          'what was decided could not be begun; it is decided anew in a moment',
        );
        state.stale = true;
        entry.dirty = false;
        entry.lookAgainAtMs = clock.now().getTime() + judgeAgainMs;
      }
    },
  };
}
