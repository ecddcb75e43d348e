/** The pools of providers and publishers with their real dependencies: for the runtime, and for looking at them alone. */
import { Secret } from '../core/certificate.ts';
import type { Scrubber } from '../platform/logger.ts';
import { createProviderPool, type ProviderPool } from '../providers/pool.ts';
import { providerRegistry } from '../providers/registry.ts';
import { createPublisherPool, type PublisherPool } from '../publishers/pool.ts';
import { publisherRegistry } from '../publishers/registry.ts';
import { resolveSecrets } from '../settings/secrets.ts';
import { createThrottleBook } from '../vendors/common/throttle.ts';
import type { RuntimeParts } from './runtime.ts';

export interface Pools {
  readonly providers: ProviderPool;
  readonly publishers: PublisherPool;
}

function registerSecrets(value: unknown, scrubber: Scrubber): void {
  if (value instanceof Secret) scrubber.register(value.reveal());
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) registerSecrets(one, scrubber);
}

/** Empty until they are configured. An account is asked at one pace, whoever asks. */
export function createPools(parts: RuntimeParts): Pools {
  const { world, logger, metrics, scrubber, env, passedSockets } = parts;
  const { clock, random, files, processes } = world;
  const throttleOf = createThrottleBook(clock);
  async function secretsOf(
    config: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const resolved = await resolveSecrets(config, { env, processes });
    registerSecrets(resolved, scrubber);
    return resolved;
  }
  return {
    providers: createProviderPool({
      registry: providerRegistry,
      resolveSecrets: secretsOf,
      dependenciesFor: (name) => ({
        clock,
        random,
        logger: logger.child({ provider: name }),
        throttleOf,
        observe: (observation) =>
          metrics.observeProviderRequest({ provider: name, ...observation, at: clock.now() }),
      }),
    }),
    publishers: createPublisherPool({
      registry: publisherRegistry,
      resolveSecrets: secretsOf,
      dependenciesFor: (name) => ({
        clock,
        random,
        files,
        processes,
        logger,
        throttleOf,
        passedSockets,
        observe: (observation) =>
          metrics.observeProviderRequest({ provider: name, ...observation, at: clock.now() }),
      }),
    }),
  };
}
