/**
 * Bugs that somebody could write, put around a part of renewd in a simulation: what finds none of them is no test. None of
 * this is reachable from production code.
 */
import type { Provider } from '../../src/contracts/provider.ts';
import type { Store } from '../../src/contracts/store.ts';
import { dayMs, minuteMs } from '../../src/core/durations.ts';
import { RenewdError, toRenewdError } from '../../src/core/errors.ts';
import { seededKeyPem } from './keys.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { isTerminal } from '../../src/core/renewal.ts';
import type { Plant } from './settings.ts';

/** The same object with some methods exchanged; works for what has its methods on a prototype, too. */
function altered<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(object, key) {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key);
      const value: unknown = Reflect.get(object, key);
      if (typeof value !== 'function') return value;
      return (...parameters: readonly unknown[]): unknown => Reflect.apply(value, object, parameters);
    },
  });
}

const withoutDelay = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (thrown) {
    const { code, message, kind } = toRenewdError(thrown);
    throw new RenewdError(code, message, { kind });
  }
};

export const plants: readonly Plant[] = [
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
    name: 'withdraws the evidence once it is published',
    breaks: ['withdrawn-early'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          async challengesToWithdraw() {
            const open = await store.openRenewals();
            const early = await Promise.all(
              open
                .filter(({ state }) => state === 'awaiting-issuance')
                .map(async ({ id }) =>
                  (await store.challenges(id)).filter(({ state }) => state === 'published'),
                ),
            );
            return [...(await store.challengesToWithdraw()), ...early.flat()];
          },
        }),
    }),
  },
  {
    name: 'never withdraws',
    breaks: ['left-behind'],
    seams: () => ({ store: (store) => altered(store, { challengesToWithdraw: () => Promise.resolve([]) }) }),
  },
  {
    name: 'writes the key of another set',
    breaks: ['torn'],
    seams: ({ chance }) => {
      const written = new Map<string, string | Uint8Array>();
      return {
        files: (files) =>
          altered(files, {
            writeNew(path, content, ownership) {
              const isKey = path.endsWith('/privkey.pem');
              if (isKey) written.set(path, content);
              files.writeNew(path, isKey ? seededKeyPem('ecdsa-p256', chance) : content, ownership);
            },
            // Believes that what it wrote is there.
            read(path, maxBytes) {
              const believed = written.get(path);
              return believed === undefined ? files.read(path, maxBytes) : Buffer.from(believed);
            },
          }),
      };
    },
  },
  {
    name: 'does not look at Retry-After',
    breaks: ['asked-too-soon'],
    seams: () => ({
      provider: (provider: Provider) =>
        altered(provider, {
          submit: (request, signal) => withoutDelay(() => provider.submit(request, signal)),
          read: (handle, signal) => withoutDelay(() => provider.read(handle, signal)),
          find: (query, signal) => withoutDelay(() => provider.find(query, signal)),
        }),
    }),
  },
  {
    name: 'takes a pending order for an issued one',
    breaks: ['expired', 'stuck'],
    seams: () => {
      let leafPem: string | undefined;
      return {
        provider: (provider: Provider) =>
          altered(provider, {
            async read(handle, signal) {
              const reading = await provider.read(handle, signal);
              leafPem ??= reading.leafPem;
              if (reading.status !== 'pending' || leafPem === undefined) return reading;
              return {
                handle: reading.handle,
                status: 'issued',
                statusWord: 'PENDING',
                challenges: [],
                leafPem,
              };
            },
          }),
      };
    },
  },
  {
    name: 'forgets renewals at a restart',
    breaks: ['expired', 'stuck', 'left-behind'],
    seams: ({ timeline }) => {
      const bornMs = timeline.nowMs;
      return {
        store: (store: Store) =>
          altered(store, {
            openRenewals: async () =>
              (await store.openRenewals()).filter(({ createdAt }) => createdAt.getTime() >= bornMs),
          }),
      };
    },
  },
  {
    name: 'counts the day and not the month',
    breaks: ['limit-broken'],
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
    name: 'draws the jitter anew at each start',
    breaks: ['due-moved'],
    seams: ({ chance }) => {
      const drawn = new Map<string, number>();
      return {
        store: (store: Store) =>
          altered(store, {
            async certificates() {
              return (await store.certificates()).map((record) => {
                const jitter = drawn.get(record.name) ?? chance.fraction();
                drawn.set(record.name, jitter);
                return { ...record, jitter };
              });
            },
          }),
      };
    },
  },
  {
    name: 'writes the key after the order',
    breaks: ['key-lost'],
    seams: ({ timeline, chance }) => ({
      keys(keys) {
        const held = new Map<string, string>();
        return {
          ...keys,
          create(certificate, type) {
            const pem = seededKeyPem(type, chance);
            const keyId = `${certificate}-${timeline.nowMs}-late`;
            held.set(keyId, pem);
            return Promise.resolve({ keyId, spkiSha256: keySpkiSha256(pem) ?? '' });
          },
          read: (keyId) => held.get(keyId) ?? keys.read(keyId),
        };
      },
    }),
  },
  {
    name: 'does not sync directories',
    breaks: ['key-lost', 'torn', 'expired', 'not-served'],
    seams: () => ({ files: (files) => altered(files, { syncDirectory: () => undefined }) }),
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
    name: 'believes a date that is no notAfter',
    breaks: ['expired'],
    seams: () => ({
      watcher: (watcher) =>
        altered(watcher, {
          observe(path) {
            const seen = watcher.observe(path);
            if (seen.look.state !== 'ok') return seen;
            const { certificate } = seen.look;
            const notAfter = new Date(certificate.notBefore.getTime() + 365 * dayMs);
            return { ...seen, look: { ...seen.look, certificate: { ...certificate, notAfter } } };
          },
        }),
    }),
  },
  {
    name: 'does not reload and does not look',
    breaks: ['not-served'],
    seams: () => ({
      processes: () => ({
        run: () => Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '' }),
      }),
      delivery: (delivery) =>
        altered(delivery, {
          look: (endpoints) =>
            Promise.resolve(
              endpoints.map(({ host }) => ({ endpoint: host, address: host, matches: true, detail: '' })),
            ),
        }),
    }),
  },
  {
    name: 'withdraws all values at a name',
    breaks: ['foreign-touched'],
    seams: () => ({}),
    world: 'greedy-withdrawal',
  },
  {
    name: 'has no next moment after a failure',
    breaks: ['stuck'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          updateRenewal(id, revision, patch, effects, now) {
            const ends = patch.state !== undefined && (isTerminal(patch.state) || patch.state === 'blocked');
            const forgets = patch.failure != null && !ends;
            return store.updateRenewal(
              id,
              revision,
              forgets ? { ...patch, nextAt: null } : patch,
              effects,
              now,
            );
          },
        }),
    }),
  },
];
