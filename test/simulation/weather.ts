/** What befalls the world around renewd: outages, slow CAs, name servers, full disks, power cuts, edits, foreign events. */
import type { ManagedCertificate } from '../../src/core/certificate.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/core/durations.ts';
import type { Chance } from './chance.ts';
import type { Disk } from './disk.ts';
import type { Inventory } from './inventory.ts';
import type { Journal } from './journal.ts';
import type { Absence } from './network.ts';
import type { Servers } from './servers.ts';
import type { Timeline } from './timeline.ts';
import { zone, type Market } from './vendors.ts';
import { foreignMark } from './watch.ts';
import { providerVendors } from './watch-orders.ts';

export interface WeatherParts {
  readonly storm: boolean;
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly market: Market;
  readonly servers: Servers;
  readonly disk: Disk;
  readonly inventory: Inventory;
  reconfigured(): Promise<void>;
  restart(how: 'stopped' | 'killed' | 'power-cut'): Promise<void>;
}

export interface Weather {
  /** Chance of a failing write. */
  readonly roughness: number;
  begin(): void;
  /** Told about each record of somebody else. */
  foreign: (record: { readonly name: string; readonly type: 'TXT'; readonly value: string }) => void;
  /** Told about each certificate that its CA is about to revoke by itself. */
  revoked: (serial: string, certificate: string) => void;
  /** The CA looks at an order for the first time after a while, then again and again. */
  ordered(orderId: string, certificate: string | undefined): void;
  downUntil(ms: number, how: 'stopped' | 'killed'): void;
  /** See `WatchParts`. */
  longestCalmMs(managed: ManagedCertificate, fromMs: number, toMs: number): number;
}

interface Trouble {
  /** Vendor id; "all": everybody is concerned. */
  readonly whom: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Nothing lasts longer by itself: shorter than the lead of a certificate of 46 days. */
const troubleMsMax = 3 * dayMs;
const looksAgainMs = 5 * minuteMs;

const validity: readonly (readonly [string, number])[] = [
  ['2026-03-15', 199],
  ['2027-03-15', 99],
  ['2029-03-15', 46],
];

export function startWeather(parts: WeatherParts): Weather {
  const { timeline, chance, journal, market, servers, disk, inventory } = parts;
  const troubles: Trouble[] = [];
  const worst = chance.stream('worst moment');
  const slowUntilMs = new Map<string, number>();
  let slowness = 1;
  const often = parts.storm ? 5 : 1;
  const usualFaults = parts.storm ? 0.1 : 0.02;
  const usualRoughness = parts.storm ? 0.004 : 0;
  let rough = usualRoughness;

  function trouble(whom: string, ms: number): number {
    const toMs = timeline.nowMs + ms;
    troubles.push({ whom, fromMs: timeline.nowMs, toMs });
    return toMs;
  }

  /** Again and again, at random, with this mean pause. */
  function recur(name: string, meanMs: number, event: (draws: Chance) => void | Promise<void>): void {
    const draws = chance.stream(name);
    const next = (): void => {
      timeline.after(Math.max(secondMs, draws.around(meanMs / often)), async () => {
        next();
        await event(draws);
      });
    };
    next();
  }

  // In a storm trouble comes often and goes soon: together it must leave room for renewals.
  const lasting = (draws: Chance, meanMs: number): number =>
    Math.min(draws.around(meanMs / Math.sqrt(often)), troubleMsMax);

  const recheck = market.ca.recheck.bind(market.ca);
  market.ca.recheck = async (orderId) => {
    const order = market.ca.get(orderId);
    if (order !== undefined && (slowUntilMs.get(orderId) ?? 0) > timeline.nowMs) return order;
    return recheck(orderId);
  };

  async function lookAt(orderId: string): Promise<void> {
    const { status } = await market.ca.recheck(orderId);
    if (status === 'pending') timeline.after(looksAgainMs, () => lookAt(orderId));
    else {
      slowUntilMs.delete(orderId);
      journal.note('ca', orderId, status);
    }
  }

  const self: Weather = {
    foreign: () => undefined,
    revoked: () => undefined,
    get roughness() {
      return rough;
    },
    ordered(orderId, certificate) {
      const draws = chance;
      const waitMs = Math.min(draws.around((parts.storm ? 20 : 1) * minuteMs) * slowness, 2 * dayMs);
      slowUntilMs.set(orderId, timeline.nowMs + waitMs);
      if (certificate !== undefined) trouble(certificate, waitMs);
      // The worst moment: the order is there, its answer is not.
      if (worst.happens(parts.storm ? 0.1 : 0.01))
        timeline.after(worst.between(0, 300), () => parts.restart(worst.pick(['killed', 'power-cut'])));
      timeline.after(waitMs, () => lookAt(orderId));
    },
    downUntil(ms, how) {
      timeline.at(ms, () => parts.restart(how));
    },
    longestCalmMs(managed, fromMs, toMs) {
      const vendor = providerVendors[managed.provider];
      const spans = troubles
        .filter(({ whom }) => whom === 'all' || whom === vendor || whom === managed.name)
        .filter((one) => one.toMs > fromMs && one.fromMs < toMs)
        .sort((a, b) => a.fromMs - b.fromMs);
      let reachedMs = fromMs;
      let longestMs = 0;
      for (const one of [...spans, { fromMs: toMs, toMs }]) {
        longestMs = Math.max(longestMs, one.fromMs - reachedMs);
        reachedMs = Math.max(reachedMs, one.toMs);
      }
      return longestMs;
    },
    begin() {
      for (const [from, days] of validity)
        timeline.at(Date.parse(from), () => {
          market.ca.maxValidityDays = days;
          journal.note('calendar', days);
        });
      for (const vendor of market.vendors) {
        const { id } = vendor.simulator;
        vendor.faultRate = usualFaults;
        recur(`outage ${id}`, 20 * dayMs, (draws) => {
          const lastsMs = lasting(draws, 4 * hourMs);
          vendor.away = draws.pick<Absence>(['refused', 'proxy-page', 'silent', 'busy']);
          vendor.awayUntilMs = trouble(id, lastsMs);
          journal.note('outage', id, vendor.away, Math.round(lastsMs / minuteMs));
        });
        recur(`bad line ${id}`, 15 * dayMs, (draws) => {
          vendor.faultRate = 0.4;
          timeline.after(lasting(draws, 3 * hourMs), () => {
            vendor.faultRate = usualFaults;
          });
        });
        // Resello has no queue.
        if (id === 'resello') continue;
        recur(`foreign ${id}`, 3 * dayMs, () => vendor.simulator.queueForeignEvent());
        recur(`again ${id}`, 5 * dayMs, () => {
          try {
            vendor.simulator.redeliverLastEvent();
          } catch {
            // There was none yet.
          }
        });
      }
      recur('slow CA', 25 * dayMs, (draws) => {
        slowness = draws.between(20, 800);
        const lastsMs = lasting(draws, 6 * hourMs);
        trouble('all', lastsMs);
        timeline.after(lastsMs, () => {
          slowness = 1;
        });
      });
      recur('name server', 20 * dayMs, (draws) => {
        market.zones.brokenUntilMs = trouble('all', lasting(draws, 3 * hourMs));
        journal.note('name server away');
      });
      const lags = chance.stream('lag');
      // Seconds as a rule; each look before it costs a run its time.
      market.zones.lag = () => lags.around(lags.happens(0.05) ? 10 * minuteMs : 2 * secondMs);
      recur('reloads', 20 * dayMs, (draws) => {
        servers.mood = draws.pick(['fails', 'sleeps'] as const);
        servers.moodUntilMs = trouble('all', lasting(draws, 2 * hourMs));
        journal.note('reloads', servers.mood);
      });
      recur('full disk', 60 * dayMs, (draws) => {
        disk.free = 0;
        journal.note('disk full');
        const lastsMs = lasting(draws, 2 * hourMs);
        trouble('all', lastsMs);
        timeline.after(lastsMs, () => {
          disk.free = 2 ** 40;
        });
      });
      recur('rough', 30 * dayMs, (draws) => {
        rough = 0.02;
        timeline.after(lasting(draws, 4 * hourMs), () => {
          rough = usualRoughness;
        });
      });
      recur('foreign record', 30 * dayMs, (draws) => {
        const { names } = draws.pick(inventory.certificates);
        const name = draws.pick([`_dnsauth.${names[0]}`, names[0] ?? zone]);
        const value = `${foreignMark}-${draws.between(1, 1e9)}`;
        if (market.dns.records(name, 'CNAME').length > 0) return;
        market.dns.addRecord({ name, type: 'TXT', value });
        self.foreign({ name, type: 'TXT', value });
      });
      recur('revocation', 40 * dayMs, (draws) => {
        const { name, deploy } = draws.pick(inventory.certificates);
        const { serial } = servers.serving.get(deploy[0]?.probe[0]?.serverName ?? '') ?? {};
        if (serial === undefined || market.revokedAtMs.has(serial)) return;
        journal.note('revoked by its CA', name, serial);
        self.revoked(serial, name);
        market.ca.revoke(serial, 'superseded');
      });
      recur('edit', 12 * dayMs, async (draws) => {
        journal.note('edit', inventory.edit(draws));
        await parts.reconfigured();
      });
      recur('restart', 10 * dayMs, async (draws) => {
        await parts.restart(draws.pick(['stopped', 'stopped', 'killed', 'power-cut'] as const));
      });
    },
  };
  return self;
}
