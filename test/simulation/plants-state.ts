/** Planted bugs of keys, files, evidence, serving and what is remembered; see plants.ts. */
import { X509Certificate } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Files } from '../../src/contracts/platform.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { RenewalPatch, Store } from '../../src/contracts/store.ts';
import { dayMs } from '../../src/core/durations.ts';
import { isTerminal } from '../../src/core/renewal.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { altered } from './plant-kit.ts';
import type { Plant } from './settings.ts';

export const statePlants: readonly Plant[] = [
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
    seams: ({ chance, makeKeyPem }) => {
      const written = new Map<string, string | Uint8Array>();
      return {
        files: (files) =>
          altered(files, {
            writeNew(path, content, ownership) {
              const isKey = path.endsWith('/privkey.pem');
              if (isKey) written.set(path, content);
              files.writeNew(path, isKey ? makeKeyPem('ecdsa-p256', chance) : content, ownership);
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
    seams: ({ timeline, chance, makeKeyPem }) => ({
      keys(keys) {
        const held = new Map<string, string>();
        return {
          ...keys,
          create(certificate, type) {
            const pem = makeKeyPem(type, chance);
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
    name: 'believes a date that is no notAfter',
    breaks: ['expired', 'late'],
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
  {
    name: 'deletes the key once the order is placed',
    breaks: ['key-lost'],
    seams: () => {
      let written: readonly string[] = [];
      let remove: (path: string) => void = () => undefined;
      return {
        files(files: Files) {
          remove = (path) => files.remove(path);
          return altered(files, {
            writeNew(path, content, ownership) {
              if (path.startsWith('/srv/keys/')) written = [...written, path];
              files.writeNew(path, content, ownership);
            },
          });
        },
        provider: (provider: Provider) =>
          altered(provider, {
            async submit(request, signal) {
              const reading = await provider.submit(request, signal);
              for (const path of written) remove(path);
              written = [];
              return reading;
            },
          }),
      };
    },
  },
  {
    name: 'deploys what verification refused',
    breaks: ['bad-served', 'late', 'expired'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          async updateRenewal(id, revision, patch, effects, now) {
            // The deployment refuses it, too; once a day is often enough for a bug that is found when time is up.
            if (patch.failure?.code === 'deploy-failed')
              return store.updateRenewal(
                id,
                revision,
                { ...patch, nextAt: new Date(now.getTime() + dayMs) },
                effects,
                now,
              );
            const { leafPem } = (await store.renewal(id)) ?? {};
            if (patch.failure?.code !== 'certificate-unacceptable' || leafPem == null)
              return store.updateRenewal(id, revision, patch, effects, now);
            const leaf = new X509Certificate(leafPem);
            const accepted: RenewalPatch = {
              ...patch,
              state: 'verified',
              failure: null,
              nextAt: now,
              fingerprint256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
              notBefore: new Date(leaf.validFrom),
              notAfter: new Date(leaf.validTo),
            };
            return store.updateRenewal(id, revision, accepted, effects, now);
          },
        }),
    }),
  },
  {
    name: 'renews a day before the end',
    breaks: ['late', 'expired'],
    seams: () => ({
      configuration: (configuration) => ({
        ...configuration,
        certificates: configuration.certificates.map((managed) => ({ ...managed, leadMs: dayMs })),
      }),
    }),
  },
  {
    name: 'keeps no receipt',
    breaks: ['audit'],
    seams: () => ({
      store: (store) =>
        altered(store, {
          updateRenewal(id, revision, patch, effects, now) {
            const kept = Object.fromEntries(Object.entries(effects).filter(([name]) => name !== 'receipt'));
            return store.updateRenewal(id, revision, patch, kept, now);
          },
        }),
    }),
  },
  {
    name: 'rewrites a row of the ledger',
    breaks: ['ledger-changed', 'audit'],
    seams: ({ storePath }) => ({
      store: (store) =>
        altered(store, {
          async updateRenewal(id, revision, patch, effects, now) {
            const updated = await store.updateRenewal(id, revision, patch, effects, now);
            if (patch.state === 'served') {
              const database = new DatabaseSync(storePath);
              database.exec('DROP TRIGGER IF EXISTS ledger_no_update');
              database
                .prepare("UPDATE ledger SET text = 'it was free' WHERE renewal_id = ? AND kind = 'intent'")
                .run(id);
              database.close();
            }
            return updated;
          },
        }),
    }),
  },
];
