/** What all list commands share: patterns, order, paging, and lists that go into a file instead. */
import { Refusal, success, value, values } from './answers.ts';
import type { CommandContext } from './command.ts';
import type { Parameters } from './parameters.ts';
import type { Answer, Property } from './wire.ts';

const MAIL = /^[^\s@,;]+@[^\s@,;]+$/;

/** `*` stands for anything; no pattern matches everything; case does not matter. */
export function matches(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || glob(pattern.toLowerCase(), text.toLowerCase());
}

/** Goes back to the latest star only, so that no pattern takes longer than pattern times text. */
function glob(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let position = 0; position < text.length;) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = position;
    } else if (pattern[at] === text[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      resume += 1;
      position = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

/** A date alone means the whole day. */
export function matchesDate(pattern: string | undefined, text: string): boolean {
  return (
    matches(pattern, text) ||
    (pattern !== undefined && /^\d{4}-\d\d-\d\d$/.test(pattern) && text.startsWith(pattern))
  );
}

export interface Page {
  readonly first: number;
  readonly limit: number;
}

/** 1000 rows unless told, as the manual's samples show. */
export function listPage(parameters: Parameters): Page {
  return { first: parameters.count('first', 0, 0), limit: parameters.count('limit', 1000, 1) };
}

/** By `orderby` and `order`; the first sort key is the default. */
export function ordered<T>(
  rows: readonly T[],
  parameters: Parameters,
  keys: Readonly<Record<string, (row: T) => string>>,
): T[] {
  const names = Object.keys(keys);
  const name = parameters.word('orderby', names) ?? names[0];
  const key = name === undefined ? undefined : keys[name];
  const direction = parameters.word('order', ['ASC', 'DESC']) ?? 'ASC';
  if (key === undefined) throw new Refusal(505, 'ORDERBY');
  const sorted = [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  });
  return direction === 'DESC' ? sorted.toReversed() : sorted;
}

export interface Listing {
  readonly command: string;
  readonly columns: readonly string[];
  /** Values in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
  readonly extra?: (shown: number) => readonly Property[];
}

/**
 * Rows interleaved, then the columns, then the counters, as the list examples print them. With `generatelist` the rows
 * go into a file on the account's FTP place instead, which the simulator notes and does not write.
 */
export function listAnswer(context: CommandContext, parameters: Parameters, listing: Listing): Answer {
  const { world, account } = context;
  const { columns, rows } = listing;
  const page = listPage(parameters);
  const mails = (parameters.text('sendlistemail') ?? '').split(/[,;\s]+/).filter((mail) => mail !== '');
  if (mails.some((mail) => !MAIL.test(mail))) throw new Refusal(505, 'SENDLISTEMAIL');
  const toFile = parameters.flag('generatelist');
  if (toFile || mails.length > 0) {
    const at = world.clock.now();
    account.generatedLists.push({ at, command: listing.command, rows: rows.length, mails });
  }
  if (toFile) return success();
  const shown = rows.slice(page.first, page.first + page.limit);
  return success([
    ...shown.flatMap((row, index) =>
      columns.map((name, column) => ({ name, index, value: row[column] ?? '' })),
    ),
    ...values('column', columns),
    ...value('count', String(shown.length)),
    ...value('first', String(page.first)),
    ...value('last', String(page.first + shown.length - 1)),
    ...value('limit', String(page.limit)),
    ...value('total', String(rows.length + world.options.overstatedTotal)),
    ...(listing.extra?.(shown.length) ?? []),
  ]);
}
