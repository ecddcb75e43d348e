/** The event queue: events stay until they are deleted, and can be read afterwards as history. */
import { dateTime, Refusal, success, value, values } from './answers.ts';
import type { Command } from './command.ts';
import { listAnswer, listPage, matches, ordered } from './lists.ts';
import { addEvent } from './world.ts';
import type { Account, VendorEvent, World } from './world.ts';

export function named(world: World, name: string): string {
  return world.options.eventNames === 'blanks' ? name.replaceAll('_', ' ') : name;
}

const BOUND = /^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d)?)?$/;

function bound(text: string | undefined, name: string): string | undefined {
  if (text !== undefined && !BOUND.test(text)) throw new Refusal(505, name);
  return text;
}

export const queryEventList: Command = (context, parameters) => {
  const { world, account } = context;
  const history = parameters.flag('history');
  const all = parameters.flag('showall');
  const from = bound(parameters.text('mindate'), 'MINDATE');
  const until = bound(parameters.text('maxdate'), 'MAXDATE');
  const found = account.events.filter((event) => {
    const at = dateTime(event.at, 'seconds');
    return (
      (all || event.deleted === history) &&
      matches(parameters.text('class'), event.eventClass) &&
      matches(parameters.text('subclass'), event.subclass) &&
      (from === undefined || at >= from) &&
      (until === undefined || at <= (until.length === 10 ? `${until} 23:59:59` : until))
    );
  });
  const sorted = ordered(found, parameters, {
    date: ({ at, id }) => `${dateTime(at)} ${String(id).padStart(9, '0')}`,
    class: ({ eventClass }) => eventClass,
    subclass: ({ subclass }) => subclass,
    objectid: ({ objectId }) => objectId,
  });
  const wide = parameters.flag('wide');
  const page = listPage(parameters);
  for (const event of sorted.slice(page.first, page.first + page.limit)) event.delivered = true;
  const includesub = parameters.flag('includesub');
  const wideColumns = ['eventclass', 'eventsubclass', named(world, 'event_date'), named(world, 'object_id')];
  return listAnswer(context, parameters, {
    command: 'QueryEventList',
    columns: ['event', ...(wide ? wideColumns : []), ...(includesub ? ['registrar'] : [])],
    rows: sorted.map((event) => [
      String(event.id),
      ...(wide ? [event.eventClass, event.subclass, dateTime(event.at, 'seconds'), event.objectId] : []),
      account.login,
    ]),
    extra: (shown) => [
      ...value(named(world, 'events_count'), String(shown)),
      ...value(named(world, 'events_total'), String(sorted.length)),
    ],
  });
};

function eventBy(account: Account, text: string): VendorEvent {
  const event = account.events.find(({ id }) => String(id) === text);
  if (event === undefined) throw new Refusal(545, text);
  return event;
}

export const statusEvent: Command = ({ world, account }, parameters) => {
  const event = eventBy(account, parameters.required('event'));
  if (event.deleted && !parameters.flag('history')) throw new Refusal(545, String(event.id));
  event.delivered = true;
  const kind = event.eventClass.split('_')[0]?.toLowerCase() ?? '';
  return success([
    ...value(named(world, 'object_id'), event.objectId),
    ...value('class', event.eventClass),
    ...value('subclass', event.subclass),
    ...values('data', event.data ?? [`${kind}:${event.objectId}`]),
    ...value('info', event.info),
    ...value('date', dateTime(event.at)),
  ]);
};

export const deleteEvent: Command = ({ account }, parameters) => {
  const event = eventBy(account, parameters.required('event'));
  if (event.deleted) throw new Refusal(545, String(event.id));
  event.deleted = true;
  return success();
};

/** Something about a domain somebody else looks after. */
export function addForeignEvent(world: World, account: Account): void {
  addEvent(world, account, {
    eventClass: 'DOMAIN_TRANSFER',
    subclass: 'TRANSFER_SUCCESSFUL',
    objectId: 'unrelated.example',
    info: 'Transfer of unrelated.example completed',
    at: world.clock.now(),
  });
}

/** The last event somebody has seen comes again: undeleted, or once more under a new number. */
export function repeatLastEvent(world: World, account: Account): void {
  const event = account.events.findLast(({ delivered }) => delivered);
  if (event === undefined) return;
  if (event.deleted) event.deleted = false;
  else addEvent(world, account, event);
}
