/**
 * A whole world for the real driver: simulated resellers with their CA and name server, a web root, a TLS server, files
 * on disk and a SQLite store, all of them moved by one clock that stands still until it is told to go on. `restart`
 * throws away everything that lived in the process and begins anew on what is left, as after a power cut.
 */
import { accountNames, accounts, accountSecrets } from './accounts.ts';
import { createThrottleBook } from '../../src/vendors/common/throttle.ts';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createObserver } from '../../src/composition/observer.ts';
import { createDelivery, createDnsView } from '../../src/composition/world.ts';
import type { Files, Processes, Random } from '../../src/contracts/platform.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { RevocationReader } from '../../src/contracts/revocation.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Configuration, KeyType, ManagedCertificate } from '../../src/core/certificate.ts';
import { dayMs, minuteMs } from '../../src/core/durations.ts';
import { createCsr } from '../../src/pki/csr.ts';
import { createKeyStore } from '../../src/pki/key-store.ts';
import { generateKey } from '../../src/pki/keys.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { createLogger, createScrubber } from '../../src/platform/logger.ts';
import { createSlices } from '../../src/platform/slices.ts';
import { createProviderPool, type ProviderPool } from '../../src/providers/pool.ts';
import { providerRegistry } from '../../src/providers/registry.ts';
import { configSchema as rfc2136Config } from '../../src/publishers/rfc2136/config.ts';
import { configSchema as webrootConfig } from '../../src/publishers/webroot/config.ts';
import { createPublisherPool, type PublisherPool } from '../../src/publishers/pool.ts';
import { publisherRegistry } from '../../src/publishers/registry.ts';
import { deploySet } from '../../src/renewal/deploy/deploy-set.ts';
import type { Renewal, RenewalState } from '../../src/core/renewal.ts';
import type { RenewalEvent } from '../../src/renewal/state-machine.ts';
import type { Clock } from '../../src/contracts/platform.ts';
import { createCrtWatcher } from '../../src/renewal/crt-watcher.ts';
import { createDriver, type Driver } from '../../src/renewal/driver.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import type { Fault, SeededOrder } from '../../src/sandbox/contract.ts';
import type { HexonetOptions } from '../../src/sandbox/hexonet/index.ts';
import type { InternetxOptions } from '../../src/sandbox/internetx/index.ts';
import type { ReselloOptions } from '../../src/sandbox/resello/index.ts';
import type { RrpproxyOptions } from '../../src/sandbox/rrpproxy/index.ts';
import { sandboxTsigKey, seedOrder, startFullSandbox } from '../../src/sandbox/start.ts';
import { readSecret, resolveSecrets } from '../../src/settings/secrets.ts';
import { createMetrics } from '../../src/status/metrics.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { createDiskTrouble, type DiskTrouble } from './disk-trouble.ts';
import { inventoryEntry, stageName, type Limits, type ProviderName, type Wanted } from './inventory.ts';
import { reloadCommand, startTlsStage, type ReloadCommand, type TlsStage } from './tls-stage.ts';
import { worldClock, type WorldClock } from './world-clock.ts';
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
} from './write-points.ts';

export interface WorldOptions {
  /** Default: a moment with no rule change for months on either side. */
  readonly start?: Date;
  readonly spend?: Limits;
  readonly lostAnswerGraceMs?: number;
  readonly issuanceDelayMs?: number;
  readonly rrpproxy?: Partial<RrpproxyOptions>;
  readonly internetx?: Partial<InternetxOptions>;
  readonly hexonet?: Partial<HexonetOptions>;
  readonly resello?: Partial<ReselloOptions>;
  readonly injection?: Injection;
  /** Where everything on disk lies; default: somewhere quick. */
  readonly base?: string;
  /** Whom to ask about revocation; without it nobody is. */
  readonly revocation?: RevocationReader;
  /** The configuration as a test wants it otherwise: a peer of its own in place of a simulator. */
  readonly adjust?: (configuration: Configuration) => Configuration;
  /** Between the driver and a provider: answers that no simulator gives. */
  readonly wrapProvider?: (name: string, provider: Provider) => Provider;
}

export interface Seed {
  readonly name: string;
  readonly names?: readonly string[];
  readonly provider?: ProviderName;
  readonly daysLeft: number;
  readonly paidDays: number;
  readonly dcvMethod?: 'dns' | 'file' | 'email';
  readonly keyType?: KeyType;
  /** False: only the reseller knows it. */
  readonly deployed?: boolean;
}

/** What ends with a process. */
interface Process {
  readonly life: Life;
  readonly store: Store;
  readonly driver: Driver;
  readonly providers: ProviderPool;
  readonly publishers: PublisherPool;
}

export interface World {
  readonly clock: WorldClock;
  readonly directory: string;
  readonly keysDirectory: string;
  readonly webroot: string;
  readonly sandbox: Sandbox;
  readonly stage: TlsStage;
  readonly command: ReloadCommand;
  /** Every line that was logged, as it would be seen. */
  readonly lines: readonly string[];
  /** Lines that held a secret before the scrubber saw them. */
  readonly leaks: readonly string[];
  /** Where the built-in responder listens now. */
  readonly responderPort: number;
  /** Records of the zones before anything happened. */
  readonly recordsBefore: readonly string[];
  readonly driver: Driver;
  readonly store: Store;
  readonly life: Life;
  /** What every process so far did to its renewals, oldest first. */
  readonly passages: readonly Passage[];
  /** Told about each passage at once, in the middle of the work. */
  onPassage: (passage: Passage) => void;
  /** What is wrong with the disk now. */
  readonly disk: DiskTrouble;
  /** How far renewd's clock is ahead of everybody else's, milliseconds; negative: behind. */
  skewMs: number;
  readonly configuration: Configuration;
  /** Certificates as of the last configuration. */
  managed(name: string): ManagedCertificate;
  /** Puts these into the inventory, in place of what was in it. */
  configure(wanted: readonly Wanted[], spend?: Limits): Promise<void>;
  /** A certificate that existed before renewd came. */
  seed(seed: Seed): Promise<SeededOrder>;
  /** Everything of the process goes; a new one begins on the same disk. `injection` is for the new one. */
  restart(injection?: Injection): Promise<void>;
  /** As `restart`, with the store gone; keys and deployed files stay. */
  loseStore(): Promise<void>;
  readonly storePath: string;
  /** The machine is gone, with its store, its keys and what was deployed; a process begins on what `restore` puts there. */
  moveToNewMachine(restore: () => Promise<void>): Promise<void>;
  /** One turn of the daemon's loop and of the world around it; then the clock moves on to what comes next. */
  step(): Promise<void>;
  /** Turns until the condition holds. Throws, with what is going on, when it does not in time. */
  run(until: () => boolean | Promise<boolean>, limits?: RunLimits): Promise<void>;
  /** Turns until nothing is under way. */
  runToRest(limits?: RunLimits): Promise<void>;
  /** The newest renewal of a certificate. */
  renewal(name: string): Promise<Renewal>;
  /** Every record in the zones, as text. */
  records(): readonly string[];
  /** Asked about each request to a reseller; where it has no answer, the sandbox's queue of faults has. */
  interfere(choose: (vendor: string, command: string) => Fault | undefined): void;
  /** For tests with many worlds; otherwise the end of the test does it. */
  close(): Promise<void>;
}

/** One event of a renewal, as it was committed. */
export interface Passage {
  readonly from: RenewalState;
  readonly event: RenewalEvent;
  readonly to: RenewalState;
}

export interface RunLimits {
  readonly steps?: number;
  /** The daemon passes about so often; default 5 min. */
  readonly passEveryMs?: number;
}

export const worldStart = new Date('2026-12-01T12:00:00Z');
export const zone = 'example.test';
export const otherZone = 'delegated.test';
const shortestStepMs = 5;

const noRevocation: RevocationReader = {
  look: () => Promise.reject(new Error('nobody is asked about revocation in this world')),
};

const environment = {
  ...accountSecrets,
  TSIG_SECRET: sandboxTsigKey.secret,
  P12_PASSWORD: 'of-a-pkcs12-file',
} as const;

export const secrets: readonly string[] = Object.values(environment);

/** Repeatable chance; never begins anew within a world, so that ids stay unique over restarts. */
function seededRandom(seed: number): Random {
  let state = seed;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    fraction: next,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  };
}

/** Serves a directory over plain HTTP, as the web server of the tested names. */
async function startWebServer(root: string): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body: Buffer | undefined;
    try {
      body = readFileSync(join(root, new URL(request.url ?? '/', 'http://web').pathname));
    } catch {
      // Not there: 404.
    }
    response.writeHead(body === undefined ? 404 : 200, { connection: 'close' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function recordTexts(sandbox: Sandbox): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a snapshot is for people; this is its form
  const { zones } = sandbox.dns.snapshot() as {
    zones: readonly { records: readonly { name: string; type: string; value: string }[] }[];
  };
  return zones
    .flatMap(({ records }) => records)
    .filter(({ type }) => type === 'TXT' || type === 'CNAME')
    .map(({ name, type, value }) => `${name} ${type} ${value}`)
    .sort();
}

/** In memory where that can be had: tens of thousands of files are synced in these tests. */
function worldDirectory(base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()): string {
  return mkdtempSync(join(base, 'renewd-world-'));
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = worldClock(options.start ?? worldStart);
  let skewMs = 0;
  /** As the machine has it that renewd runs on. */
  const hostClock: Clock = {
    now: () => new Date(clock.now().getTime() + skewMs),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  const disk = createDiskTrouble();
  const passages: Passage[] = [];
  let onPassage: World['onPassage'] = () => undefined;
  const random = seededRandom(1);
  const directory = worldDirectory(options.base);
  const keysDirectory = `${directory}/keys`;
  const webroot = `${directory}/web`;
  const rootPath = `${directory}/root.pem`;
  const storePath = `${directory}/renewd.db`;
  const opened: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  async function close(): Promise<void> {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  }
  onTestFinished(close);
  mkdirSync(webroot);
  mkdirSync(`${directory}/tls`);

  const stage = await startTlsStage();
  opened.push(() => stage.close());
  const web = await startWebServer(webroot);
  opened.push(() => web.close());
  const command = reloadCommand(stage);
  let responderPort: number | undefined;
  const sandbox = await startFullSandbox({
    clock,
    zones: [zone, otherZone],
    tickMs: 0,
    httpPortMap: (host) =>
      configuration.certificates.find(({ names }) => names.includes(host.replace(/^www\./, '')))?.dcv
        .publisher === 'web'
        ? web.port
        : responderPort,
    ...(options.issuanceDelayMs === undefined ? {} : { issuanceDelayMs: options.issuanceDelayMs }),
    ...(options.rrpproxy === undefined ? {} : { rrpproxy: options.rrpproxy }),
    ...(options.internetx === undefined ? {} : { internetx: options.internetx }),
    ...(options.hexonet === undefined ? {} : { hexonet: options.hexonet }),
    ...(options.resello === undefined ? {} : { resello: options.resello }),
  });
  opened.push(() => sandbox.close());
  const queuedFault = sandbox.faults.take.bind(sandbox.faults);
  writeFileSync(rootPath, sandbox.ca.rootPem);
  const place = { directory, tlsPort: stage.port, rootPath };

  const lines: string[] = [];
  const leaks: string[] = [];
  const scrubber = createScrubber();
  for (const secret of secrets) scrubber.register(secret);
  const logger = await createLogger({
    level: 'debug',
    pretty: false,
    scrubber: {
      register: (secret) => scrubber.register(secret),
      scrub(text) {
        const clean = scrubber.scrub(text);
        if (clean !== text) leaks.push(text);
        return clean;
      },
    },
    write: (line) => lines.push(line),
  });
  const metrics = createMetrics('test');

  const dnsAddress = `${sandbox.dns.address.host}:${sandbox.dns.address.port}`;
  const tsig = {
    name: sandboxTsigKey.name,
    algorithm: sandboxTsigKey.algorithm,
    secret: { env: 'TSIG_SECRET' },
  };
  function configurationOf(certificates: readonly ManagedCertificate[], spend: Limits): Configuration {
    const { lostAnswerGraceMs = 2 * minuteMs } = options;
    const plain: Configuration = {
      path: `${directory}/renewd.yaml`,
      files: [],
      store: { sqlite: storePath },
      keys: keysDirectory,
      listen: null,
      schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
      revocation: { check: options.revocation !== undefined, everyMs: dayMs },
      spend: spend.overall ?? {},
      log: { level: 'debug' },
      resolvers: [dnsAddress],
      authoritative: { [zone]: [dnsAddress], [otherZone]: [dnsAddress] },
      providers: accountNames.map((name) => ({
        name,
        type: accounts[name].type,
        config: accounts[name].config(sandbox),
        spend: spend[name] ?? {},
        lostAnswerGraceMs,
      })),
      publishers: [
        {
          name: 'ns1',
          type: 'rfc2136',
          config: rfc2136Config.parse({ server: dnsAddress, zones: [zone], key: tsig }),
        },
        {
          name: 'ns2',
          type: 'rfc2136',
          config: rfc2136Config.parse({ server: dnsAddress, zones: [otherZone], key: tsig }),
        },
        { name: 'web', type: 'webroot', config: webrootConfig.parse({ path: webroot }) },
        // Port 0 lets the kernel choose, which the configuration of a real responder may not.
        {
          name: 'responder',
          type: 'responder',
          config: { listen: { host: '127.0.0.1', port: 0 }, hosts: [] },
        },
      ],
      notices: [],
      heartbeat: null,
      certificates,
    };
    return options.adjust?.(plain) ?? plain;
  }

  let configuration = configurationOf([], options.spend ?? {});
  let spend = options.spend ?? {};

  async function secretsOf(
    config: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    return resolveSecrets(config, { env: environment });
  }

  async function begin(injection?: Injection): Promise<Process> {
    const life = newLife(injection);
    const store = withPoints(
      disk.store(await openSqliteStore(storePath, { create: true }), storePath),
      'store',
      storePart,
      life,
    );
    const files: Files = withPoints(disk.files(nodeFiles), 'files', filesPart, life);
    const processes: Processes = withPoints(command, 'processes', processesPart, life);
    const throttleOf = createThrottleBook(hostClock);
    const providers = createProviderPool({
      registry: providerRegistry,
      resolveSecrets: secretsOf,
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
      resolveSecrets: secretsOf,
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
        configuration.certificates.some(({ deploy }) =>
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
        createDnsView(() => configuration),
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
          const provider = options.wrapProvider?.(name, plain) ?? plain;
          return {
            provider: withPoints(provider, name, providerPart, life),
            capabilities: capabilities(name),
            spend: limits,
            lostAnswerGraceMs,
          };
        },
      },
      revocation: {
        reader: options.revocation ?? noRevocation,
        settings: () => configuration.revocation,
      },
      spendOverall: () => configuration.spend,
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
          passages.push(passage);
          onPassage(passage);
        },
      },
    });
    providers.configure(configuration.providers);
    await publishers.configure(configuration.publishers);
    for (const { publisher } of await publishers.all())
      if ('port' in publisher && typeof publisher.port === 'number') responderPort = publisher.port;
    const process: Process = { life, store, driver, providers, publishers };
    await configureDriver(process);
    return process;
  }

  /** A process whose store fails at the very start is started again by its supervisor. */
  async function configureDriver({ driver, life }: Process): Promise<void> {
    try {
      await driver.configure(configuration);
    } catch (thrown) {
      if (!life.struck) throw thrown;
      if (!life.dead) await driver.configure(configuration);
    }
  }

  async function end(process: Process): Promise<void> {
    process.driver.stop();
    await process.driver.idle();
    await process.providers.close();
    await process.publishers.close();
    await process.store.close();
  }

  let current = await begin(options.injection);
  opened.push(() => end(current));
  const recordsBefore = recordTexts(sandbox);
  let passedAtMs = Number.NEGATIVE_INFINITY;

  /** As the daemon's loop does it: a pass that fails is tried again a second later. */
  async function turn(passEveryMs: number): Promise<void> {
    const { driver } = current;
    const nowMs = clock.now().getTime();
    try {
      if (nowMs - passedAtMs >= passEveryMs || nowMs < passedAtMs) {
        await driver.pass();
        passedAtMs = nowMs;
      } else await driver.advanceDue();
    } catch {
      passedAtMs = Number.NEGATIVE_INFINITY;
      clock.advance(1000);
    }
    await driver.idle();
    await sandbox.tick();
    if (current.life.repeats)
      for (const [id, { simulator }] of sandbox.vendors) if (id !== 'resello') simulator.redeliverLastEvent();
  }

  function moveOn(passEveryMs: number): void {
    const nowMs = clock.now().getTime();
    const wakeMs = (current.driver.nextWake()?.getTime() ?? Number.POSITIVE_INFINITY) - skewMs;
    const untilMs = Math.min(
      wakeMs,
      passedAtMs === Number.NEGATIVE_INFINITY ? nowMs : passedAtMs + passEveryMs,
    );
    clock.advance(Math.max(untilMs - nowMs, shortestStepMs));
  }

  async function story(): Promise<string> {
    const { store } = current;
    const open = await store.openRenewals();
    const ledger = await store.ledger({ limit: 1000 });
    return [
      `at ${clock.now().toISOString()}`,
      ...current.driver
        .entries()
        .map(
          ({ managed, decision }) =>
            `${managed.name}: ${decision?.action} ${decision?.reason}: ${decision?.sentence}`,
        ),
      ...open.map(
        (one) => `open: ${one.certificate} ${one.action} ${one.state} next ${one.nextAt?.toISOString()}`,
      ),
      ...ledger
        .slice(-15)
        .map(
          ({ at, certificate, subject, text }) => `  ${at.toISOString()} ${certificate} ${subject}: ${text}`,
        ),
      ...lines.filter((line) => /"level":"(warn|error)"/.test(line)).slice(-8),
    ].join('\n');
  }

  const world: World = {
    clock,
    directory,
    keysDirectory,
    webroot,
    sandbox,
    stage,
    command,
    lines,
    leaks,
    recordsBefore,
    get driver() {
      return current.driver;
    },
    get store() {
      return current.store;
    },
    get life() {
      return current.life;
    },
    get responderPort() {
      if (responderPort === undefined) throw new Error('there is no responder');
      return responderPort;
    },
    passages,
    disk,
    get onPassage() {
      return onPassage;
    },
    set onPassage(listener) {
      onPassage = listener;
    },
    get skewMs() {
      return skewMs;
    },
    set skewMs(ms) {
      skewMs = ms;
    },
    get configuration() {
      return configuration;
    },
    managed(name) {
      const found = configuration.certificates.find((managed) => managed.name === name);
      if (found === undefined) throw new Error(`no certificate ${name}`);
      return found;
    },
    async configure(wanted, limits) {
      spend = limits ?? spend;
      configuration = configurationOf(
        wanted.map((one) => inventoryEntry(one, place)),
        spend,
      );
      current.providers.configure(configuration.providers);
      await configureDriver(current);
      passedAtMs = Number.NEGATIVE_INFINITY;
    },
    async seed(seed) {
      const { name, names = [`${name}.${zone}`], provider = 'cnr', daysLeft, paidDays } = seed;
      const { keyType = 'ecdsa-p256', dcvMethod = 'dns', deployed = true } = seed;
      const { generation } = accounts[provider];
      const { pem } = await generateKey(keyType);
      const notAfter = new Date(clock.now().getTime() + daysLeft * dayMs);
      const managed = inventoryEntry({ name, names: [...names], provider }, place);
      const seeded = seedOrder(sandbox, accounts[provider].vendor, {
        names,
        product: managed.product,
        csrPem: await createCsr(pem, names),
        notBefore: new Date(notAfter.getTime() - 199 * dayMs),
        notAfter,
        paidUntil: new Date(clock.now().getTime() + paidDays * dayMs),
        dcvMethod,
        ...(generation === undefined ? {} : { generation }),
      });
      const target = managed.deploy[0];
      if (deployed && target !== undefined) {
        const { leafPem, intermediatePem } = seeded.certificate;
        deploySet(target, { keyPem: pem, leafPem, chainPem: intermediatePem }, nodeFiles, 'before-renewd');
        stage.load(stageName(name, 0), target.directory);
      }
      return seeded;
    },
    async restart(injection) {
      await end(current);
      passedAtMs = Number.NEGATIVE_INFINITY;
      current = await begin(injection);
    },
    async loseStore() {
      await end(current);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${storePath}${suffix}`, { force: true });
      passedAtMs = Number.NEGATIVE_INFINITY;
      current = await begin();
    },
    storePath,
    async moveToNewMachine(restore) {
      await end(current);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${storePath}${suffix}`, { force: true });
      rmSync(keysDirectory, { recursive: true, force: true });
      for (const { deploy } of configuration.certificates) {
        for (const { directory: deployed } of deploy) rmSync(deployed, { recursive: true, force: true });
      }
      await restore();
      passedAtMs = Number.NEGATIVE_INFINITY;
      current = await begin();
    },
    async step() {
      await turn(5 * minuteMs);
      moveOn(5 * minuteMs);
    },
    async run(until, { steps = 300, passEveryMs = 5 * minuteMs } = {}) {
      for (let taken = 0; taken < steps; taken += 1) {
        await turn(passEveryMs);
        if (current.life.dead) return;
        if (await until()) return;
        moveOn(passEveryMs);
      }
      throw new Error(`not reached in ${steps} steps, ${await story()}`);
    },
    async runToRest(limits) {
      let atRest = 0;
      await world.run(() => {
        const resting = current.driver
          .entries()
          .every(
            ({ open, dirty, decision }) =>
              !dirty &&
              decision !== undefined &&
              (open === undefined
                ? decision.action === 'none' || decision.action === 'blocked'
                : open.state === 'blocked' && open.nextAt === null),
          );
        // Twice: what was published is withdrawn in the turn after.
        atRest = resting ? atRest + 1 : 0;
        return atRest > 1;
      }, limits);
    },
    async renewal(name) {
      const [newest] = await current.store.renewalsOf(name, 1);
      if (newest === undefined) throw new Error(`no renewal of ${name}; ${await story()}`);
      return newest;
    },
    records: () => recordTexts(sandbox),
    interfere(choose) {
      sandbox.faults.take = (vendor, command) => choose(vendor, command) ?? queuedFault(vendor, command);
    },
    close,
  };
  return world;
}
