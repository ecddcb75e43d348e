/**
 * Tells the service manager how the daemon is, by the protocol of sd_notify(3): ready, reloading, stopping, a line of
 * status, and the watchdog's sign of life. Node has no datagram sockets of the Unix domain, so `systemd-notify` speaks for
 * us (the unit needs NotifyAccess=all). Without NOTIFY_SOCKET nothing is ever started.
 */
import type { Clock, Logger, Processes } from '../contracts/platform.ts';
import { minuteMs, secondMs } from '../core/durations.ts';

/** `systemd-notify` itself waits up to 5 s for the manager to have taken the message. */
const helperTimeoutMs = 10 * secondMs;
/** The status line is made anew this often, or sooner where the watchdog wants to hear of us. */
const beatMsMax = minuteMs;
/** systemd takes more; a line is meant to be read. */
const statusCharactersMax = 500;

export interface ServiceManager {
  /** The daemon does its work: after the start, and when a reload is over. */
  ready(): void;
  reloading(): void;
  /** From here on the watchdog only asks whether the process runs: how long an end may take is TimeoutStopSec's matter. */
  stopping(): void;
  /** The status may have changed. */
  refresh(): void;
  /** Waits until what is to be said is said. */
  close(): Promise<void>;
}

export interface ServiceManagerParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One line for `systemctl status`. */
  readonly statusLine: () => Promise<string>;
  /** Does the loop make its passes? While it does not, the watchdog hears nothing and ends us. */
  readonly isHealthy: () => boolean;
}

/** What is to be said next; a later word replaces an earlier one that was not sent yet. */
interface Pending {
  state?: 'READY=1' | 'RELOADING=1' | 'STOPPING=1';
  status?: string;
  watchdog?: boolean;
}

const silent: ServiceManager = {
  ready: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  refresh: () => undefined,
  close: () => Promise.resolve(),
};

/**
 * How often the watchdog has to hear of us, in milliseconds: half of what it allows (sd_watchdog_enabled(3)). Undefined
 * when there is none, or it watches another process.
 */
export function watchdogIntervalMs(
  { WATCHDOG_USEC = '', WATCHDOG_PID }: ServiceManagerParts['env'],
  pid: number,
): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(WATCHDOG_USEC)) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  return Math.max(1, Math.floor(Number(WATCHDOG_USEC) / 1000 / 2));
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- what would begin a new assignment, or paint a terminal
  return text.replaceAll(/[\u0000-\u001F\u007F]+/g, ' ').slice(0, statusCharactersMax);
}

function assignmentsOf({ state, status, watchdog }: Pending): readonly string[] {
  return [
    ...(state === undefined ? [] : [state]),
    ...(status === undefined ? [] : [`STATUS=${status}`]),
    ...(watchdog === true ? ['WATCHDOG=1'] : []),
  ];
}

export function connectServiceManager(parts: ServiceManagerParts): ServiceManager {
  const { env, pid, processes, clock, logger, statusLine, isHealthy } = parts;
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return silent;
  const watchdogMs = watchdogIntervalMs(env, pid);
  const ending = new AbortController();
  let pending: Pending = {};
  let lastStatus: string | undefined;
  let isStopping = false;
  let hasFailed = false;
  let wasHealthy = true;
  let speaking: Promise<void> | undefined;

  function complainOnce(fields: object): void {
    if (!hasFailed)
      logger.warn(fields, 'systemd-notify failed: the service manager does not learn how renewd is');
    hasFailed = true;
  }

  async function send(assignments: readonly string[]): Promise<void> {
    try {
      const { exitCode, timedOut, stderr } = await processes.run(['systemd-notify', ...assignments], {
        timeoutMs: helperTimeoutMs,
        env: { NOTIFY_SOCKET: socket ?? '' },
      });
      if (exitCode !== 0) complainOnce({ exitCode, timedOut, stderr });
    } catch (thrown) {
      // It could not be started. Whatever the manager believes, certificates are looked after.
      complainOnce({ err: thrown });
    }
  }

  /** One helper at a time: what comes meanwhile goes out together afterwards. */
  async function speak(): Promise<void> {
    for (;;) {
      const assignments = assignmentsOf(pending);
      if (assignments.length === 0) return;
      pending = {};
      await send(assignments);
    }
  }

  function say(more: Pending): void {
    pending = { ...pending, ...more };
    speaking ??= speak().finally(() => {
      speaking = undefined;
    });
  }

  async function currentStatus(): Promise<string | undefined> {
    try {
      return oneLine(await statusLine());
    } catch (thrown) {
      // The line is only for looking at.
      logger.debug({ err: thrown }, 'the status line could not be made');
      return undefined;
    }
  }

  async function sayWithStatus(more: Pending): Promise<void> {
    const status = await currentStatus();
    // Whoever is stopping is neither ready nor anything else any more.
    if (isStopping) return;
    const isNews = status !== undefined && status !== lastStatus;
    if (isNews) lastStatus = status;
    if (isNews || more.state !== undefined) say({ ...more, ...(isNews ? { status } : {}) });
  }

  function isAlive(): boolean {
    if (isStopping || isHealthy()) {
      wasHealthy = true;
      return true;
    }
    if (wasHealthy) logger.error({}, 'no pass has ended for too long: the watchdog is not told to wait');
    wasHealthy = false;
    return false;
  }

  async function beat(): Promise<void> {
    while (!ending.signal.aborted) {
      await clock.sleep(Math.min(watchdogMs ?? beatMsMax, beatMsMax), ending.signal).catch(() => undefined);
      if (ending.signal.aborted) return;
      // Not after the status: a store that hangs must not look like a hanging daemon, nor the other way round.
      if (watchdogMs !== undefined && isAlive()) say({ watchdog: true });
      void sayWithStatus({});
    }
  }
  const beating = beat();

  return {
    ready: () => void sayWithStatus({ state: 'READY=1' }),
    reloading: () => say({ state: 'RELOADING=1' }),
    stopping() {
      isStopping = true;
      say({ state: 'STOPPING=1', status: 'stopping: what must not be cut is finished first' });
    },
    refresh: () => void sayWithStatus({}),
    async close() {
      ending.abort();
      await beating;
      await speaking;
    },
  };
}
