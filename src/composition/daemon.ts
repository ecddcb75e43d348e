/** The daemon: lease, loop, listener, reloading, and an orderly end. */
import type { DaemonHandle } from '../cli/context.ts';
import { takeLease } from '../daemon/lease.ts';
import { startLoop } from '../daemon/loop.ts';
import { connectServiceManager } from '../daemon/service-manager.ts';
import { onSignals } from '../daemon/signals.ts';
import { Cron } from 'croner';
import type { Configuration } from '../core/certificate.ts';
import { minuteMs } from '../core/durations.ts';
import type { RenewdError } from '../core/errors.ts';
import { releaseUnusedMemory } from '../platform/memory.ts';
import type { LoadResult } from '../settings/load.ts';
import { createConfigWatcher } from '../settings/watch.ts';
import { startStatusServer, type StatusServer } from '../status/server.ts';
import { leaseHolder, livenessOf } from './holder.ts';
import { openRuntime, secretReader, type RuntimeParts } from './runtime.ts';
import { serviceStatusLine } from './status-line.ts';

export interface DaemonParts extends RuntimeParts {
  /** Loads the configuration anew; `configuration` is absent when it has mistakes. */
  reload(): Promise<LoadResult>;
}

/** `renewd check` shows them all. */
const warningsMax = 20;

/** Two intervals of the schedule without a pass, and something for a slow one, mean that the loop is stuck. */
function healthLimitMs({ cron, timezone }: Configuration['schedule'], now: Date): number {
  const [first, second] = new Cron(cron, { timezone, paused: true }).nextRuns(2, now);
  const intervalMs = first === undefined || second === undefined ? 0 : second.getTime() - first.getTime();
  return 2 * intervalMs + 5 * minuteMs;
}

/** For the log: not where its secrets are. */
function addressOf(listen: Configuration['listen']): { readonly host: string; readonly port: number } | null {
  return listen === null ? null : { host: listen.host, port: listen.port };
}

export async function startDaemon(
  first: LoadResult & { readonly configuration: Configuration },
  parts: DaemonParts,
): Promise<DaemonHandle> {
  const { world, logger, metrics, health, env } = parts;
  const { clock } = world;
  const initial = first.configuration;
  const runtime = await openRuntime(initial, parts, { begin: true });
  let finish: (failure?: RenewdError) => void = () => undefined;
  const asked = new Promise<RenewdError | undefined>((resolve) => {
    finish = resolve;
  });
  let listener: StatusServer | undefined;
  const healthLimit = healthLimitMs(initial.schedule, clock.now());
  // On the monotonic clock: a wall clock that is set must not look like a loop that is stuck.
  let passEndedMs = performance.now();
  const service = connectServiceManager({
    env,
    pid: process.pid,
    processes: world.processes,
    clock,
    logger,
    statusLine: () => serviceStatusLine(runtime.status),
    isHealthy: () => performance.now() - passEndedMs < healthLimit,
  });
  const opened: (() => void | Promise<void>)[] = [() => service.close(), () => runtime.close()];
  /** Releases what is open, last opened first. */
  async function release(): Promise<void> {
    for (const close of opened.splice(0).toReversed()) await close();
  }

  try {
    const lease = await takeLease(
      runtime.store,
      leaseHolder('daemon'),
      livenessOf,
      clock,
      logger,
      (failure) => finish(failure),
    );
    opened.push(() => lease.release());
    await runtime.driver.configure(initial);
    metrics.configLoaded(true, clock.now());
    if (initial.listen !== null) {
      const { token } = initial.listen;
      const readToken = secretReader(parts);
      const server = await startStatusServer(initial.listen, {
        source: runtime.status,
        metrics,
        logger,
        healthLimitMs: healthLimit,
        ...(token === undefined ? {} : { token: () => readToken(token) }),
      });
      listener = server;
      opened.push(() => server.close());
    }
    const passFinished = (at: Date, seconds: number): void => {
      // The first pass has parsed everything: what it needed for that is not needed again.
      if (health.lastPassAt === null) setImmediate(releaseUnusedMemory);
      health.lastPassAt = at;
      passEndedMs = performance.now();
      service.refresh();
      metrics.passFinished(at, seconds);
      // Not waited for: a channel that hangs delays no pass.
      void runtime.passMade();
    };
    const loop = startLoop(runtime.driver, clock, logger, passFinished, () => metrics.passFailed());
    opened.push(async () => {
      runtime.driver.stop();
      await loop.stop();
      await runtime.driver.idle();
    });
    runtime.driver.onProgress(() => loop.nudge());

    let reloading = Promise.resolve();
    const reload = (why: string): void => {
      reloading = reloading
        .then(() => {
          service.reloading();
          return reloadOnce(why);
        })
        .catch((err: unknown) => {
          health.configValid = false;
          metrics.configLoaded(false, clock.now());
          logger.error({ err, why }, 'the configuration could not be loaded; the last good one stays');
        })
        .then(() => service.ready());
    };
    const watcher = createConfigWatcher({
      stamps: first.stamps,
      globs: first.globs,
      onChange: () => reload('a file changed'),
      clock,
    });
    opened.push(async () => {
      watcher.close();
      await reloading;
    });
    async function reloadOnce(why: string): Promise<void> {
      watcher.loading();
      const { configuration, diagnostics, stamps, globs } = await parts.reload();
      watcher.loaded({ stamps, globs });
      health.configValid = configuration !== undefined;
      metrics.configLoaded(configuration !== undefined, clock.now());
      if (configuration === undefined) {
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        const mistakes = errors
          .slice(0, 5)
          .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
        logger.error(
          { why, errors: errors.length, mistakes },
          'the new configuration is refused; the last good one stays',
        );
        return;
      }
      await runtime.reconfigure(configuration);
      await listener?.reload();
      logger.info({ why, certificates: configuration.certificates.length }, 'configuration reloaded');
      loop.requestPass();
    }

    const { schedule } = await import('node-cron');
    const ticks = schedule(
      initial.schedule.cron,
      () => {
        watcher.check();
        loop.requestPass();
      },
      { timezone: initial.schedule.timezone, name: 'pass', noOverlap: true },
    );
    opened.push(() => void ticks.stop());
    opened.push(onSignals({ finish: () => finish(), reload: () => reload('SIGHUP') }));
    for (const { file, line, column, message } of first.diagnostics.slice(0, warningsMax)) {
      logger.warn({ file, line, column, what: message }, 'the configuration has a weak point');
    }
    logger.info(
      {
        certificates: initial.certificates.length,
        listen: addressOf(initial.listen),
        store: initial.store.sqlite,
      },
      'renewd is ready',
    );
    // Configuration valid, store open and ours, listener up, signals understood. Not the first pass: it may ask
    // providers about orders, and what needs renewd to be started must not wait for a reseller.
    service.ready();
  } catch (thrown) {
    await release();
    throw thrown;
  }

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      service.stopping();
      logger.info({}, 'stopping: what must not be cut is finished first');
      await release();
      logger.info({}, 'stopped');
    })();
    return stopping;
  };
  const end = async (): Promise<void> => {
    const failure = await asked;
    await stop();
    if (failure !== undefined) throw failure;
  };
  return { runtime, stop, ended: end() };
}
