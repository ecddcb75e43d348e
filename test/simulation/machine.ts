/** One process of renewd: the real store, pools, driver and stages, put together as the composition root does it. */
import { createKeyStore } from '../../src/pki/key-store.ts';
import type { Clock, Files, Logger, Processes } from '../../src/contracts/platform.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { Publisher, PublisherManifest } from '../../src/contracts/publisher.ts';
import type { ThrottleOf } from '../../src/contracts/throttle.ts';
import type { RevocationReader } from '../../src/contracts/revocation.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Configuration } from '../../src/core/certificate.ts';
import { createProviderPool, type ProviderPool } from '../../src/providers/pool.ts';
import { providerRegistry } from '../../src/providers/registry.ts';
import { createPublisherPool, type PublisherPool } from '../../src/publishers/pool.ts';
import { publisherRegistry } from '../../src/publishers/registry.ts';
import { createCrtWatcher } from '../../src/renewal/crt-watcher.ts';
import { createDriver, type Driver, type DriverObserver } from '../../src/renewal/driver.ts';
import type { Delivery } from '../../src/renewal/deliver.ts';
import type { DnsView, KeyVault } from '../../src/renewal/stage-context.ts';
import type { CrtWatcher } from '../../src/renewal/watchlist.ts';
import { resolveSecrets } from '../../src/settings/secrets.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { createThrottleBook } from '../../src/vendors/common/throttle.ts';
import type { Chance } from './chance.ts';
import { seededVault, type MakeKeyPem } from './keys.ts';
import { mortal, type Life } from './mortal.ts';
import { csrWithoutChance } from './signatures.ts';
import type { Timeline } from './timeline.ts';

/** What a planted bug may put something of its own around. */
export interface Seams {
  readonly configuration: (configuration: Configuration) => Configuration;
  readonly store: (store: Store) => Store;
  readonly files: (files: Files) => Files;
  readonly keys: (keys: KeyVault) => KeyVault;
  readonly watcher: (watcher: CrtWatcher) => CrtWatcher;
  readonly provider: (provider: Provider) => Provider;
  readonly publisher: (publisher: Publisher) => Publisher;
  readonly processes: (processes: Processes) => Processes;
  readonly delivery: (delivery: Delivery) => Delivery;
  readonly revocation: (reader: RevocationReader) => RevocationReader;
  readonly throttles: (of: ThrottleOf) => ThrottleOf;
}

export interface MachineParts {
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly life: Life;
  readonly storePath: string;
  readonly keysDirectory: string;
  readonly makeKeyPem: MakeKeyPem;
  readonly files: Files;
  readonly processes: Processes;
  readonly delivery: Delivery;
  readonly revocation: RevocationReader;
  readonly dns: DnsView;
  readonly dnsPublisher: PublisherManifest;
  readonly logger: Logger;
  readonly observer: DriverObserver;
  readonly environment: Readonly<Record<string, string>>;
  readonly seams: Partial<Seams>;
  /** Looks at what a provider is asked to do, below any planted bug. */
  eyes(name: string, provider: Provider): Provider;
  configuration(): Configuration;
}

export interface Machine {
  readonly driver: Driver;
  /** As the process sees it. */
  readonly store: Store;
  /** As it is. */
  readonly bareStore: Store;
  readonly providers: ProviderPool;
  /** Begins on the configuration as it is at the start. */
  configure(): Promise<void>;
  /** Takes over another one. */
  reconfigure(): Promise<void>;
  /** Lets go of what a dead or stopped process held. */
  close(): Promise<void>;
}

export async function startMachine(parts: MachineParts): Promise<Machine> {
  const { timeline, clock, chance, life, logger, seams } = parts;
  const through = <T>(seam: ((part: T) => T) | undefined, part: T): T =>
    seam === undefined ? part : seam(part);
  const changed = new WeakMap<Configuration, Configuration>();
  function configuration(): Configuration {
    const given = parts.configuration();
    const known = changed.get(given) ?? through(seams.configuration, given);
    changed.set(given, known);
    return known;
  }
  const bareStore = await openSqliteStore(parts.storePath, { create: true });
  const store = mortal(through(seams.store, bareStore), 'store', 'store-failed', life);
  const files = mortal(through(seams.files, parts.files), 'files', 'file-failed', life);
  const processes = mortal(through(seams.processes, parts.processes), 'processes', 'reload-failed', life);
  const secretsOf = (config: Readonly<Record<string, unknown>>) =>
    resolveSecrets(config, { env: parts.environment });
  const throttleOf = through(seams.throttles, createThrottleBook(clock));
  const observe = (): void => undefined;
  const providers = createProviderPool({
    registry: providerRegistry,
    resolveSecrets: secretsOf,
    dependenciesFor: () => ({ clock, random: chance, logger, throttleOf, observe }),
  });
  const publishers: PublisherPool = createPublisherPool({
    registry: { ...publisherRegistry, simulated: { manifest: () => Promise.resolve(parts.dnsPublisher) } },
    resolveSecrets: secretsOf,
    dependenciesFor: () => ({
      clock,
      random: chance,
      files,
      processes,
      logger,
      throttleOf,
      observe,
      passedSockets: [],
    }),
  });
  const wrappedProviders = new WeakMap<Provider, Provider>();
  const wrappedPublishers = new WeakMap<Publisher, Publisher>();

  function providerOf(name: string, provider: Provider): Provider {
    const known =
      wrappedProviders.get(provider) ??
      mortal(through(seams.provider, parts.eyes(name, provider)), name, 'provider-unavailable', life);
    wrappedProviders.set(provider, known);
    return known;
  }

  function publisherOf(name: string, publisher: Publisher): Publisher {
    const known =
      wrappedPublishers.get(publisher) ??
      mortal(through(seams.publisher, publisher), name, 'dcv-publish-failed', life);
    wrappedPublishers.set(publisher, known);
    return known;
  }

  const capabilities = (name: string) => providers.manifest(name).capabilities;
  const keyStore = createKeyStore({ directory: parts.keysDirectory, files, clock, random: chance });
  const directories = (): ReadonlySet<string> =>
    new Set(configuration().certificates.flatMap(({ deploy }) => deploy.map(({ directory }) => directory)));
  const watcher = createCrtWatcher(files, clock, (path) =>
    directories().has(path.slice(0, path.lastIndexOf('/'))),
  );
  const driver = createDriver({
    clock,
    random: chance,
    files,
    processes,
    // Real time must not show: everything between two moments is one slice.
    slices: { isOver: () => false, next: () => Promise.resolve() },
    store,
    logger,
    watcher: through(seams.watcher, watcher),
    keys: through(seams.keys, seededVault(keyStore, parts.makeKeyPem, chance)),
    dns: mortal(parts.dns, 'dns', 'dns-failed', life),
    tools: {
      createCsr: (keyPem, names) => timeline.held(() => csrWithoutChance(keyPem, names)),
      delivery: mortal(through(seams.delivery, parts.delivery), 'delivery', 'not-served', life),
    },
    providers: {
      capabilities,
      async handle(name) {
        const { spend, lostAnswerGraceMs } = providers.settings(name);
        const provider = providerOf(name, await providers.get(name));
        return { provider, capabilities: capabilities(name), spend, lostAnswerGraceMs };
      },
    },
    revocation: {
      reader: mortal(
        through(seams.revocation, parts.revocation),
        'revocation',
        'revocation-unreadable',
        life,
      ),
      settings: () => configuration().revocation,
    },
    spendOverall: () => configuration().spend,
    publishers: async () =>
      (await publishers.all()).map(({ name, publisher }) => ({
        name,
        publisher: publisher.kind === 'unavailable' ? publisher : publisherOf(name, publisher),
      })),
    observer: parts.observer,
  });

  /** Clients are made before they are needed: to load their code takes real time. */
  async function prepare(): Promise<void> {
    const { providers: accounts, publishers: places } = configuration();
    providers.configure(accounts);
    await publishers.configure(places);
    for (const { name } of accounts) await providers.get(name);
    await publishers.all();
  }

  await prepare();
  return {
    driver,
    store,
    bareStore,
    providers,
    configure: () => driver.configure(configuration()),
    async reconfigure() {
      await prepare();
      await driver.configure(configuration());
    },
    async close() {
      await bareStore.close();
    },
  };
}
