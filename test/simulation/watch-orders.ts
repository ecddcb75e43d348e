/** What is bought: one order for one need and one key, each with its intent, all of them within the limits. */
import type { Store } from '../../src/contracts/store.ts';
import { dayMs } from '../../src/core/durations.ts';
import type { Renewal } from '../../src/core/renewal.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import type { CaOrder } from '../../src/sandbox/contract.ts';
import type { Promised } from './settings.ts';
import type { WatchParts } from './watch.ts';

export interface OrderWatch {
  readonly paidOrders: number;
  /** An order arrives at the CA. */
  ordered(order: CaOrder): void;
  pendingOrders(): readonly CaOrder[];
  transition(after: Renewal): void;
  wanted(certificate: string): void;
  /** That were asked for with this key. */
  namesOf(spkiSha256: string): readonly string[] | undefined;
  /** The keys of all orders are where they were when the order came. */
  checkKeys(): void;
  /** After every event. */
  lookAtInvoices(): void;
  /** After a pass. */
  check(store: Store): Promise<void>;
}

/** What is left of a term when another one for the same need is a second purchase. */
const earlyMs = 120 * dayMs;
export const providerVendors: Readonly<Record<string, string>> = {
  cnr: 'rrpproxy',
  old: 'rrpproxy',
  inx: 'internetx',
  xml: 'internetx',
  hx: 'hexonet',
  rs: 'resello',
};

export function createOrderWatch(
  parts: WatchParts,
  violate: (promised: Promised, text: string, about?: string) => void,
): OrderWatch {
  const { timeline, journal, disk, market } = parts;
  const stateOfKey = new Map<string, string>();
  /** Orders at the CA that may be pending, with the hash of their key. */
  const pending = new Map<string, string>();
  const keyOfOrder: { readonly id: string; readonly key: string }[] = [];
  const namesOfKey = new Map<string, readonly string[]>();
  const keyIdOf = new Map<string, string>();
  const pathOfKey = new Map<string, string>();
  const wantedAtMs = new Map<string, number>();
  let ordersArrived = true;
  let paidOrders = 0;
  const countedInvoices = new Map<string, number>();
  const vendorOf = (provider: string): string => providerVendors[provider] ?? provider;

  /** New invoices against the limits; looked for only when an order may have come. */
  function lookAtInvoices(): void {
    if (!ordersArrived) return;
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
          violate(
            'limit-broken',
            `${simulator.id}: ${day.length} paid orders in a day, ${ordersPerDay} allowed`,
          );
        const month = invoices
          .filter((one) => one.at.toISOString().slice(0, 7) === invoice.at.toISOString().slice(0, 7))
          .reduce((sum, one) => sum + Math.round(one.price * 100), 0);
        if (perMonthHundredths !== undefined && month > perMonthHundredths)
          violate('limit-broken', `${simulator.id}: ${month} this month, ${perMonthHundredths} allowed`);
      }
    }
  }

  const spkiOfKey = new WeakMap<Uint8Array, string>();
  function keySpkiOf(bytes: Uint8Array | undefined): string | undefined {
    if (bytes === undefined) return undefined;
    const known = spkiOfKey.get(bytes) ?? keySpkiSha256(bytes);
    if (known !== undefined) spkiOfKey.set(bytes, known);
    return known;
  }

  /** Where the renewal said, or anywhere: what a crash interrupted was not heard. */
  function keyPath(spkiSha256: string): string | undefined {
    const fits = (path: string): boolean => keySpkiOf(disk.bytes(path)) === spkiSha256;
    const said = `${parts.keysDirectory}/${keyIdOf.get(spkiSha256) ?? ''}.pem`;
    if (fits(said)) return said;
    const names = disk.stat(parts.keysDirectory) === undefined ? [] : disk.list(parts.keysDirectory);
    return names.map((name) => `${parts.keysDirectory}/${name}`).find((path) => fits(path));
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
      if (intent === undefined)
        violate('no-intent', `an order for the key ${key} has no intent in the ledger`);
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
    const refunded = new Set(
      rows.filter(({ price }) => price < 0).map(({ vendor, orderId }) => `${vendor} ${orderId}`),
    );
    const fresh = rows.filter(({ price }) => price > 0).length;
    if (fresh === needsChecked) return;
    needsChecked = fresh;
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
    return (
      certificateOfOrder.get(`${vendor} ${certificateId}`) ?? certificateOfOrder.get(`${vendor} ${orderId}`)
    );
  }

  return {
    get paidOrders() {
      return paidOrders;
    },
    lookAtInvoices,
    check: checkOrders,
    wanted: (certificate) => void wantedAtMs.set(certificate, timeline.nowMs),
    transition({ spkiSha256, state, orderId, certificateId, provider, certificate, names, keyId }) {
      // Resellers may order more than was asked for, as "www" beside the apex; that is their matter.
      if (spkiSha256 !== null) namesOfKey.set(spkiSha256, names);
      if (spkiSha256 !== null && keyId !== null) keyIdOf.set(spkiSha256, keyId);
      if (spkiSha256 !== null) stateOfKey.set(spkiSha256, state);
      for (const id of [orderId, certificateId])
        if (id !== null) certificateOfOrder.set(`${vendorOf(provider)} ${id}`, certificate);
    },
    ordered({ id, request }) {
      ordersArrived = true;
      const { spkiSha256 } = market.ca.parseCsr(request.csrPem);
      pending.set(id, spkiSha256);
      keyOfOrder.push({ id, key: spkiSha256 });
      namesOfKey.set(spkiSha256, request.names);
      const path = keyPath(spkiSha256);
      if (path !== undefined) pathOfKey.set(spkiSha256, path);
      else violate('key-lost', `an order came whose key is nowhere on disk (${spkiSha256})`);
    },
    namesOf: (spkiSha256) => namesOfKey.get(spkiSha256),
    checkKeys() {
      for (const [key, path] of pathOfKey)
        if (keySpkiOf(disk.bytes(path)) !== key)
          violate('key-lost', `${path} is gone, and an order was for it`);
    },
    pendingOrders: () =>
      [...pending].flatMap(([id, key]) => {
        const state = stateOfKey.get(key);
        const working = state === 'awaiting-dcv' || state === 'awaiting-issuance' || state === 'ordering';
        const order = market.ca.get(id);
        if (order?.status !== 'pending') pending.delete(id);
        return working && order?.status === 'pending' ? [order] : [];
      }),
  };
}
