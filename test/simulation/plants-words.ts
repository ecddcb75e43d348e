/** Planted bugs of what renewd is told: to wait, that something is revoked or lost; see plants.ts. */
import { toRenewdError } from '../../src/core/errors.ts';
import { altered } from './plant-kit.ts';
import type { Plant } from './settings.ts';

export const wordPlants: readonly Plant[] = [
  {
    name: 'does not wait although it was told to',
    breaks: ['asked-too-soon'],
    seed: 1,
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
    name: 'revokes the certificate of a lost key while it is served',
    breaks: ['revoked-wrongly'],
    // Nothing that is deployed seems to have a lost key, so that what is to be revoked seems to be replaced.
    seams: () => ({ store: (store) => altered(store, { compromisedKeys: () => Promise.resolve([]) }) }),
  },
  {
    name: 'revokes nothing for a lost key',
    breaks: ['not-revoked'],
    seams: () => ({ store: (store) => altered(store, { revocationsDue: () => Promise.resolve([]) }) }),
  },
];
