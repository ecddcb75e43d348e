/** The invariants: looked at after every event, and at the instants in which something irreversible happens. */
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { ManagedCertificate, SpendLimits } from '../../src/core/certificate.ts';
import { isTerminal, type Renewal } from '../../src/core/renewal.ts';
import type { CaOrder } from '../../src/sandbox/contract.ts';
import type { Driver } from '../../src/renewal/driver.ts';
import { audit } from '../../src/audit/audit.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Disk } from './disk.ts';
import { createLedgerWatch } from './watch-ledger.ts';
import { createOrderWatch } from './watch-orders.ts';
import type { Compromise } from '../../src/renewal/compromise.ts';
import { createRevokedWatch } from './watch-revoked.ts';
import { createServedWatch } from './watch-served.ts';
import type { Journal } from './journal.ts';
import type { createPairs, Servers } from './servers.ts';
import type { Promised, Violation } from './settings.ts';
import type { Timeline } from './timeline.ts';
import type { Market } from './vendors.ts';

export interface WatchParts {
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly disk: Disk;
  readonly market: Market;
  readonly servers: Servers;
  readonly pairs: ReturnType<typeof createPairs>;
  readonly keysDirectory: string;
  inventory(): readonly ManagedCertificate[];
  limitsOf(vendor: string): SpendLimits;
  /** The store as it is; undefined between two processes. */
  store(): Store | undefined;
  /** The longest part of a span in which nothing outside kept a certificate's renewal from going on. */
  longestCalmMs(managed: ManagedCertificate, fromMs: number, toMs: number): number;
}

export interface Watch {
  readonly violation: Violation | undefined;
  readonly excused: number;
  readonly paidOrders: number;
  violate(promised: Promised, text: string, about?: string): void;
  /** After every event. */
  look(): void;
  /** After a pass of the daemon. */
  afterPass(driver: Driver): Promise<void>;
  /** What a CA order was sent for, in the moment it arrives. */
  ordered(order: CaOrder): void;
  transition(after: Renewal): void;
  /** A record of somebody else, there from now on. */
  foreign(record: { readonly name: string; readonly type: 'TXT'; readonly value: string }): void;
  /** Orders that the CA works on, of renewals that have neither ended nor gone on past their issuance. */
  pendingOrders(): readonly CaOrder[];
  /** At the end: do receipts, ledger and files tell one story. */
  audit(store: Store): Promise<void>;
  /** Names, keys or provider were changed on purpose: another order for the same certificate is no second one. */
  wanted(certificate: string): void;
  /** Nothing that a person has to do holds it up any more: from now on its renewal has to go on. */
  released(certificate: string): void;
  /** Its CA revokes a certificate by itself: another one is wanted. */
  revokedByCa(serial: string, certificate: string): void;
  /** A person said that keys of this certificate are lost: another one is wanted. */
  lost(compromise: Compromise, certificate: string): void;
  /** Half of the lead of what is served has passed, or it is to be replaced at once. */
  isPressing(certificate: string): boolean;
  /** A process of renewd begins on what the one before left. */
  restarted(): void;
}

/** Renewals are looked at so long after the moment at which they should have gone on. */
const lateMs = 2 * hourMs;

export function createWatch(parts: WatchParts): Watch {
  const { timeline, journal, disk, market, pairs } = parts;
  let violation: Violation | undefined;
  const dueAt = new Map<string, string>();
  /** When each value was first seen to be of no use any more. */
  const uselessSinceMs = new Map<string, number>();
  const releasedAtMs = new Map<string, number>();
  const foreigners: { readonly name: string; readonly type: 'TXT'; readonly value: string }[] = [];

  function violate(promised: Promised, text: string, about?: string): void {
    violation ??= { promised, at: timeline.now(), text, story: journal.tail(60, about) };
  }

  const orders = createOrderWatch(parts, violate);
  const ledger = createLedgerWatch(violate);
  const shown = createServedWatch(parts, violate, (spkiSha256) => orders.namesOf(spkiSha256));

  const revoked = createRevokedWatch(parts, violate, releasedAtMs);
  const { changed } = parts.servers;
  parts.servers.changed = (serverName, served) => {
    changed(serverName, served);
    revoked.begins(serverName, served);
  };

  /** As a reader sees it who opens the stable names, at any instant. */
  disk.changed = (path) => {
    if (!path.startsWith('/srv/tls/')) return;
    const directory = path.split('/').slice(0, 4).join('/');
    const key = disk.bytes(`${directory}/privkey.pem`);
    const certificate = disk.bytes(`${directory}/fullchain.pem`);
    if (key === undefined || certificate === undefined) return;
    if (!pairs.isPair(key, certificate)) violate('torn', `${directory} after ${path}`, directory);
  };

  const watch: Watch = {
    get violation() {
      return violation;
    },
    get excused() {
      return shown.excused;
    },
    get paidOrders() {
      return orders.paidOrders;
    },
    violate,
    look() {
      shown.look();
      orders.lookAtInvoices();
    },
    ordered(order) {
      orders.ordered(order);
      revoked.ordered(market.ca.parseCsr(order.request.csrPem).spkiSha256);
    },
    pendingOrders: () => orders.pendingOrders(),
    transition(after) {
      orders.transition(after);
      checkGoesOn(after);
      if (after.state === 'served') {
        const managed = parts.inventory().find(({ name }) => name === after.certificate);
        for (const served of managed === undefined ? [] : shown.servesOf(managed)) {
          if (served?.fingerprint256 !== after.fingerprint256)
            violate('not-served', `${after.certificate} says served`, after.certificate);
        }
      }
    },
    async audit(store) {
      await ledger.checkAll(store);
      orders.checkKeys();
      const readKey = (keyId: string): string => disk.text(`${parts.keysDirectory}/${keyId}.pem`) ?? '';
      const { problems } = await audit({
        store,
        disk: { files: disk, readKey },
        inventory: parts.inventory(),
      });
      const [problem] = problems;
      if (problem !== undefined) violate('audit', JSON.stringify(problem));
    },
    foreign: (record) => void foreigners.push(record),
    wanted(certificate) {
      orders.wanted(certificate);
      for (const key of dueAt.keys()) if (key.startsWith(`${certificate} `)) dueAt.delete(key);
    },
    released: (certificate) => void releasedAtMs.set(certificate, timeline.nowMs),
    revokedByCa(serial, certificate) {
      revoked.byCa(serial);
      watch.wanted(certificate);
    },
    lost(compromise, certificate) {
      revoked.lost(compromise);
      watch.wanted(certificate);
    },
    isPressing: (certificate) => shown.isPressing(certificate) || revoked.isPressing(certificate),
    restarted: () => orders.checkKeys(),
    async afterPass(driver) {
      const store = parts.store();
      if (store === undefined) return;
      await orders.check(store);
      await ledger.check(store);
      for (const { managed, decision } of driver.entries())
        if (decision?.reason === 'verb-closed') releasedAtMs.set(managed.name, timeline.nowMs);
      await checkOpen(store);
      checkDueMoments(driver);
      await checkEvidence(store);
      revoked.check();
      for (const record of foreigners)
        if (!market.zones.has(record)) violate('foreign-touched', `${record.name} ${record.value} is gone`);
    },
  };

  function checkGoesOn({ certificate, state, nextAt, keyId }: Renewal): void {
    if (isTerminal(state)) return;
    if (nextAt === null && state !== 'blocked')
      violate('stuck', `${certificate} is ${state} and never goes on`, certificate);
    if (keyId !== null && disk.bytes(`${parts.keysDirectory}/${keyId}.pem`) === undefined)
      violate('key-lost', `the key ${keyId} of an open renewal is gone`, certificate);
  }

  async function checkOpen(store: Store): Promise<void> {
    const open = await store.openRenewals();
    shown.checkBegun(new Set(open.map(({ certificate }) => certificate)), releasedAtMs);
    for (const renewal of open) {
      checkGoesOn(renewal);
      const { certificate, state, nextAt } = renewal;
      if (state === 'blocked' || nextAt === null || isHeld(certificate)) continue;
      const fromMs = Math.max(nextAt.getTime(), releasedAtMs.get(certificate) ?? 0);
      if (timeline.nowMs - fromMs > lateMs)
        violate('stuck', `${certificate} is ${state}, due ${nextAt.toISOString()}`, certificate);
    }
  }

  const isHeld = (certificate: string): boolean =>
    parts.inventory().find(({ name }) => name === certificate)?.hold !== false;

  function checkDueMoments(driver: Driver): void {
    for (const { managed, observation, decision, record } of driver.entries()) {
      if (observation?.look.state !== 'ok' || decision?.moments == null) continue;
      const { fingerprint256 } = observation.look.certificate;
      // The share is drawn anew for a new leaf once it is served.
      if (record?.jitterFingerprint !== fingerprint256) continue;
      const key = `${managed.name} ${fingerprint256} ${managed.leadMs ?? ''}`;
      const due = decision.moments.dueAt.toISOString();
      const before = dueAt.get(key);
      if (before !== undefined && before !== due)
        violate('due-moved', `${managed.name} was due ${before} and is due ${due}`, managed.name);
      dueAt.set(key, due);
    }
  }

  async function checkEvidence(store: Store): Promise<void> {
    const needed = new Set<string>();
    for (const open of await store.openRenewals())
      for (const { challenge, targetName } of await store.challenges(open.id))
        if (challenge.kind === 'dns')
          needed.add(`${targetName ?? challenge.recordName} ${challenge.recordType} ${challenge.value}`);
        else if (challenge.kind === 'file') needed.add(challenge.path);
    const files = filesBelow('/srv/web', disk).map((path) => path.slice('/srv/web'.length));
    const present = [...market.zones.all().filter((one) => !one.includes(foreignMark)), ...files];
    const kept = new Set(present);
    for (const one of uselessSinceMs.keys())
      if (!kept.has(one) || needed.has(one)) uselessSinceMs.delete(one);
    for (const one of present) {
      if (needed.has(one)) continue;
      const since = uselessSinceMs.get(one) ?? timeline.nowMs;
      uselessSinceMs.set(one, since);
      if (timeline.nowMs - since > 3 * dayMs && market.zones.brokenUntilMs < timeline.nowMs)
        violate('left-behind', `${one} since ${new Date(since).toISOString()}`);
    }
  }

  return watch;
}

/** In the value of every record that is not ours. */
export const foreignMark = 'somebody-else';

function filesBelow(path: string, disk: Disk): readonly string[] {
  const stat = disk.lstat(path);
  if (stat === undefined) return [];
  if (stat.kind !== 'directory') return [path];
  return disk.list(path).flatMap((name) => filesBelow(`${path}/${name}`, disk));
}
