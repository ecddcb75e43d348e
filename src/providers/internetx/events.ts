/**
 * The message queue: first in, first out, one message visible at a time, shared by every kind of object of the user.
 * A message only makes an order due for a read. Reissue walkthrough, "Checking and Confirming Notifications".
 */
import type { OrderHandle } from '../../contracts/order.ts';
import type { EventFeed, ProviderEvent } from '../../contracts/provider-events.ts';
import { hasKind } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import { repeat, type Session } from './lookup.ts';
import { isCertificateType, vendorDate } from './mapping.ts';
import { isSecretKey } from './shown.ts';
import type { Seen } from './gateway.ts';
import { idsSchema, type PollMessage } from './schema.ts';

/** Longest raw message that is kept, in bytes of UTF-8; a domain's or certificate's has 5 000 to 10 000. */
const rawBytesMax = 16 * 1024;

export function createEventFeed(session: Session, foreign: EventFeed['foreign']): EventFeed {
  async function oldest(signal: AbortSignal): Promise<ProviderEvent | undefined> {
    const message = await repeat(session, signal, () => session.gateway.pollInfo(signal));
    return message === undefined ? undefined : eventOf(message);
  }

  return {
    foreign,
    fetch: async (limit, signal) => {
      const event = limit < 1 ? undefined : await oldest(signal);
      return event === undefined ? [] : [event];
    },
    acknowledge: async (eventId, signal) => {
      try {
        await repeat(session, signal, () => session.gateway.pollConfirm(eventId, signal));
      } catch (thrown) {
        // What a second confirmation is answered with is not documented: if the message is not in front any more, it
        // is confirmed.
        if (!hasKind(thrown, 'rejected', 'not-found', 'conflict') || (await oldest(signal))?.id === eventId)
          throw thrown;
      }
    },
  };
}

/** Foreign messages are recognised by their object's type; those about certificates by job id, reference or both. */
export function eventOf({ value: message, raw }: Seen<PollMessage>): ProviderEvent {
  const ours = isCertificateType(message.object?.type);
  const at = vendorDate(message.created);
  return {
    id: message.id,
    type: typeOf(message),
    handle: ours ? handleOf(message) : {},
    ours,
    ...(message.ctid === undefined ? {} : { reference: bounded(message.ctid, 64) }),
    ...(at === undefined ? {} : { at }),
    raw: rawOf(raw),
  };
}

/** "certificate/create/SUCCESS", "domain/notify/TRANSFER_OUT". */
function typeOf(message: PollMessage): string {
  const kind = message.object?.type?.toLowerCase() ?? 'unknown';
  const parts =
    message.job === undefined
      ? [kind, 'notify', message.notify?.type]
      : [kind, message.job.action ?? 'job', message.job.status];
  return bounded(parts.filter((part) => part !== undefined).join('/'), 120);
}

/** Certificates appear whole or in part; only their ids matter here, and strange ones are left out. */
function handleOf(message: PollMessage): OrderHandle {
  const data = idsSchema.safeParse(message.object?.data).data;
  const certificateId = plainId(data?.id);
  const orderId = plainId(data?.orderId);
  return {
    ...(orderId === undefined ? {} : { orderId }),
    ...(certificateId === undefined ? {} : { certificateId }),
    ...(message.job?.id === undefined ? {} : { jobId: message.job.id }),
  };
}

function plainId(value: unknown): string | undefined {
  const id = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
}

function rawOf(row: unknown): string {
  const text = JSON.stringify(row, (key, value: unknown) => (isSecretKey(key) ? '[secret]' : value));
  const bytes = Buffer.from(text);
  if (bytes.length <= rawBytesMax) return text;
  // A character cut in two decodes to U+FFFD, which is cut off as well.
  return `${bytes.toString('utf8', 0, rawBytesMax - 8).replace(/\uFFFD$/, '')}…`;
}
