/** The event queue: events stay until they are deleted. The vendor has none about certificates. */
import { dateTime, listAnswer, Refusal, success, value, values } from './answers.ts';
import type { Page, Row } from './answers.ts';
import type { Command } from './command.ts';
import { matches } from './parameters.ts';
import { addEvent } from './world.ts';
import type { Account, VendorEvent, World } from './world.ts';

export const queryEventList: Command = ({ account }, parameters) => {
  const within = [parameters.range('DATE'), parameters.range('_DATE')];
  const found = account.events.filter(
    ({ deleted, eventClass, subclass, at }) =>
      !deleted &&
      matches(parameters.text('CLASS'), eventClass) &&
      matches(parameters.text('SUBCLASS'), subclass) &&
      within.every((range) => range(at)),
  );
  const order = parameters.word('ORDERBY', ['EVENTDATE', 'EVENTDATEDESC']) ?? 'EVENTDATE';
  // They were added in the order of their dates.
  const sorted = order === 'EVENTDATE' ? found : found.toReversed();
  const onlyLast = parameters.text('LIMIT')?.toUpperCase() === 'ONLYLAST';
  const page: Page = onlyLast ? { first: Math.max(sorted.length - 1, 0), limit: 1 } : parameters.page(10_000);
  for (const event of sorted.slice(page.first, page.first + page.limit)) event.delivered = true;
  const wide = parameters.flag('WIDE') === true;
  const rows = sorted.map((event): Row => [
    ['EVENT', String(event.id)],
    ...(wide
      ? ([
          ['EVENTCLASS', event.eventClass],
          ...[0, 1, 2, 3].map((line) => [`EVENTDATA${line}`, event.data[line] ?? ''] as const),
          ['EVENTDATE', dateTime(event.at)],
          ['EVENTSUBCLASS', event.subclass],
        ] as const)
      : []),
  ]);
  return listAnswer(rows, page);
};

function eventBy(account: Account, text: string): VendorEvent {
  const event = account.events.find(({ id }) => String(id) === text);
  if (event === undefined || event.deleted) throw new Refusal(545, text);
  return event;
}

export const statusEvent: Command = ({ account }, parameters) => {
  const event = eventBy(account, parameters.required('EVENT'));
  event.delivered = true;
  return success([
    ...value('CLASS', event.eventClass),
    ...values('DATA', event.data),
    ...value('DATE', `${dateTime(event.at)}.0`),
    ...value('INFO', percentEncoded(event.info)),
    ...value('SUBCLASS', event.subclass),
  ]);
};

export const deleteEvent: Command = ({ account }, parameters) => {
  eventBy(account, parameters.required('EVENT')).deleted = true;
  return success();
};

/** The vendor's way: everything but letters and digits, in lower-case hex. */
export function percentEncoded(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** Something about a domain somebody else looks after. */
export function addForeignEvent(world: World, account: Account): void {
  addEvent(world, account, {
    eventClass: 'DOMAIN_TRANSFER',
    subclass: 'TRANSFER_PENDING',
    data: ['domain:unrelated.example'],
    info: `USERTRANSFER: unrelated -> ${account.name}`,
    at: world.clock.now(),
  });
}

/** The last event somebody has seen comes again: undeleted, or once more under a new number. */
export function repeatLastEvent(world: World, account: Account): void {
  const event = account.events.findLast(({ delivered }) => delivered);
  if (event === undefined) return;
  if (event.deleted) event.deleted = false;
  else addEvent(world, account, { ...event, at: world.clock.now() });
}
