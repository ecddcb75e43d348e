/** What the commands are handed: ways to load, open and start, with every concrete part joined. */
import type { Composer, Loaded } from '../cli/context.ts';
import type { Configuration } from '../core/certificate.ts';
import { toRenewdError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { takeLease } from '../daemon/lease.ts';
import { createLogger, createScrubber, type LogLevel } from '../platform/logger.ts';
import { loadInChild } from '../settings/load-in-child.ts';
import type { LoadResult } from '../settings/load.ts';
import { createMetrics } from '../status/metrics.ts';
import { isAlive, leaseHolder } from './holder.ts';
import type { RuntimeParts } from './runtime.ts';
import type { World } from './world.ts';

export interface ComposerOptions {
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where log lines go. */
  readonly write: (line: string) => void;
  /** Logs for people instead of JSON. */
  readonly pretty: boolean;
}

export function createComposer({ world, env, write, pretty }: ComposerOptions): Composer {
  const scrubber = createScrubber();
  const { clock } = world;

  async function partsFor(level: LogLevel): Promise<RuntimeParts> {
    const logger = await createLogger({ level, pretty, scrubber, write });
    const health = { startedAt: clock.now(), lastPassAt: null, configValid: true };
    return { world, logger, metrics: createMetrics(version), scrubber, env, health };
  }

  const load = (path: string, secrets = true): Promise<LoadResult> =>
    loadInChild(path, { env, readSecrets: secrets });

  return {
    load: (path, { secrets = true } = {}): Promise<Loaded> => load(path, secrets),
    async openStore(configuration: Configuration) {
      const { openSqliteStore } = await import('../store/sqlite/index.ts');
      return openSqliteStore(configuration.store.sqlite, { create: true });
    },
    async openRuntime(configuration, { quiet }) {
      const { openRuntime } = await import('./runtime.ts');
      return openRuntime(configuration, await partsFor(quiet ? 'error' : configuration.log.level));
    },
    async startDaemon(path) {
      // The loader is a process of its own: what the daemon consists of is read from the disk meanwhile.
      const [first, { startDaemon }] = await Promise.all([
        load(path),
        import('./daemon.ts'),
        import('pino'),
        import('node-cron'),
      ]);
      const { configuration } = first;
      if (configuration === undefined) return { diagnostics: first.diagnostics };
      const parts = await partsFor(configuration.log.level);
      return {
        daemon: await startDaemon({ ...first, configuration }, { ...parts, reload: () => load(path) }),
      };
    },
    async takeLease(store) {
      const { logger } = await partsFor('error');
      try {
        return await takeLease(store, leaseHolder('command'), isAlive, clock, logger, () => undefined);
      } catch (thrown) {
        if (toRenewdError(thrown).code === 'store-locked') return undefined;
        throw thrown;
      }
    },
  };
}
