/** The invariants: looked at after every event, and at the instants in which something irreversible happens. */
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { ManagedCertificate, SpendLimits } from '../../src/core/certificate.ts';
import type { Renewal } from '../../src/core/renewal.ts';
import type { CaOrder } from '../../src/sandbox/contract.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { computedLeadMs } from '../../src/renewal/plan/lead.ts';
import type { Driver } from '../../src/renewal/driver.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Disk } from './disk.ts';
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
  /** How long something outside kept a certificate's renewal from going on within a span. */
  hinderedMs(managed: ManagedCertificate, fromMs: number, toMs: number): number;
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
  transition(before: Renewal, after: Renewal): void;
  /** A record of somebody else, there from now on. */
  foreign(record: { readonly name: string; readonly type: 'TXT'; readonly value: string }): void;
  /** Orders that the CA works on, of renewals that have neither ended nor gone on past their issuance. */
  pendingOrders(): readonly CaOrder[];
  /** Names, keys or provider were changed on purpose: another order for the same certificate is no second one. */
  wanted(certificate: string): void;
}

/** Renewals are looked at so long after the moment at which they should have gone on. */
const lateMs = 2 * hourMs;
/** What is left of a term when another one for the same need is a second purchase. */
const earlyMs = 120 * dayMs;

export function createWatch(parts: WatchParts): Watch {
  const { timeline, journal, disk, market, servers, pairs } = parts;
  let violation: Violation | undefined;
  let excused = 0;
  let paidOrders = 0;
  const excusedLeaves = new Set<string>();
  const dueAt = new Map<string, string>();
  const wantedAtMs = new Map<string, number>();
  /** When each value was first seen to be of no use any more. */
  const uselessSinceMs = new Map<string, number>();
  let nextExpiryMs = 0;
  const stateOfKey = new Map<string, string>();
  /** Orders at the CA that may be pending, with the hash of their key. */
  const pending = new Map<string, string>();
  const foreigners: { readonly name: string; readonly type: 'TXT'; readonly value: string }[] = [];
  const keyOfOrder: { readonly id: string; readonly key: string }[] = [];
  let ordersArrived = true;
  const countedInvoices = new Map<string, number>();
  const lastPaid = new Map<string, { readonly atMs: number; readonly orderId: string }>();

  function violate(promised: Promised, text: string, about?: string): void {
    violation ??= { promised, at: timeline.now(), text, story: journal.tail(60, about) };
  }

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
        const leadMs = managed.leadMs ?? computedLeadMs(endMs - served.notBefore.getTime());
        if (excusedLeaves.has(served.fingerprint256)) continue;
        excusedLeaves.add(served.fingerprint256);
        const hinderedMs = parts.hinderedMs(managed, endMs - leadMs, endMs);
        if (hinderedMs > leadMs / 2) {
          excused += 1;
          journal.note('excused', managed.name, served.serial);
        } else {
          const hours = Math.round(hinderedMs / hourMs);
          violate(
            'expired',
            `${managed.name} is served until ${served.notAfter.toISOString()}; lead ${leadMs / dayMs} d, hindered ${hours} h`,
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

  /** Set only when an order may have come since. */
  function lookAtInvoices(): Promise<void> | undefined {
    if (!ordersArrived) return undefined;
    ordersArrived = false;
    for (const { simulator } of market.vendors) {
      const invoices = simulator.invoices();
      const from = countedInvoices.get(simulator.id) ?? 0;
      if (invoices.length === from) continue;
      countedInvoices.set(simulator.id, invoices.length);
      const { ordersPerDay, perMonthHundredths } = parts.limitsOf(simulator.id);
      for (const invoice of invoices.slice(from)) {
        if (invoice.price <= 0) continue;
        paidOrders += 1;
        journal.note('invoice', simulator.id, invoice.orderId, invoice.price);
        const atMs = invoice.at.getTime();
        // What was refunded is in the list as a negative price; it does not make room within a day.
        const day = invoices.filter((one) => one.price > 0 && one.at.getTime() > atMs - dayMs);
        if (ordersPerDay !== undefined && day.length > ordersPerDay)
          violate('limit-broken', `${simulator.id}: ${day.length} paid orders in a day, ${ordersPerDay} allowed`);
        const month = invoices
          .filter((one) => one.at.toISOString().slice(0, 7) === invoice.at.toISOString().slice(0, 7))
          .reduce((sum, one) => sum + Math.round(one.price * 100), 0);
        if (perMonthHundredths !== undefined && month > perMonthHundredths)
          violate('limit-broken', `${simulator.id}: ${month} this month, ${perMonthHundredths} allowed`);
      }
    }
    return undefined;
  }

  const watch: Watch = {
    get violation() {
      return violation;
    },
    get excused() {
      return excused;
    },
    get paidOrders() {
      return paidOrders;
    },
    violate,
    look() {
      lookAtServed();
      void lookAtInvoices();
    },
    ordered({ id, request }) {
      ordersArrived = true;
      const { spkiSha256 } = market.ca.parseCsr(request.csrPem);
      pending.set(id, spkiSha256);
      keyOfOrder.push({ id, key: spkiSha256 });
      const names = disk.stat(parts.keysDirectory) === undefined ? [] : disk.list(parts.keysDirectory);
      // The newest is the likeliest.
      const found = names
        .toReversed()
        .some((name) => keySpkiOf(disk.bytes(`${parts.keysDirectory}/${name}`)) === spkiSha256);
      if (!found) violate('key-lost', `an order came whose key is nowhere on disk (${spkiSha256})`);
    },
    pendingOrders: () =>
      [...pending].flatMap(([id, key]) => {
        const state = stateOfKey.get(key);
        const working = state === 'awaiting-dcv' || state === 'awaiting-issuance' || state === 'ordering';
        const order = market.ca.get(id);
        if (order?.status !== 'pending') pending.delete(id);
        return working && order?.status === 'pending' ? [order] : [];
      }),
    transition(before, after) {
      if (after.spkiSha256 !== null) stateOfKey.set(after.spkiSha256, after.state);
      for (const id of [after.orderId, after.certificateId])
        if (id !== null) certificateOfOrder.set(`${vendorOf(after.provider)} ${id}`, after.certificate);
      if (after.state === 'served') {
        const managed = parts.inventory().find(({ name }) => name === after.certificate);
        for (const { probe } of managed?.deploy ?? []) {
          const served = servers.serving.get(probe[0]?.serverName ?? '');
          if (served?.fingerprint256 !== after.fingerprint256)
            violate('not-served', `${after.certificate} says served`, after.certificate);
        }
      }
      if (before.state === 'planned' && after.state === 'ordering') ordersArrived = true;
    },
    foreign: (record) => void foreigners.push(record),
    wanted(certificate) {
      wantedAtMs.set(certificate, timeline.nowMs);
      for (const key of dueAt.keys()) if (key.startsWith(`${certificate} `)) dueAt.delete(key);
    },
    async afterPass(driver) {
      const store = parts.store();
      if (store === undefined) return;
      await checkOrders(store);
      await checkOpen(store);
      checkDueMoments(driver);
      await checkEvidence(store);
      for (const record of foreigners)
        if (!market.zones.has(record)) violate('foreign-touched', `${record.name} ${record.value} is gone`);
    },
  };

  const spkiOfKey = new WeakMap<Uint8Array, string>();
  function keySpkiOf(bytes: Uint8Array | undefined): string | undefined {
    if (bytes === undefined) return undefined;
    const known = spkiOfKey.get(bytes) ?? keySpkiSha256(bytes);
    if (known !== undefined) spkiOfKey.set(bytes, known);
    return known;
  }

  let ordersSeen = 0;
  const liveOrders = new Map<string, string[]>();
  /** One key, one order at the CA; every key still there; every paid order with its intent. */
  async function checkOrders(store: Store): Promise<void> {
    if (keyOfOrder.length === ordersSeen) return;
    const fresh = keyOfOrder.slice(ordersSeen);
    for (const { id, key } of fresh) liveOrders.set(key, [...(liveOrders.get(key) ?? []), id]);
    ordersSeen = keyOfOrder.length;
    for (const { key } of fresh) {
      const live = (liveOrders.get(key) ?? []).filter((id) =>
        ['pending', 'issued'].includes(market.ca.get(id)?.status ?? ''),
      );
      if (live.length > 1) violate('bought-twice', `one key (${key}) has the orders ${live.join(', ')}`);
    }
    await checkInvoices(store);
  }

  const paidReferences = new Map<string, { readonly certificate: string; readonly at: Date }>();
  let ledgerRead = 0;
  let invoicesChecked = 0;
  async function checkInvoices(store: Store): Promise<void> {
    for (;;) {
      const page = await store.ledger({ afterSequence: ledgerRead, limit: 1000 });
      for (const { sequence, kind, subject, certificate, at, detail } of page) {
        ledgerRead = sequence;
        if (kind !== 'intent' || !subject.startsWith('submit ')) continue;
        paidReferences.set(String(detail['spkiSha256']), { certificate, at });
      }
      if (page.length < 1000) break;
    }
    for (const [key] of [...liveOrders].slice(invoicesChecked)) {
      const intent = paidReferences.get(key);
      if (intent === undefined) violate('no-intent', `an order for the key ${key} has no intent in the ledger`);
    }
    invoicesChecked = liveOrders.size;
    checkNeeds();
  }

  let needsChecked = 0;
  /** Two paid orders for one certificate within one term, when nobody wanted another certificate meanwhile. */
  function checkNeeds(): void {
    const rows = market.vendors.flatMap(({ simulator }) =>
      simulator.invoices().map((invoice) => ({ ...invoice, vendor: simulator.id })),
    );
    const refunded = new Set(rows.filter(({ price }) => price < 0).map(({ vendor, orderId }) => `${vendor} ${orderId}`));
    const fresh = rows.filter(({ price }) => price > 0).length;
    if (fresh === needsChecked) return;
    needsChecked = fresh;
    lastPaid.clear();
    const byCertificate = new Map<string, { atMs: number; text: string }[]>();
    for (const { vendor, orderId, certificateId, at, price } of rows) {
      if (price <= 0 || refunded.has(`${vendor} ${orderId}`)) continue;
      const certificate = certificateOf(vendor, certificateId, orderId);
      if (certificate === undefined) continue;
      const list = byCertificate.get(certificate) ?? [];
      byCertificate.set(certificate, list);
      list.push({ atMs: at.getTime(), text: `${vendor} ${orderId} ${at.toISOString()}` });
    }
    for (const [certificate, list] of byCertificate) {
      list.sort((a, b) => a.atMs - b.atMs);
      for (const [index, one] of list.entries()) {
        const before = list[index - 1];
        if (before === undefined || one.atMs - before.atMs > 365 * dayMs - earlyMs) continue;
        const wanted = wantedAtMs.get(certificate);
        if (wanted !== undefined && wanted > before.atMs - 2 * dayMs) continue;
        violate('bought-twice', `${certificate}: ${before.text}, then ${one.text}`, certificate);
      }
    }
  }

  const certificateOfOrder = new Map<string, string>();
  function certificateOf(vendor: string, certificateId: string, orderId: string): string | undefined {
    return certificateOfOrder.get(`${vendor} ${certificateId}`) ?? certificateOfOrder.get(`${vendor} ${orderId}`);
  }

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

  const vendorOf = (provider: string): string => providerVendors[provider] ?? provider;
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
    for (const one of uselessSinceMs.keys()) if (!kept.has(one) || needed.has(one)) uselessSinceMs.delete(one);
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

export const providerVendors: Readonly<Record<string, string>> = {
  cnr: 'rrpproxy',
  old: 'rrpproxy',
  inx: 'internetx',
  xml: 'internetx',
  hx: 'hexonet',
  rs: 'resello',
};

function filesBelow(path: string, disk: Disk): readonly string[] {
  const stat = disk.lstat(path);
  if (stat === undefined) return [];
  if (stat.kind !== 'directory') return [path];
  return disk.list(path).flatMap((name) => filesBelow(`${path}/${name}`, disk));
}
