/** A command's surroundings: captured output, a real store, a driver that only shows what a test says. */
import type { Disk } from '../../../src/audit/files.ts';
import type { CliContext, Composer, Loaded, Runtime } from '../../../src/cli/context.ts';
import type { Output } from '../../../src/cli/output.ts';
import type { ProviderCapabilities } from '../../../src/contracts/capabilities.ts';
import type { Provider } from '../../../src/contracts/provider.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { Configuration, ManagedCertificate } from '../../../src/core/certificate.ts';
import type { Driver } from '../../../src/renewal/driver.ts';
import type { Decision } from '../../../src/renewal/plan/decide.ts';
import { newEntry, type Entry } from '../../../src/renewal/watchlist.ts';
import type { SpendingStatus, StatusSource } from '../../../src/status/source.ts';
import { handClock, type HandClock } from '../../builders/clocks.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aStore, refusing } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';
import { decided, ok } from '../plan/facts.ts';

export interface Captured extends Output {
  readonly lines: string[];
  readonly errors: string[];
  readonly documents: unknown[];
}

function captured(columns = 200): Captured {
  const lines: string[] = [];
  const errors: string[] = [];
  const documents: unknown[] = [];
  return {
    lines,
    errors,
    documents,
    columns,
    line: (text = '') => void lines.push(text),
    progress: () => undefined,
    error: (text) => void errors.push(text),
    // As a machine would read it.
    json: (value) => void documents.push(JSON.parse(JSON.stringify(value)) as unknown),
    paint: (style, text) => `<${style}>${text}</>`,
  };
}

export function aConfiguration(
  certificates: readonly ManagedCertificate[] = [aManagedCertificate()],
): Configuration {
  return {
    path: '/etc/renewd/renewd.yaml',
    files: [],
    store: { sqlite: '/nowhere' },
    keys: '/nowhere',
    listen: null,
    schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
    revocation: { check: false, everyMs: 86_400_000 },
    spend: {},
    log: { level: 'info' },
    resolvers: [],
    authoritative: {},
    providers: [],
    publishers: [],
    notices: [],
    heartbeat: null,
    certificates,
  };
}

export function anEntry(decision: Partial<Decision> = {}, fields: Partial<Entry> = {}): Entry {
  const managed = fields.managed ?? aManagedCertificate();
  return {
    ...newEntry(managed),
    observation: { look: ok() },
    decision: { ...decided(), ...decision },
    dirty: false,
    ...fields,
  };
}

export interface Surroundings {
  readonly loaded?: Loaded;
  readonly entries?: readonly Entry[];
  readonly driver?: Partial<Driver>;
  readonly provider?: Provider;
  readonly capabilities?: ProviderCapabilities;
  readonly spending?: readonly SpendingStatus[];
  readonly lease?: 'held' | 'free';
  /** Of a lease that is free. */
  readonly lost?: AbortSignal;
  readonly disk?: Disk;
  readonly names?: readonly string[];
  readonly options?: CliContext['options'];
  readonly clock?: HandClock;
}

export interface Stage {
  readonly context: CliContext;
  readonly output: Captured;
  readonly store: Store;
  /** What was opened and closed, in order. */
  readonly log: readonly string[];
}

export async function aStage(given: Surroundings = {}): Promise<Stage> {
  const store = await aStore();
  const log: string[] = [];
  const output = captured();
  const configuration = given.loaded?.configuration ?? aConfiguration();
  const entries = given.entries ?? [anEntry()];
  // What a command closes is the test's: it looks into it afterwards.
  const kept: Store = Object.assign(Object.create(store), {
    close: () => Promise.resolve(void log.push('close store')),
  });
  const runtime = refusing<Runtime>('runtime', {
    configuration,
    store: kept,
    driver: refusing<Driver>('driver', {
      assess: () => Promise.resolve(entries),
      entries: () => entries,
      ...given.driver,
    }),
    status: refusing<StatusSource>('status', { spending: () => Promise.resolve(given.spending ?? []) }),
    capabilities: () => given.capabilities ?? someCapabilities(),
    provider: () =>
      given.provider === undefined
        ? Promise.reject(new Error('unexpected use of a provider'))
        : Promise.resolve(given.provider),
    passMade: () => Promise.resolve(void log.push('tell')),
    close: () => Promise.resolve(void log.push('close runtime')),
  });
  const composer = refusing<Composer>('composer', {
    load: () => Promise.resolve(given.loaded ?? { configuration, diagnostics: [] }),
    openStore: () => Promise.resolve(kept),
    disk: () => Promise.resolve(given.disk ?? refusing<Disk>('disk', {})),
    openRuntime: (_, { quiet }) => {
      log.push(`open runtime${quiet ? ', quiet' : ''}`);
      return Promise.resolve(runtime);
    },
    takeLease: () => {
      if (given.lease !== 'free') return Promise.resolve(undefined);
      log.push('take lease');
      const lost = given.lost ?? new AbortController().signal;
      return Promise.resolve({ lost, release: () => Promise.resolve(void log.push('release lease')) });
    },
  });
  const context: CliContext = {
    output,
    env: {},
    clock: given.clock ?? handClock(noon),
    configPath: configuration.path,
    names: given.names ?? [],
    options: given.options ?? {},
    composer,
    user: 'ada',
  };
  return { context, output, store, log };
}
