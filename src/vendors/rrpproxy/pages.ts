/**
 * The lists of the API: rows as columns of equal length, page after page. `first`, `last`, `limit` and `total` come as
 * properties of the answer (manual 9.1.10, 9.1.23, 9.1.31).
 */
import { hasKind } from '../../core/errors.ts';
import { column, single, type Answer } from '../command-text/wire.ts';
import { integer } from '../command-text/fields.ts';
import type { Reply } from './transport.ts';

/** Page size of the manual's samples; 100 pages are more rows than an account has. */
const pageSize = 1000;
const pagesMax = 100;

/** Values by normal name, as they came; the key column is always there. */
export type Row = ReadonlyMap<string, string>;

export interface Page {
  readonly rows: readonly Row[];
  /** Index of the first row of the next page; undefined when this was the last. */
  readonly next: number | undefined;
  /** False when the page cannot be relied on: repeated keys, no total, or a position that does not move on. */
  readonly sound: boolean;
}

/**
 * `key`: names of the column that every row has, the first that is there; rows bear it by the first name. `total` may
 * exceed what is ever listed (manual 9.1.10), so an empty page is the end as well.
 */
export function readPage(
  answer: Answer,
  first: number,
  key: readonly [string, ...string[]],
  names: readonly string[],
): Page {
  const columns = names.map((name) => [name, column(answer, name)] as const);
  const rows: Row[] = [];
  for (const [index, value] of column(answer, ...key).entries()) {
    if (value === undefined) continue;
    const row = new Map([[key[0], value]]);
    for (const [name, values] of columns) {
      const cell = values[index];
      if (cell !== undefined) row.set(name, cell);
    }
    rows.push(row);
  }
  const last = integer(single(answer, 'LAST')) ?? first + rows.length - 1;
  const total = integer(single(answer, 'TOTAL'));
  const ended = rows.length === 0 || total === undefined || last + 1 >= total;
  const repeated = key.some((name) => answer.repeated.has(name));
  // Without a total nothing says that this was all.
  const sound = !repeated && total !== undefined && (ended || last >= first);
  return { rows, next: ended || !sound ? undefined : last + 1, sound };
}

export interface Listing {
  readonly rows: readonly Row[];
  /** True when the list was read to its end. */
  readonly complete: boolean;
}

export interface ListOptions {
  readonly key: readonly [string, ...string[]];
  readonly columns: readonly string[];
  /** Most rows to read; default: all, within 100 pages. */
  readonly limit?: number;
  /** A refusal of the query ends the list instead of failing: for filters that the API may not know. */
  readonly refusable?: boolean;
}

/** One page of the command's list, from the row with index `first`. */
export type PageQuery = (page: { readonly first: number; readonly limit: number }) => Promise<Reply>;

/** Throws what the command throws. */
export async function listAll(query: PageQuery, options: ListOptions): Promise<Listing> {
  const { limit = pageSize * pagesMax } = options;
  const rows: Row[] = [];
  let first = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    let read: Page;
    try {
      const asked = { first, limit: Math.min(pageSize, limit - rows.length) };
      read = readPage((await query(asked)).answer, first, options.key, options.columns);
    } catch (thrown) {
      if (options.refusable === true && hasKind(thrown, 'rejected', 'not-found'))
        return { rows, complete: false };
      throw thrown;
    }
    rows.push(...read.rows);
    // The limit is kept even where the API ignores it.
    if (rows.length > limit) return { rows: rows.slice(0, limit), complete: false };
    if (!read.sound) return { rows, complete: false };
    if (read.next === undefined) return { rows, complete: true };
    if (rows.length === limit) return { rows, complete: false };
    first = read.next;
  }
  return { rows, complete: false };
}
