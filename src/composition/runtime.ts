/** Joins store, providers, publishers and driver for one configuration, and exchanges what changes on a reload. */
import type { Runtime } from '../cli/context.ts';
import type { Logger, PassedSocket } from '../contracts/platform.ts';
import type { Configuration, SecretSource } from '../core/certificate.ts';
import { createKeyStore } from '../pki/key-store.ts';
import type { Scrubber } from '../platform/logger.ts';
import { createSlices } from '../platform/slices.ts';
import { createCrtWatcher } from '../renewal/crt-watcher.ts';
import { createDriver } from '../renewal/driver.ts';
import { readSecret } from '../settings/secrets.ts';
import type { Metrics } from '../status/metrics.ts';
import { openSqliteStore } from '../store/sqlite/index.ts';
import { createObserver } from './observer.ts';
import { createPools } from './pools.ts';
import { lazyRevocationReader } from './revocation.ts';
import { createTelling } from './telling.ts';
import { createStatusSource, type HealthFacts } from '../renewal/status-view.ts';
import { createDelivery, createDnsView, type World } from './world.ts';

export interface ManagedRuntime extends Runtime {
  reconfigure(next: Configuration): Promise<void>;
}

export interface RuntimeParts {
  readonly world: World;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly scrubber: Scrubber;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly health: HealthFacts;
  readonly passedSockets: readonly PassedSocket[];
}

function deployDirectories(configuration: Configuration): ReadonlySet<string> {
  return new Set(
    configuration.certificates.flatMap(({ deploy }) => deploy.map(({ directory }) => directory)),
  );
}

/** For what is read each time it is used: the value is known to the scrubber before anybody can log it. */
export function secretReader({
  env,
  world: { processes },
  scrubber,
}: Pick<RuntimeParts, 'env' | 'world' | 'scrubber'>): (source: SecretSource) => Promise<string> {
  return async (source) => {
    const secret = (await readSecret(source, { env, processes })).reveal();
    scrubber.register(secret);
    return secret;
  };
}

/** `begin`: a store is made where there is none; otherwise an empty one is made up for looking. */
export async function openRuntime(
  initial: Configuration,
  parts: RuntimeParts,
  { begin }: { readonly begin: boolean },
): Promise<ManagedRuntime> {
  const { world, logger, metrics, scrubber, health, passedSockets } = parts;
  const { clock, random, files, processes } = world;
  const closing = new AbortController();
  let configuration = initial;
  let directories = deployDirectories(initial);

  const store = await openSqliteStore(initial.store.sqlite, begin ? { create: true } : { orEmpty: true });
  const { providers, publishers } = createPools(parts);
  async function configurePublishers(settings: Configuration['publishers']): Promise<void> {
    await publishers.configure(settings);
    // A passed socket already accepts connections: whoever comes now is answered, not left waiting for the first proof.
    if (passedSockets.length > 0) await publishers.all();
  }
  const capabilities = (name: string) => providers.manifest(name).capabilities;
  const driver = createDriver({
    ...world,
    slices: createSlices(),
    store,
    logger,
    watcher: createCrtWatcher(files, clock, (path) => directories.has(path.slice(0, path.lastIndexOf('/')))),
    keys: createKeyStore({ directory: initial.keys, files, clock, random }),
    dns: createDnsView(() => configuration),
    tools: {
      createCsr: async (keyPem, names) => (await import('../pki/csr.ts')).createCsr(keyPem, names),
      delivery: createDelivery(world, secretReader(parts)),
    },
    providers: {
      capabilities,
      handle: async (name) => {
        const { spend, lostAnswerGraceMs } = providers.settings(name);
        return {
          provider: await providers.get(name),
          capabilities: capabilities(name),
          spend,
          lostAnswerGraceMs,
        };
      },
    },
    revocation: {
      reader: lazyRevocationReader(clock, closing.signal),
      settings: () => configuration.revocation,
    },
    spendOverall: () => configuration.spend,
    publishers: () => publishers.all(),
    observer: createObserver(logger, metrics, capabilities),
  });
  const status = createStatusSource(driver, store, clock, health, () => configuration, {
    files,
    capabilities,
  });
  const telling = createTelling({
    clock,
    processes,
    store,
    status,
    logger,
    secret: secretReader(parts),
    scrub: (text) => scrubber.scrub(text),
    count: (...told) => metrics.noticesTold(...told),
  });
  providers.configure(initial.providers);
  await configurePublishers(initial.publishers);
  telling.configure(initial);

  return {
    get configuration() {
      return configuration;
    },
    store,
    driver,
    status,
    capabilities,
    provider: (name) => providers.get(name),
    passMade: () => telling.passMade(),
    async reconfigure(next) {
      configuration = next;
      directories = deployDirectories(next);
      providers.configure(next.providers);
      await configurePublishers(next.publishers);
      telling.configure(next);
      await driver.configure(next);
    },
    async close() {
      driver.stop();
      closing.abort(new Error('renewd is stopping'));
      await telling.close();
      await driver.idle();
      await providers.close();
      await publishers.close();
      await store.close();
    },
  };
}
