/** What the commands are handed: ways to load, open and start, with every concrete part joined. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Composer, Loaded } from '../cli/context.ts';
import type { Configuration } from '../core/certificate.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import { takeLease } from '../daemon/lease.ts';
import { ownCacheDirectory } from '../platform/compile-cache.ts';
import { createLogger, createScrubber, type LogLevel, type Scrubber } from '../platform/logger.ts';
import { readPassedSockets } from '../platform/passed-sockets.ts';
import { loadInChild } from '../settings/load-in-child.ts';
import type { LoadResult } from '../settings/load.ts';
import { createConfigurationMemory } from '../settings/remember.ts';
import { createMetrics } from '../status/metrics.ts';
import { leaseHolder, livenessOf } from './holder.ts';
import { requireOwnUser } from './own-user.ts';
import type { RuntimeParts } from './runtime.ts';
import type { World } from './world.ts';

export interface ComposerOptions {
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where log lines go. */
  readonly write: (line: string) => void;
  /** Logs for people instead of JSON. */
  readonly pretty: boolean;
  /** Learns every secret that is read. Default: one of its own. */
  readonly scrubber?: Scrubber;
}

export function createComposer({
  world,
  env,
  write,
  pretty,
  scrubber = createScrubber(),
}: ComposerOptions): Composer {
  const passedSockets = readPassedSockets(env, process.pid);
  const { clock } = world;

  async function partsFor(level: LogLevel): Promise<RuntimeParts> {
    const logger = await createLogger({ level, pretty, scrubber, write });
    const health = { instance: hostname(), startedAt: clock.now(), lastPassAt: null, configValid: true };
    return { world, logger, metrics: createMetrics(version), scrubber, env, health, passedSockets };
  }

  const load = (path: string, secrets = true): Promise<LoadResult> =>
    loadInChild(path, { env, readSecrets: secrets });

  /** What an earlier start loaded, if nothing changed; else a load that has begun, and a way to keep it for the next start. */
  async function beginFirstLoad(
    path: string,
    remember: boolean,
  ): Promise<{
    readonly result: LoadResult | Promise<LoadResult>;
    readonly keep?: (result: LoadResult, logger: RuntimeParts['logger']) => void;
  }> {
    const directory = remember ? ownCacheDirectory('configurations') : undefined;
    const memory = createConfigurationMemory(directory, { version, env });
    const recalled = await memory.recall(path);
    if (recalled !== undefined) return { result: recalled };
    const startedAt = clock.now();
    return {
      result: load(path),
      keep: (result, logger) => memory.keep(path, result, { startedAt, logger }),
    };
  }

  return {
    load: (path, { secrets = true } = {}): Promise<Loaded> => load(path, secrets),
    configuredNames: async (path) => (await import('../settings/names.ts')).configuredNames(path),
    async openStore(configuration: Configuration, { begin }) {
      // To ask a daemon, by a row in its store, is root's right; to begin its store is not.
      if (begin && !existsSync(configuration.store.sqlite)) requireOwnUser(configuration.store.sqlite);
      const { openSqliteStore } = await import('../store/sqlite/index.ts');
      return openSqliteStore(configuration.store.sqlite, { create: begin });
    },
    async disk({ keys: directory }) {
      const { createKeyStore } = await import('../pki/key-store.ts');
      const keys = createKeyStore({ ...world, directory });
      return { files: world.files, readKey: (keyId) => keys.read(keyId) };
    },
    async backUp({ keys, store }, target) {
      const [{ backUp }, { copyStore }] = await Promise.all([
        import('../backup/back-up.ts'),
        import('../store/sqlite/copy.ts'),
      ]);
      const { files } = world;
      return backUp(
        { keys, target },
        { files, clock, version, copyStore: (copy) => copyStore(store.sqlite, copy) },
      );
    },
    async restore({ keys, store }, source) {
      requireOwnUser(store.sqlite);
      const [{ restore }, { checkStore, placeStore }] = await Promise.all([
        import('../backup/restore.ts'),
        import('../store/sqlite/copy.ts'),
      ]);
      const { files } = world;
      return restore({ source, keys, store: store.sqlite }, { files, checkStore, placeStore });
    },
    async openRuntime(configuration, { quiet, begin }) {
      if (begin) requireOwnUser(configuration.store.sqlite);
      const { openRuntime } = await import('./runtime.ts');
      return openRuntime(configuration, await partsFor(quiet ? 'error' : configuration.log.level), { begin });
    },
    async startDaemon(path, { remember }) {
      // The loader is a process of its own and begins before anything else: what the daemon consists of is read from the
      // disk meanwhile.
      const { result, keep } = await beginFirstLoad(path, remember);
      const [first, { startDaemon }] = await Promise.all([
        result,
        import('./daemon.ts'),
        import('pino'),
        import('node-cron'),
      ]);
      const { configuration } = first;
      if (configuration === undefined) return { diagnostics: first.diagnostics };
      const parts = await partsFor(configuration.log.level);
      const daemon = await startDaemon({ ...first, configuration }, { ...parts, reload: () => load(path) });
      // For the next start; nobody waits for it at this one.
      keep?.(first, parts.logger);
      return { daemon };
    },
    async sendTestNotice(channel) {
      const [{ sendTest }, { instanceName }, { secretReader }, parts] = await Promise.all([
        import('../notices/notifier.ts'),
        import('./telling.ts'),
        import('./runtime.ts'),
        partsFor('error'),
      ]);
      const dependencies = {
        clock,
        processes: world.processes,
        secret: secretReader(parts),
        instance: instanceName(),
        scrub: (text: string) => scrubber.scrub(text),
      };
      return sendTest(channel, dependencies, new AbortController().signal);
    },
    async initTools() {
      const { initTools } = await import('./init.ts');
      return initTools(world);
    },
    async diagnose(path, options) {
      const { diagnose } = await import('./doctor.ts');
      const parts = await partsFor('error');
      return diagnose(path, options, { ...parts, load: (secrets) => load(path, secrets) });
    },
    async takeLease(store) {
      const { logger } = await partsFor('error');
      try {
        const losing = new AbortController();
        const lease = await takeLease(
          store,
          leaseHolder('command'),
          livenessOf,
          clock,
          logger,
          (failure = new RenewdError('store-locked', 'another renewd took over this store')) =>
            losing.abort(failure),
        );
        return { ...lease, lost: losing.signal };
      } catch (thrown) {
        if (toRenewdError(thrown).code === 'store-locked') return undefined;
        throw thrown;
      }
    },
  };
}
