/** What a stage is handed in tests: a real store, a hand-moved clock, and parts that refuse whatever a test did not expect. */
import type { Logger } from '../../src/contracts/platform.ts';
import type { OrderReading } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { ProviderHandle, StageContext } from '../../src/renewal/stage-context.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { onTestFinished } from 'vitest';
import { handClock, type HandClock } from './clocks.ts';
import { aManagedCertificate, someCapabilities } from './managed.ts';
import { noon } from './store-records.ts';
import { tempDirectory } from './temp-directory.ts';

/** An object of which only the given properties may be touched. */
export function refusing<T extends object>(
  what: string,
  given: Partial<T>,
  mayBeAbsent: ReadonlySet<string | symbol> = new Set(),
): T {
  const target: object = given;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every other property throws when it is read
  return new Proxy(target, {
    get(object, property, receiver): unknown {
      if (property in object) return Reflect.get(object, property, receiver);
      // Promises are recognized by this one.
      if (property === 'then' || typeof property === 'symbol' || mayBeAbsent.has(property)) return undefined;
      throw new Error(`unexpected use of ${what}.${property}`);
    },
    has: (object, property) => property in object,
  }) as T;
}

/** Facets are asked for by looking whether they are there. */
const facets: ReadonlySet<string | symbol> = new Set([
  'prepare',
  'preview',
  'approvers',
  'productFacts',
  'discard',
  'operations',
  'events',
]);

export function aProvider(given: Partial<Provider> = {}): Provider {
  return refusing<Provider>('provider', given, facets);
}

export async function aStore(): Promise<Store> {
  const store = await openSqliteStore(`${tempDirectory()}/renewd.db`, { create: true });
  onTestFinished(() => store.close());
  return store;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

export function recordingLogger(lines: LogLine[] = []): Logger & { readonly lines: readonly LogLine[] } {
  const write = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  const logger = {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => logger,
  };
  return logger;
}

export interface StageParts extends Partial<Omit<StageContext, 'provider' | 'clock'>> {
  readonly provider?: Provider;
  /** Overrides parts of what comes with the provider. */
  readonly handle?: Partial<ProviderHandle>;
  readonly clock?: HandClock;
  /** Thrown instead of handing out the provider. */
  readonly providerFails?: Error;
}

export function aStageContext(parts: StageParts = {}): StageContext {
  const { provider = aProvider(), handle, providerFails, ...rest } = parts;
  const capabilities = handle?.capabilities ?? someCapabilities();
  const given: Partial<StageContext> = {
    managed: aManagedCertificate(),
    condemned: false,
    clock: handClock(noon),
    logger: recordingLogger(),
    signal: new AbortController().signal,
    provider: () =>
      providerFails === undefined
        ? Promise.resolve({ provider, capabilities, spend: {}, lostAnswerGraceMs: 120_000, ...handle })
        : Promise.reject(providerFails),
    capabilities: () => capabilities,
    spendOverall: () => ({}),
    publishers: () => Promise.resolve([]),
    ...rest,
  };
  return refusing<StageContext>('context', given);
}

export function aReading(fields: Partial<OrderReading> = {}): OrderReading {
  return {
    handle: { orderId: 'o-9', certificateId: 'c-9' },
    status: 'pending',
    statusWord: 'PENDING',
    challenges: [],
    ...fields,
  };
}
