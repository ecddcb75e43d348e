/** A channel that posts JSON to a URL, signed. */
import type { Clock } from '../../contracts/platform.ts';
import type { WebhookConfig } from '../../core/notices.ts';
import { requestBounded } from '../bounded-request.ts';
import type { Channel } from './channel.ts';
import { signatureOf } from './signature.ts';

export type OpenWebhook = Pick<WebhookConfig, 'timeoutMs'> & {
  readonly url: string;
  readonly secret: string;
};

export function webhookChannel({ url, secret, timeoutMs }: OpenWebhook, clock: Pick<Clock, 'now'>): Channel {
  return {
    async send({ payload }, signal) {
      await requestBounded(url, {
        method: 'POST',
        // Of the moment it is sent, which may be later than the one it was composed at.
        headers: { 'content-type': 'application/json', ...signatureOf(secret, clock.now(), payload) },
        body: payload,
        timeoutMs,
        signal,
      });
      return undefined;
    },
  };
}
