/** One process of renewd: the real driver with everything that lives and dies with it, on what outlives it. */
import { createObserver } from '../../../src/composition/observer.ts';
import { createDelivery, createDnsView } from '../../../src/composition/world.ts';
import type { Files, Processes } from '../../../src/contracts/platform.ts';
import type { RevocationReader } from '../../../src/contracts/revocation.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { createCsr } from '../../../src/pki/csr.ts';
import { createKeyStore } from '../../../src/pki/key-store.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { createSlices } from '../../../src/platform/slices.ts';
import { createProviderPool, type ProviderPool } from '../../../src/providers/pool.ts';
import { providerRegistry } from '../../../src/providers/registry.ts';
import { createPublisherPool, type PublisherPool } from '../../../src/publishers/pool.ts';
import { publisherRegistry } from '../../../src/publishers/registry.ts';
import { createCrtWatcher } from '../../../src/renewal/crt-watcher.ts';
import { createDriver, type Driver } from '../../../src/renewal/driver.ts';
import { readSecret } from '../../../src/settings/secrets.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { createThrottleBook } from '../../../src/vendors/common/throttle.ts';
import {
  deliveryPart,
  dnsPart,
  filesPart,
  keysPart,
  newLife,
  processesPart,
  providerPart,
  publisherPart,
  storePart,
  withPoints,
  type Injection,
  type Life,
} from '../write-points.ts';
import { environment, resolvedSecrets } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/** What ends with a process. */
export interface Process {
  readonly life: Life;
  readonly store: Store;
  readonly driver: Driver;
  readonly providers: ProviderPool;
  readonly publishers: PublisherPool;
}

const noRevocation: RevocationReader = {
  look: () => Promise.reject(new Error('nobody is asked about revocation in this world')),
};

export async function beginProcess(surroundings: Surroundings, injection?: Injection): Promise<Process> {
  const { hostClock, random, keysDirectory, storePath, command, metrics } = surroundings;
  const { logger } = surroundings.log;
  const life = newLife(injection);
  const store = withPoints(
    surroundings.disk.store(await openSqliteStore(storePath, { create: true }), storePath),
    'store',
    storePart,
    life,
  );
  const files: Files = withPoints(surroundings.disk.files(nodeFiles), 'files', filesPart, life);
  const processes: Processes = withPoints(command, 'processes', processesPart, life);
  const throttleOf = createThrottleBook(hostClock);
  const providers = createProviderPool({
    registry: providerRegistry,
    resolveSecrets: resolvedSecrets,
    dependenciesFor: (name) => ({
      clock: hostClock,
      random,
      logger: logger.child({ provider: name }),
      throttleOf,
      observe: (observation) =>
        metrics.observeProviderRequest({ provider: name, ...observation, at: hostClock.now() }),
    }),
  });
  const publishers = createPublisherPool({
    registry: publisherRegistry,
    resolveSecrets: resolvedSecrets,
    dependenciesFor: (name) => ({
      clock: hostClock,
      random,
      files,
      processes,
      logger,
      throttleOf,
      passedSockets: [],
      observe: (observation) =>
        metrics.observeProviderRequest({ provider: name, ...observation, at: hostClock.now() }),
    }),
  });
  const capabilities = (name: string) => providers.manifest(name).capabilities;
  const observer = createObserver(logger, metrics, capabilities);
  const driver = createDriver({
    clock: hostClock,
    random,
    files,
    processes,
    slices: createSlices(),
    store,
    logger,
    watcher: createCrtWatcher(files, hostClock, (path) =>
      surroundings.configuration.certificates.some(({ deploy }) =>
        deploy.some(({ directory: deployed }) => path.startsWith(`${deployed}/`)),
      ),
    ),
    keys: withPoints(
      createKeyStore({ directory: keysDirectory, files, clock: hostClock, random }),
      'keys',
      keysPart,
      life,
    ),
    dns: withPoints(
      createDnsView(() => surroundings.configuration),
      'dns',
      dnsPart,
      life,
    ),
    tools: {
      createCsr,
      delivery: withPoints(
        createDelivery({ clock: hostClock, random, files, processes }, async (source) =>
          (await readSecret(source, { env: environment })).reveal(),
        ),
        'delivery',
        deliveryPart,
        life,
      ),
    },
    providers: {
      capabilities,
      handle: async (name) => {
        const { spend: limits, lostAnswerGraceMs } = providers.settings(name);
        const plain = await providers.get(name);
        const provider = surroundings.options.wrapProvider?.(name, plain) ?? plain;
        return {
          provider: withPoints(provider, name, providerPart, life),
          capabilities: capabilities(name),
          spend: limits,
          lostAnswerGraceMs,
        };
      },
    },
    revocation: {
      reader: surroundings.options.revocation ?? noRevocation,
      settings: () => surroundings.configuration.revocation,
    },
    spendOverall: () => surroundings.configuration.spend,
    publishers: async () =>
      (await publishers.all()).map(({ name, publisher }) => ({
        name,
        publisher: withPoints(publisher, name, publisherPart, life),
      })),
    observer: {
      ...observer,
      transition(before, after, outcome) {
        observer.transition(before, after, outcome);
        const passage = { from: before.state, event: outcome.event, to: after.state };
        surroundings.passages.push(passage);
        surroundings.onPassage(passage);
      },
    },
  });
  const { configuration } = surroundings;
  providers.configure(configuration.providers);
  await publishers.configure(configuration.publishers);
  for (const { publisher } of await publishers.all())
    if ('port' in publisher && typeof publisher.port === 'number')
      surroundings.responderPort = publisher.port;
  const process: Process = { life, store, driver, providers, publishers };
  await configureDriver(process, surroundings);
  return process;
}

/** A process whose store fails at the very start is started again by its supervisor. */
export async function configureDriver(
  { driver, life }: Process,
  { configuration }: Surroundings,
): Promise<void> {
  try {
    await driver.configure(configuration);
  } catch (thrown) {
    if (!life.struck) throw thrown;
    if (!life.dead) await driver.configure(configuration);
  }
}

export async function endProcess(process: Process): Promise<void> {
  process.driver.stop();
  await process.driver.idle();
  await process.providers.close();
  await process.publishers.close();
  await process.store.close();
}
