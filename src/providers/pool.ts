/**
 * The configured providers: made when first needed, made anew when their settings change or their credentials are
 * refused (so that a rotated secret is read again), closed at the end.
 */
import type { Provider, ProviderDependencies, ProviderManifest } from '../contracts/provider.ts';
import type { ProviderSettings } from '../core/certificate.ts';
import { hasKind, RenewdError } from '../core/errors.ts';

export interface ProviderPool {
  configure(settings: readonly ProviderSettings[]): void;
  settings(name: string): ProviderSettings;
  manifest(name: string): ProviderManifest;
  get(name: string): Promise<Provider>;
  close(): Promise<void>;
}

export interface PoolDependencies {
  readonly registry: Readonly<Record<string, ProviderManifest>>;
  readonly resolveSecrets: (
    config: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
  readonly dependenciesFor: (name: string) => ProviderDependencies;
}

export function createProviderPool({
  registry,
  resolveSecrets,
  dependenciesFor,
}: PoolDependencies): ProviderPool {
  let known = new Map<string, ProviderSettings>();
  const made = new Map<string, Made>();
  /** Replaced, but with calls that are still being answered. */
  const retired = new Set<Made>();

  function settings(name: string): ProviderSettings {
    const found = known.get(name);
    if (found === undefined) throw new RenewdError('config-invalid', `no provider "${name}" is configured`);
    return found;
  }

  function manifest(name: string): ProviderManifest {
    const { type } = settings(name);
    const found = registry[type];
    if (found === undefined)
      throw new RenewdError('config-invalid', `provider "${name}" has the unknown type "${type}"`);
    return found;
  }

  /** What is still being answered may end; nothing new is asked of it. */
  async function retire(name: string): Promise<void> {
    const one = made.get(name);
    if (one === undefined) return;
    made.delete(name);
    retired.add(one);
    while (one.calls.size > 0) await Promise.allSettled(one.calls);
    retired.delete(one);
    await closed(one);
  }

  async function create(name: string): Promise<Provider> {
    const config = await resolveSecrets(settings(name).config);
    return manifest(name).create(config, dependenciesFor(name));
  }

  return {
    configure(list) {
      known = new Map(list.map((one) => [one.name, one]));
      for (const [name, one] of made) {
        const now = known.get(name);
        if (now === undefined || JSON.stringify(now) !== one.fingerprint) void retire(name);
      }
    },
    settings,
    manifest,
    async get(name) {
      const present = made.get(name);
      if (present !== undefined) return present.provider;
      const fingerprint = JSON.stringify(settings(name));
      const calls = new Set<Promise<unknown>>();
      const refused = (): void => {
        // Of several calls that are refused together only the first retires: a new client may be there already.
        if (made.get(name)?.calls === calls) void retire(name);
      };
      const provider = create(name).then((one) => watchful(one, calls, refused));
      made.set(name, { fingerprint, provider, calls });
      provider.catch(() => {
        if (made.get(name)?.calls === calls) made.delete(name);
      });
      return provider;
    },
    async close() {
      const all = [...made.values(), ...retired];
      made.clear();
      retired.clear();
      await Promise.all(all.map(closed));
    },
  };
}

interface Made {
  readonly fingerprint: string;
  readonly provider: Promise<Provider>;
  /** Under way. */
  readonly calls: Set<Promise<unknown>>;
}

/** Quiet: whatever goes wrong when a client is thrown away concerns nobody. */
function closed(one: Made): Promise<void> {
  return one.provider.then((provider) => provider.close()).catch(() => undefined);
}

/**
 * Notes what is under way. Refused credentials may have been rotated: then the next call makes a new client with secrets
 * read anew.
 */
function watchful(provider: Provider, calls: Set<Promise<unknown>>, refused: () => void): Provider {
  const watched = <Arguments extends readonly unknown[], Result>(
    method: (...args: Arguments) => Promise<Result>,
  ) => {
    return async (...args: Arguments): Promise<Result> => {
      const call = method(...args);
      calls.add(call);
      try {
        return await call;
      } catch (thrown) {
        if (hasKind(thrown, 'authentication')) refused();
        throw thrown;
      } finally {
        calls.delete(call);
      }
    };
  };
  const { prepare, preview, approvers, productFacts, discard, operations, events } = provider;
  return {
    submit: watched((...args) => provider.submit(...args)),
    read: watched((...args) => provider.read(...args)),
    find: watched((...args) => provider.find(...args)),
    retryValidation: watched((...args) => provider.retryValidation(...args)),
    revoke: watched((...args) => provider.revoke(...args)),
    cancel: watched((...args) => provider.cancel(...args)),
    close: () => provider.close(),
    ...(prepare === undefined ? {} : { prepare: watched(prepare) }),
    ...(preview === undefined ? {} : { preview: watched(preview) }),
    ...(approvers === undefined ? {} : { approvers: watched(approvers) }),
    ...(productFacts === undefined ? {} : { productFacts: watched(productFacts) }),
    ...(discard === undefined ? {} : { discard: watched(discard) }),
    ...(operations === undefined
      ? {}
      : { operations: operations.map((one) => ({ ...one, run: watched((...args) => one.run(...args)) })) }),
    // An idle daemon asks for nothing but events: a secret rotated meanwhile must be noticed there, too.
    ...(events === undefined
      ? {}
      : {
          events: {
            foreign: events.foreign,
            fetch: watched((...args) => events.fetch(...args)),
            acknowledge: watched((...args) => events.acknowledge(...args)),
          },
        }),
  };
}
