/**
 * Between renewd's clients and whoever uses them, below any planted bug: sees what is acknowledged, and now and then mixes
 * up what a reseller hands out.
 */
import type { OrderReading } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Market } from './vendors.ts';
import type { Watch } from './watch.ts';

export interface EyesParts {
  readonly chance: Chance;
  readonly journal: Journal;
  readonly market: Market;
  readonly watch: Watch;
  /** The store as it is; undefined between two processes. */
  store(): Store | undefined;
  /** Chance that an issued certificate is not the one that was ordered. */
  readonly mixUpRate: number;
}

/** Returns what looks at one account's provider. */
export function createEyes(parts: EyesParts): (name: string, provider: Provider) => Provider {
  const { chance, journal, market, watch } = parts;
  const stored = new Set<string>();
  let latestPem: string | undefined;

  /** Somebody else's certificate, or one for fewer names than were ordered. */
  function mixedUp(reading: OrderReading): OrderReading {
    const { leafPem } = reading;
    if (leafPem === undefined || reading.status !== 'issued') return reading;
    const otherPem = latestPem;
    latestPem = leafPem;
    if (!chance.happens(parts.mixUpRate)) return reading;
    const order = market.ca
      .orders()
      .find(({ certificate }) => certificate?.leafPem.trim() === leafPem.trim());
    const { certificate, request } = order ?? {};
    const [first, ...more] = request?.names ?? [];
    if (certificate !== undefined && request !== undefined && first !== undefined && more.length > 0) {
      const { csrPem } = request;
      const { notBefore, notAfter } = certificate;
      journal.fault('mixed up', first, 'fewer names');
      return {
        ...reading,
        leafPem: market.ca.issueNow({ csrPem, names: [first], notBefore, notAfter }).leafPem,
      };
    }
    if (otherPem === undefined || otherPem === leafPem) return reading;
    journal.fault('mixed up', first, 'of somebody else');
    return { ...reading, leafPem: otherPem };
  }

  return (name, provider) => {
    const { events } = provider;
    const seen: Provider = {
      ...provider,
      read: async (handle, signal) => mixedUp(await provider.read(handle, signal)),
    };
    if (events === undefined) return seen;
    return {
      ...seen,
      events: {
        ...events,
        async acknowledge(eventId, signal) {
          for (const one of (await parts.store()?.unacknowledgedEvents(name)) ?? [])
            stored.add(`${name} ${one.eventId}`);
          // An event that comes once more is stored and acknowledged already.
          if (!stored.has(`${name} ${eventId}`))
            watch.violate('acknowledged-unstored', `${name}: event ${eventId}`);
          return events.acknowledge(eventId, signal);
        },
      },
    };
  };
}
