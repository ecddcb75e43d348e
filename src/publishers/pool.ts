/** The configured publishers: made when first needed, made anew when their settings change. */
import type {
  NamedPublisher,
  Publisher,
  PublisherDependencies,
  PublisherManifest,
} from '../contracts/publisher.ts';
import type { PublisherSettings } from '../core/certificate.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';

export interface PublisherPool {
  configure(settings: readonly PublisherSettings[]): Promise<void>;
  /** Every publisher; one that cannot be made is logged and says why to whoever would have used it. */
  all(): Promise<readonly NamedPublisher[]>;
  close(): Promise<void>;
}

export interface PoolDependencies {
  readonly registry: Readonly<Record<string, { readonly manifest: () => Promise<PublisherManifest> }>>;
  readonly resolveSecrets: (
    config: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
  readonly dependenciesFor: (name: string) => PublisherDependencies;
}

export function createPublisherPool({
  registry,
  resolveSecrets,
  dependenciesFor,
}: PoolDependencies): PublisherPool {
  let known: readonly PublisherSettings[] = [];
  const made = new Map<string, { readonly fingerprint: string; readonly publisher: Promise<Publisher> }>();

  async function create({ name, type, config }: PublisherSettings): Promise<Publisher> {
    const entry = registry[type];
    if (entry === undefined)
      throw new RenewdError('config-invalid', `publisher "${name}" has the unknown type "${type}"`);
    const manifest = await entry.manifest();
    return manifest.create(name, await resolveSecrets(config), dependenciesFor(name));
  }

  function get(settings: PublisherSettings): Promise<Publisher> {
    const present = made.get(settings.name);
    if (present !== undefined) return present.publisher;
    const publisher = create(settings);
    const one = { fingerprint: JSON.stringify(settings), publisher };
    made.set(settings.name, one);
    publisher.catch(() => {
      // One that was exchanged meanwhile must not take its successor with it.
      if (made.get(settings.name) === one) made.delete(settings.name);
    });
    return publisher;
  }

  async function drop(name: string): Promise<void> {
    const one = made.get(name);
    made.delete(name);
    await one?.publisher.then((publisher) => publisher.close()).catch(() => undefined);
  }

  return {
    async configure(settings) {
      known = settings;
      for (const [name, { fingerprint }] of made) {
        const now = settings.find((one) => one.name === name);
        // Closed before another takes its place: both may want the same port.
        if (now === undefined || JSON.stringify(now) !== fingerprint) await drop(name);
      }
    },
    async all() {
      const publishers: NamedPublisher[] = [];
      for (const settings of known) {
        try {
          publishers.push({ name: settings.name, publisher: await get(settings) });
        } catch (err) {
          dependenciesFor(settings.name).logger.error(
            { publisher: settings.name, err },
            'a publisher could not be made',
          );
          publishers.push({
            name: settings.name,
            publisher: { kind: 'unavailable', failure: toRenewdError(err) },
          });
        }
      }
      return publishers;
    },
    async close() {
      await Promise.all([...made.keys()].map(drop));
    },
  };
}
