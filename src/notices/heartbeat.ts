/**
 * The dead man's switch: a URL is asked after each pass. Whoever answers there raises the alarm when it is not asked any
 * more, whatever the reason: the machine is off, the loop hangs, the store fails, the configuration is refused.
 */
import type { Clock, Logger } from '../contracts/platform.ts';
import type { SecretSource } from '../core/certificate.ts';
import { secondMs } from '../core/durations.ts';
import { toRenewdError } from '../core/errors.ts';
import type { HeartbeatSettings } from '../core/notices.ts';

export interface HeartbeatDependencies {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly secret: (source: SecretSource) => Promise<string>;
}

export interface Heartbeat {
  configure(settings: HeartbeatSettings | null): void;
  /** A pass was made. Never rejects; a failure is logged once until it works again. */
  beat(signal: AbortSignal): Promise<void>;
}

const timeoutMs = 10 * secondMs;
/** A schedule that is as long as the interval must not miss every other beat by a moment. */
const tolerance = 0.9;

export function createHeartbeat({ clock, logger, secret }: HeartbeatDependencies): Heartbeat {
  let settings: HeartbeatSettings | null = null;
  let beatAtMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  let busy = false;

  return {
    configure(next) {
      settings = next;
    },
    async beat(signal) {
      const nowMs = clock.now().getTime();
      const sinceMs = nowMs - beatAtMs;
      if (settings === null || busy) return;
      if (sinceMs >= 0 && sinceMs < settings.intervalMs * tolerance) return;
      busy = true;
      beatAtMs = nowMs;
      try {
        const url = typeof settings.url === 'string' ? settings.url : await secret(settings.url);
        // TLS is only loaded by who needs it.
        const { requestBounded } = await import('./bounded-request.ts');
        await requestBounded(url, { method: 'GET', timeoutMs, signal });
        if (failing) logger.info({}, 'the heartbeat is taken again');
        failing = false;
      } catch (thrown) {
        if (signal.aborted) return;
        const { code, message: reason } = toRenewdError(thrown);
        if (!failing) logger.warn({ code, reason }, 'the heartbeat was not taken');
        failing = true;
      } finally {
        busy = false;
      }
    },
  };
}
