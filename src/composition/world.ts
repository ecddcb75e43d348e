/** The real world, as the parts want it handed in. */
import type { Configuration, SecretSource } from '../core/certificate.ts';
import { secondMs } from '../core/durations.ts';
import { followDelegation } from '../dns/delegation.ts';
import { checkPropagation } from '../dns/propagation.ts';
import { createResolver } from '../dns/resolver.ts';
import { systemClock } from '../platform/clock.ts';
import { nodeFiles } from '../platform/files.ts';
import { nodeProcesses } from '../platform/processes.ts';
import { systemRandom } from '../platform/random.ts';
import type { Clock, Files, Processes, Random } from '../contracts/platform.ts';
import type { Delivery } from '../renewal/deliver.ts';
import { probeTarget } from '../renewal/probe/probe-target.ts';
import type { DnsView } from '../renewal/stage-context.ts';

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
}

export const realWorld: World = {
  clock: systemClock,
  random: systemRandom,
  files: nodeFiles,
  processes: nodeProcesses,
};

/** For one whole look at a zone's servers. */
const lookTimeoutMs = 20 * secondMs;
const anchorBytesMax = 1024 * 1024;

export function createDnsView(configuration: () => Configuration): DnsView {
  const resolver = () => createResolver({ servers: configuration().resolvers });
  return {
    async followDelegation(name, signal) {
      return (await followDelegation(name, resolver(), signal)).target;
    },
    propagation(record, signal) {
      const { authoritative } = configuration();
      return checkPropagation(record, {
        resolver: resolver(),
        authoritative,
        timeoutMs: lookTimeoutMs,
        signal,
      });
    },
  };
}

export function createDelivery(
  { clock, files }: World,
  secret: (source: SecretSource) => Promise<string>,
): Delivery {
  return {
    secret,
    async look(endpoints, names, fingerprint256, timeoutMs, signal) {
      const { rows } = await probeTarget(endpoints, fingerprint256, { clock, timeoutMs, names, signal });
      return rows.map(({ endpoint, address, matches, error, fingerprint256: served }) => ({
        endpoint,
        address,
        matches,
        detail:
          error ??
          (matches ? 'serves it' : `serves another certificate (${served?.slice(0, 16) ?? 'none'}…)`),
      }));
    },
    async anchors(managed) {
      const { publicRoots } = await import('../pki/trust-anchors.ts');
      const own = managed.trustAnchors.map((path) =>
        Buffer.from(files.read(path, anchorBytesMax) ?? '').toString('utf8'),
      );
      return [...own, ...(await publicRoots())];
    },
  };
}
