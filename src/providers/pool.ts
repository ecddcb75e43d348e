/**
 * The configured providers: made when first needed, made anew when their settings change or their credentials are
 * refused (so that a rotated secret is read again), closed at the end.
 */
import type { Provider, ProviderDependencies, ProviderManifest } from '../contracts/provider.ts';
import type { ProviderSettings } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';

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
  const made = new Map<string, { readonly fingerprint: string; readonly provider: Promise<Provider> }>();

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

  function drop(name: string): Promise<void> {
    const one = made.get(name);
    made.delete(name);
    // What is still being answered may end; nothing new is asked of it.
    return one === undefined
      ? Promise.resolve()
      : one.provider.then((provider) => provider.close()).catch(() => undefined);
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
        if (now === undefined || JSON.stringify(now) !== one.fingerprint) void drop(name);
      }
    },
    settings,
    manifest,
    get(name) {
      const present = made.get(name);
      if (present !== undefined) return present.provider;
      const provider = create(name).then((one) => forgetfulOnRefusal(one, () => void drop(name)));
      made.set(name, { fingerprint: JSON.stringify(settings(name)), provider });
      provider.catch(() => made.delete(name));
      return provider;
    },
    async close() {
      await Promise.all([...made.keys()].map(drop));
    },
  };
}

/** Refused credentials may have been rotated: the next call makes a new client with secrets read anew. */
function forgetfulOnRefusal(provider: Provider, forget: () => void): Provider {
  const watched = <Arguments extends readonly unknown[], Result>(
    method: (...args: Arguments) => Promise<Result>,
  ) => {
    return async (...args: Arguments): Promise<Result> => {
      try {
        return await method(...args);
      } catch (thrown) {
        if (thrown instanceof RenewdError && thrown.kind === 'authentication') forget();
        throw thrown;
      }
    };
  };
  const { prepare, preview, approvers, events } = provider;
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
    ...(events === undefined ? {} : { events }),
  };
}
