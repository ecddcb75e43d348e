/** The person: looks once a day whether somebody is asked for, finds out what is true, and says so. */
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { Store } from '../../src/contracts/store.ts';
import { toRenewdError } from '../../src/core/errors.ts';
import type { Renewal } from '../../src/core/renewal.ts';
import { compromiseOf, type Compromise } from '../../src/renewal/compromise.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Market } from './vendors.ts';
import type { Machine } from './machine.ts';
import type { Timeline } from './timeline.ts';

export interface OperatorParts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly store: Store;
  machine(): Machine | undefined;
  /** Another order is wanted for this certificate. */
  wanted(certificate: string): void;
  /** Half of the certificate's lead has passed; `inventory` as it is now. */
  lost(compromise: Compromise, certificate: string): void;
  /** Chance that a key is lost, at each look. */
  readonly lossRate: number;
  readonly market: Market;
  isPressing(certificate: string): boolean;
  raiseLimits(provider: string): void;
  moveToApi2(certificate: string): void;
  reconfigure(): Promise<void>;
}

export interface Operator {
  readonly asked: number;
}

/** Tomorrow again. */
const passing: ReadonlySet<string> = new Set(['unavailable', 'rate-limited', 'protocol', 'outcome-unknown']);

export function startOperator(parts: OperatorParts): Operator {
  const { timeline, chance, journal } = parts;
  let asked = 0;

  /** What a person reads off the reseller's pages: the real client asks, over the same network. */
  async function wordOn(
    renewal: Renewal,
    machine: Machine,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    if (renewal.failure?.code !== 'order-ambiguous') {
      parts.wanted(renewal.certificate);
      return { cancel: true };
    }
    const provider = await machine.providers.get(renewal.provider);
    const { matches } = await provider.find(
      {
        reference: renewal.reference,
        spkiSha256: renewal.spkiSha256 ?? '',
        names: renewal.names,
        product: renewal.product,
        since: renewal.createdAt,
      },
      new AbortController().signal,
    );
    const [match] = matches;
    if (match === undefined) return { none: true };
    const { orderId, certificateId } = match.handle;
    return {
      ...(orderId === undefined ? {} : { orderId }),
      ...(certificateId === undefined ? {} : { certificateId }),
    };
  }

  /** The notice that a limit holds a renewal up is urgent by now; it is the person's own limit. */
  async function allowMore(open: readonly Renewal[]): Promise<void> {
    const pressing = open.filter(
      ({ certificate, failure }) => failure?.code === 'spend-limit' && parts.isPressing(certificate),
    );
    const vendors = new Set(pressing.map(({ provider }) => provider));
    for (const provider of vendors) {
      asked += 1;
      journal.note('limits raised', provider);
      parts.raiseLimits(provider);
    }
    if (vendors.size > 0) await parts.reconfigure();
  }

  /** API 1 sells nothing: as renewd's own sentence advises, the order is migrated and goes on at API 2. */
  async function migrate(machine: Machine): Promise<void> {
    const closed = machine.driver
      .entries()
      .filter(({ managed, decision }) => managed.provider === 'old' && decision?.reason === 'verb-closed');
    for (const { managed, record } of closed) {
      asked += 1;
      const { operations = [] } = await machine.providers.get('old');
      const order = record?.orderId ?? undefined;
      try {
        const operation = operations.find(({ name }) => name === 'migrate');
        if (order !== undefined) await operation?.run({ order: [order] }, new AbortController().signal);
      } catch (thrown) {
        const { kind, message } = toRenewdError(thrown);
        journal.note('not migrated', managed.name, message);
        if (passing.has(kind)) continue;
        // Migrated already, when the answer was lost the day before, or refused: bought anew at API 2.
      }
      if (parts.machine() !== machine) return;
      journal.note('migrated', managed.name, order);
      parts.moveToApi2(managed.name);
    }
    if (closed.length > 0) await parts.reconfigure();
  }

  /** `renewd compromise`, from another process. */
  async function loseKey(machine: Machine): Promise<void> {
    if (!chance.happens(parts.lossRate)) return;
    const entries = machine.driver.entries();
    const entry = chance.pick(entries);
    const { name } = entry.managed;
    if (entry.managed.hold || entry.observation?.look.state !== 'ok') return;
    const found = await compromiseOf(entry, entries, parts.store, 'operator', timeline.now());
    if (found === undefined) return;
    journal.note('key lost', name, found.due.map(({ serialHex }) => serialHex).join(' '));
    parts.lost(found, name);
    await parts.store.recordCompromise(found.keys, found.due, found.ledger);
  }

  /** What no program can have revoked: the reseller's support can. */
  async function callSupport(): Promise<void> {
    for (const due of await parts.store.revocationsDue()) {
      if (due.state !== 'person') continue;
      const serial = due.serialHex.toUpperCase();
      asked += 1;
      journal.note('support revokes', due.certificate, serial);
      if (!parts.market.revokedAtMs.has(serial)) parts.market.ca.revoke(serial, 'keyCompromise');
      const note = { kind: 'note', subject: 'revoke', text: 'revoked by the support' } as const;
      const common = { renewalId: null, provider: due.provider, charged: null, paid: false, detail: {} };
      await parts.store.updateRevocationDue({ ...due, state: 'done', detail: null, nextAt: null }, [
        { ...note, ...common, at: timeline.now(), certificate: due.certificate },
      ]);
    }
  }

  /** The third certificate in a row is wanted, and the person knows why. */
  async function allowAnother(machine: Machine): Promise<void> {
    for (const { managed, decision, request } of machine.driver.entries()) {
      if (decision?.reason !== 'loop-breaker' || request !== undefined) continue;
      asked += 1;
      journal.note('once more', managed.name);
      parts.wanted(managed.name);
      await parts.store.addRequest({
        id: `more-${timeline.nowMs}-${managed.name}`,
        at: timeline.now(),
        certificate: managed.name,
        kind: 'renew',
        options: {},
        by: 'operator',
      });
    }
  }

  async function lookAround(): Promise<void> {
    const machine = parts.machine();
    if (machine === undefined) return;
    await migrate(machine);
    await loseKey(machine);
    await callSupport();
    await allowAnother(machine);
    const open = await parts.store.openRenewals();
    await allowMore(open);
    for (const renewal of open) {
      if (renewal.state !== 'blocked' || renewal.nextAt !== null) continue;
      asked += 1;
      try {
        const options = await wordOn(renewal, machine);
        if (options === undefined || parts.machine() !== machine) return;
        journal.note('operator', renewal.certificate, renewal.failure?.code, JSON.stringify(options));
        await parts.store.addRequest({
          id: `word-${timeline.nowMs}-${renewal.id}`,
          at: timeline.now(),
          certificate: renewal.certificate,
          kind: 'resolve',
          options,
          by: 'operator',
        });
      } catch {
        // The reseller could not be asked: tomorrow again.
      }
    }
  }

  function next(): void {
    timeline.after(dayMs / 2 + chance.between(0, 24) * hourMs, () => {
      next();
      void lookAround();
    });
  }
  next();
  return {
    get asked() {
      return asked;
    },
  };
}
