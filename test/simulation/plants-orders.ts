/** Planted bugs of ordering, paying and asking the reseller; see plants.ts. */
import type { Provider } from '../../src/contracts/provider.ts';
import type { Store } from '../../src/contracts/store.ts';
import { dayMs, minuteMs } from '../../src/core/durations.ts';
import { toRenewdError } from '../../src/core/errors.ts';
import { altered } from './plant-kit.ts';
import type { Plant } from './settings.ts';

export const orderPlants: readonly Plant[] = [
  {
    name: 'repeats a paid call after a lost answer',
    breaks: ['bought-twice', 'expired'],
    seams: () => ({
      provider: (provider) =>
        altered(provider, {
          async submit(request, signal) {
            try {
              return await provider.submit(request, signal);
            } catch (thrown) {
              if (toRenewdError(thrown).kind !== 'outcome-unknown') throw thrown;
              return provider.submit(request, signal);
            }
          },
        }),
    }),
  },
  {
    name: 'orders without writing the intent down',
    breaks: ['no-intent', 'limit-broken'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          updateRenewal: (id, revision, patch, effects, now) =>
            store.updateRenewal(
              id,
              revision,
              patch,
              patch.state === 'ordering' ? { ...effects, ledger: [] } : effects,
              now,
            ),
        }),
    }),
  },
  {
    name: 'sends again what a crash interrupted',
    breaks: ['bought-twice'],
    seams: () => {
      const begun = new Set<string>();
      return {
        store: (store: Store) =>
          altered(store, {
            async renewal(id) {
              const found = await store.renewal(id);
              if (found?.state !== 'ordering' || begun.has(id)) return found;
              const { revision } = found;
              return store.updateRenewal(id, revision, { state: 'planned' }, {}, found.updatedAt);
            },
            updateRenewal(id, revision, patch, effects, now) {
              if (patch.state === 'ordering') begun.add(id);
              return store.updateRenewal(id, revision, patch, effects, now);
            },
          }),
      };
    },
  },
  {
    name: 'counts the day and not the month',
    breaks: ['limit-broken'],
    seed: 1,
    seams: ({ timeline }) => ({
      store: (store) =>
        altered(store, {
          spent: (provider, since) =>
            since.getTime() > timeline.nowMs - dayMs - minuteMs
              ? store.spent(provider, since)
              : Promise.resolve({ orders: 0, hundredths: 0, currencies: [] }),
        }),
    }),
  },
  {
    name: 'acknowledges events before it has stored them',
    breaks: ['acknowledged-unstored'],
    seams: () => ({
      provider(provider: Provider) {
        const { events } = provider;
        if (events === undefined) return provider;
        return altered(provider, {
          events: {
            ...events,
            async fetch(limit, signal) {
              const found = await events.fetch(limit, signal);
              for (const { id } of found) await events.acknowledge(id, signal);
              return found;
            },
          },
        });
      },
    }),
  },
  {
    name: 'takes a lost answer for no order',
    breaks: ['bought-twice'],
    seams: () => ({
      provider: (provider) =>
        altered(provider, {
          find: (query, signal) =>
            query.reference === ''
              ? provider.find(query, signal)
              : Promise.resolve({ matches: [], complete: true }),
        }),
    }),
  },
];
