/** The invariants: looked at after every event, and at the instants in which something irreversible happens. */
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { ManagedCertificate, SpendLimits } from '../../src/core/certificate.ts';
import type { Renewal } from '../../src/core/renewal.ts';
import type { CaOrder } from '../../src/sandbox/contract.ts';
import { computedLeadMs } from '../../src/renewal/plan/lead.ts';
import type { Driver } from '../../src/renewal/driver.ts';
import { audit } from '../../src/audit/audit.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Disk } from './disk.ts';
import { createOrderWatch } from './watch-orders.ts';
import type { Journal } from './journal.ts';
import type { createPairs, Served, Servers } from './servers.ts';
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
  /** Half of the lead of what is served has passed. */
  isPressing(certificate: string): boolean;
}

/** Whoever had so long without any trouble, within the lead, has no excuse for a certificate that ran out. */
const enoughMs = 12 * hourMs;
/** Renewals are looked at so long after the moment at which they should have gone on. */
const lateMs = 2 * hourMs;

export function createWatch(parts: WatchParts): Watch {
  const { timeline, journal, disk, market, servers, pairs } = parts;
  let violation: Violation | undefined;
  let excused = 0;
  const excusedLeaves = new Set<string>();
  const dueAt = new Map<string, string>();
  /** When each value was first seen to be of no use any more. */
  const uselessSinceMs = new Map<string, number>();
  let nextExpiryMs = 0;
  const foreigners: { readonly name: string; readonly type: 'TXT'; readonly value: string }[] = [];

  function violate(promised: Promised, text: string, about?: string): void {
    violation ??= { promised, at: timeline.now(), text, story: journal.tail(60, about) };
  }

  const orders = createOrderWatch(parts, violate);

  servers.changed = () => {
    nextExpiryMs = 0;
  };

  function lookAtServed(): void {
    if (timeline.nowMs < nextExpiryMs) return;
    nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const managed of parts.inventory()) {
      for (const { probe } of managed.deploy) {
        const served = servers.serving.get(probe[0]?.serverName ?? '');
        if (served === undefined) continue;
        const endMs = served.notAfter.getTime();
        if (timeline.nowMs < endMs) {
          nextExpiryMs = Math.min(nextExpiryMs, endMs);
          continue;
        }
        const leadMs = leadOf(managed, served);
        if (excusedLeaves.has(served.fingerprint256)) continue;
        excusedLeaves.add(served.fingerprint256);
        const calmMs = parts.longestCalmMs(managed, endMs - leadMs, endMs);
        if (calmMs < enoughMs) {
          excused += 1;
          journal.note('excused', managed.name, served.serial);
        } else {
          const hours = Math.round(calmMs / hourMs);
          violate(
            'expired',
            `${managed.name} is served until ${served.notAfter.toISOString()}; lead ${leadMs / dayMs} d, ${hours} h of calm at once`,
            managed.name,
          );
        }
      }
    }
  }

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
      return excused;
    },
    get paidOrders() {
      return orders.paidOrders;
    },
    violate,
    look() {
      lookAtServed();
      orders.lookAtInvoices();
    },
    ordered: (order) => orders.ordered(order),
    pendingOrders: () => orders.pendingOrders(),
    transition(after) {
      orders.transition(after);
      if (after.state === 'served') {
        const managed = parts.inventory().find(({ name }) => name === after.certificate);
        for (const { probe } of managed?.deploy ?? []) {
          const served = servers.serving.get(probe[0]?.serverName ?? '');
          if (served?.fingerprint256 !== after.fingerprint256)
            violate('not-served', `${after.certificate} says served`, after.certificate);
        }
      }
    },
    async audit(store) {
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
    isPressing(certificate) {
      const managed = parts.inventory().find(({ name }) => name === certificate);
      return (managed?.deploy ?? []).some(({ probe }) => {
        const served = servers.serving.get(probe[0]?.serverName ?? '');
        // What was never served cannot run out: it waits for the next month.
        if (managed === undefined || served === undefined) return false;
        return served.notAfter.getTime() - timeline.nowMs < leadOf(managed, served) / 2;
      });
    },
    async afterPass(driver) {
      const store = parts.store();
      if (store === undefined) return;
      await orders.check(store);
      await checkOpen(store);
      checkDueMoments(driver);
      await checkEvidence(store);
      for (const record of foreigners)
        if (!market.zones.has(record)) violate('foreign-touched', `${record.name} ${record.value} is gone`);
    },
  };

  async function checkOpen(store: Store): Promise<void> {
    for (const open of await store.openRenewals()) {
      if (open.state === 'blocked') continue;
      const { certificate, state, nextAt } = open;
      if (nextAt === null) violate('stuck', `${certificate} is ${state} and never goes on`, certificate);
      else if (timeline.nowMs - nextAt.getTime() > lateMs && !isHeld(certificate))
        violate('stuck', `${certificate} is ${state}, due ${nextAt.toISOString()}`, certificate);
      for (const key of open.keyId === null ? [] : [open.keyId])
        if (disk.bytes(`${parts.keysDirectory}/${key}.pem`) === undefined)
          violate('key-lost', `the key ${key} of an open renewal is gone`, certificate);
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

const leadOf = ({ leadMs }: ManagedCertificate, { notBefore, notAfter }: Served): number =>
  leadMs ?? computedLeadMs(notAfter.getTime() - notBefore.getTime());

/** In the value of every record that is not ours. */
export const foreignMark = 'somebody-else';

function filesBelow(path: string, disk: Disk): readonly string[] {
  const stat = disk.lstat(path);
  if (stat === undefined) return [];
  if (stat.kind !== 'directory') return [path];
  return disk.list(path).flatMap((name) => filesBelow(`${path}/${name}`, disk));
}
