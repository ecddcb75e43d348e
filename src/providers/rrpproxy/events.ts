/**
 * The account's event queue, as far as certificates are concerned. Events are hints: real-time issuance raises none,
 * and other users of the account may delete them first, so orders are also read on a slow poll by whoever uses this.
 *
 * Sources: manual 6.5 and 9.5; knowledge base QueryEventList, StatusEvent, DeleteEvent.
 */
import type { OrderHandle } from '../../contracts/order.ts';
import type { EventFeed, ProviderEvent } from '../../contracts/provider-events.ts';
import { hasKind } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { Client } from './client.ts';
import { isFailId } from '../../vendors/rrpproxy/fields.ts';
import { isId, parseDate } from '../../vendors/command-text/fields.ts';
import type { Reply } from '../../vendors/rrpproxy/transport.ts';
import { column, single } from '../../vendors/command-text/wire.ts';

const rawLengthMax = 16 * 1024;

/** Covers the class names of all API generations; other classes of the account are never asked for. */
const eventClass = 'CERTIFICATE*';

export function createEvents(client: Client): EventFeed {
  return {
    foreign: 'leave',

    async fetch(limit, signal) {
      // The API refuses a page of no rows.
      if (limit < 1) return [];
      const { answer } = await client.queryEventList({ class: eventClass, limit }, signal);
      const ids = column(answer, 'EVENT').flatMap((id) => (id !== undefined && isId(id) ? [id] : []));
      const events: ProviderEvent[] = [];
      for (const id of ids.slice(0, limit)) {
        const reply = await quietWhenGone(() => client.statusEvent(id, signal));
        if (reply !== undefined) events.push(readEvent(id, reply));
      }
      return events;
    },

    async acknowledge(eventId, signal) {
      await quietWhenGone(() => client.deleteEvent(eventId, signal));
    },
  };
}

function readEvent(id: string, { answer, text }: Reply): ProviderEvent {
  const type = [single(answer, 'CLASS', 'EVENTCLASS'), single(answer, 'SUBCLASS', 'EVENTSUBCLASS')]
    .filter((word) => word !== undefined)
    .join('/');
  const ours = /^certificate/i.test(type);
  const at = parseDate(single(answer, 'DATE', 'EVENTDATE'));
  return {
    id,
    type: bounded(type, 100),
    handle: ours ? handleOf(answer) : {},
    ours,
    ...(at === undefined ? {} : { at }),
    raw: text.slice(0, rawLengthMax),
  };
}

/** The object of the event, or `certificate:ID` in its data. */
function handleOf(answer: Reply['answer']): OrderHandle {
  const pairs = column(answer, 'DATA').map(
    (text) => /^\s*certificate\s*[:= ]\s*(\S+)\s*$/i.exec(text ?? '')?.[1],
  );
  const candidates = [single(answer, 'OBJECTID'), ...pairs];
  const certificateId = candidates.find((id) => id !== undefined && isId(id) && !isFailId(id));
  return certificateId === undefined ? {} : { certificateId };
}

/** Another user of the account may have deleted it: then it is done. */
async function quietWhenGone(call: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await call();
  } catch (thrown) {
    if (hasKind(thrown, 'not-found')) return undefined;
    throw thrown;
  }
}
