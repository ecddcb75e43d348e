/** Planted bugs of what renewd is told: to wait, that something is issued, revoked or lost; see plants.ts. */
import type { OrderReading, Provider } from '../../src/contracts/provider.ts';
import type { Store } from '../../src/contracts/store.ts';
import { toRenewdError } from '../../src/core/errors.ts';
import { altered } from './plant-kit.ts';
import type { Plant } from './settings.ts';

function stillPending(reading: OrderReading): OrderReading {
  const { leafPem: _leaf, ...rest } = reading;
  return reading.status === 'issued' ? { ...rest, status: 'pending' } : reading;
}

export const wordPlants: readonly Plant[] = [
  {
    name: 'does not wait although it was told to',
    breaks: ['asked-too-soon'],
    seams: () => ({
      throttles: (of) => (account, pace) => {
        const throttle = of(account, pace);
        return { run: (signal, fn) => throttle.run(signal, fn), pause: () => undefined };
      },
      provider: (provider) =>
        altered(provider, {
          async read(handle, signal) {
            try {
              return await provider.read(handle, signal);
            } catch (thrown) {
              if (toRenewdError(thrown).kind !== 'rate-limited') throw thrown;
              return provider.read(handle, signal);
            }
          },
        }),
    }),
  },
  {
    name: 'never hears that a certificate is issued',
    breaks: ['expired'],
    seams: () => ({
      provider: (provider) =>
        altered(provider, {
          submit: async (request, signal) => stillPending(await provider.submit(request, signal)),
          read: async (handle, signal) => stillPending(await provider.read(handle, signal)),
        }),
    }),
  },
  {
    name: 'takes every certificate for good',
    breaks: ['revoked-served'],
    seams: () => ({
      revocation: () => ({
        look: () =>
          Promise.resolve({
            status: 'good',
            reason: null,
            revokedAt: null,
            source: 'http://crl.example.test/1.crl',
            detail: 'believed',
            offered: true,
          }),
      }),
    }),
  },
  {
    name: 'forgets that keys are lost',
    breaks: ['lost-key'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          compromisedKeys: () => Promise.resolve([]),
          revocationsDue: () => Promise.resolve([]),
        }),
    }),
  },
  {
    name: 'revokes nothing for a lost key',
    breaks: ['not-revoked'],
    seams: () => ({ store: (store) => altered(store, { revocationsDue: () => Promise.resolve([]) }) }),
  },
  {
    name: 'revokes before something else is served',
    breaks: ['revoked-wrongly'],
    seams: () => {
      const asked = new Set<string>();
      const providers: Provider[] = [];
      return {
        provider(provider) {
          providers.push(provider);
          return provider;
        },
        store: (store: Store) =>
          altered(store, {
            async revocationsDue() {
              const rows = await store.revocationsDue();
              for (const { certificateId, orderId, serialHex, state } of rows) {
                if (certificateId === null || state === 'done' || asked.has(serialHex)) continue;
                asked.add(serialHex);
                const handle = { certificateId, ...(orderId === null ? {} : { orderId }) };
                const { signal } = new AbortController();
                // Whoever knows it.
                for (const provider of providers)
                  void provider.revoke(handle, serialHex, 'keyCompromise', signal).catch(() => undefined);
              }
              return rows;
            },
          }),
      };
    },
  },
  {
    name: 'writes another fingerprint into the receipt',
    breaks: ['audit'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          updateRenewal(id, revision, patch, effects, now) {
            const { receipt } = effects;
            const wrong =
              receipt === undefined
                ? effects
                : {
                    ...effects,
                    receipt: { ...receipt, leaf: { ...receipt.leaf, fingerprint256: 'f'.repeat(64) } },
                  };
            return store.updateRenewal(id, revision, patch, wrong, now);
          },
        }),
    }),
  },
];
