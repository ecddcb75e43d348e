/** Invariants at the instants in which something irreversible arrives: a request, an order, a withdrawal. */
import type { DnsRecord } from '../../src/contracts/publisher.ts';
import type { CaOrder } from '../../src/sandbox/contract.ts';
import type { Journal } from './journal.ts';
import type { Network } from './network.ts';
import type { Timeline } from './timeline.ts';
import type { Market } from './vendors.ts';
import type { Watch } from './watch.ts';
import type { Weather } from './weather.ts';

export interface ArrivalParts {
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly network: Network;
  readonly market: Market;
  readonly watch: Watch;
  readonly weather: Weather;
}

export interface Arrivals {
  /** A process that is new, or whose write failed, does not know what an earlier answer asked for. */
  forgetWaiting(): void;
}

export function watchArrivals({
  timeline,
  journal,
  network,
  market,
  watch,
  weather,
}: ArrivalParts): Arrivals {
  const waiting = new Map<string, number>();
  network.failed = (text) => watch.violate('simulation', text);
  network.toldToWait = ({ identity }, ms) => waiting.set(identity, timeline.nowMs + ms);
  network.arriving = ({ identity, command, vendor }) => {
    const untilMs = waiting.get(identity);
    waiting.delete(identity);
    if (untilMs === undefined || untilMs <= timeline.nowMs || /event|poll/i.test(command)) return;
    const early = Math.round((untilMs - timeline.nowMs) / 1000);
    watch.violate('asked-too-soon', `${vendor.simulator.id} ${command} came ${early} s too early`);
  };

  const submit = market.ca.submit.bind(market.ca);
  market.ca.submit = (request) => {
    const order = submit(request);
    watch.ordered(order);
    weather.ordered(order.id, order.request.names[0]?.split('.').at(-3));
    return order;
  };

  market.zones.failing = (name) => journal.fault('name server', name);
  market.zones.withdrawing = (record) => {
    const value = `${record.name} ${record.type} ${record.value}`;
    journal.note('withdraw', value);
    const early = watch.pendingOrders().find((order) => needs(order, record));
    if (early !== undefined)
      watch.violate('withdrawn-early', `${value} goes while ${early.id} still needs it`);
  };

  return { forgetWaiting: () => waiting.clear() };
}

function needs(order: CaOrder, { name, type, value }: DnsRecord): boolean {
  return order.checks.some(({ requirement, fulfilled }) => {
    if (fulfilled || (requirement.kind !== 'dns-txt' && requirement.kind !== 'dns-cname')) return false;
    const wanted =
      requirement.kind === 'dns-txt' ? `TXT ${requirement.value}` : `CNAME ${requirement.target}`;
    return `${requirement.recordName} ${wanted}`.toLowerCase() === `${name} ${type} ${value}`.toLowerCase();
  });
}
