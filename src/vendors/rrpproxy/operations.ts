/** Parameters of operations checked before anything is sent, and rows as plain JSON. */
import type { OperationParameter, OperationResult } from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../common/text.ts';
import { isId, parseDate } from '../command-text/fields.ts';
import { listAll, type ListOptions, type PageQuery, type Row } from './pages.ts';

export type Given = Readonly<Record<string, readonly string[]>>;

/** One line without control characters, at most 250 characters; undefined when not given. Throws `usage`. */
export function lineOf(given: Given, name: string): string | undefined {
  const values = linesOf(given, name);
  if (values.length > 1) throw wrong(name, 'is given more than once');
  return values[0];
}

/** The same for a parameter that may be given several times. */
export function linesOf(given: Given, name: string): string[] {
  const values = Object.hasOwn(given, name) ? (given[name] ?? []) : [];
  return values.map((value) => {
    const line = value.trim();
    if (line === '' || line.length > 250 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)) {
      throw wrong(name, 'must be one line of 1 to 250 characters');
    }
    return line;
  });
}

/** The value of a parameter that must be there. */
function requiredLine(given: Given, name: string): string {
  const line = lineOf(given, name);
  if (line === undefined) throw wrong(name, 'is missing');
  return line;
}

/** An id of the provider. */
export function requiredId(given: Given, name: string): string {
  const id = requiredLine(given, name);
  if (!isId(id)) throw wrong(name, 'is not an id');
  return id;
}

/** An id of the provider; undefined when not given. */
export function optionalId(given: Given, name: string): string | undefined {
  return lineOf(given, name) === undefined ? undefined : requiredId(given, name);
}

/** One of the words, whatever its capitals; undefined when not given. */
export function choiceOf<Word extends string>(
  given: Given,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const line = lineOf(given, name);
  if (line === undefined) return undefined;
  const word = words.find((candidate) => candidate.toLowerCase() === line.toLowerCase());
  if (word === undefined) throw wrong(name, `must be one of ${words.join(', ')}`);
  return word;
}

/** A CSR or certificate as PEM text, with its line breaks; undefined when not given. */
export function pemOf(given: Given, name: string, label: RegExp): string | undefined {
  const [value, ...more] = Object.hasOwn(given, name) ? (given[name] ?? []) : [];
  if (more.length > 0) throw wrong(name, 'is given more than once');
  if (value === undefined) return undefined;
  if (value.length > 65_536 || !label.test(value)) throw wrong(name, 'must be PEM text');
  return value;
}

/** Rows to show, 1 to 10 000; default 1000. */
function limitOf(given: Given): number {
  const line = lineOf(given, 'limit') ?? '1000';
  const limit = /^\d{1,5}$/.test(line) ? Number(line) : 0;
  if (limit < 1 || limit > 10_000) throw wrong('limit', 'must be a number from 1 to 10000');
  return limit;
}

export const limitParameter: OperationParameter = {
  name: 'limit',
  description: 'Most rows to show, 1 to 10000; default 1000.',
};

export function wrong(name: string, what: string): RenewdError {
  return new RenewdError('usage', `parameter "${name}" ${what}`);
}

/** JSON names of a row's columns, by the normal name of the column. */
export type RowNames = Readonly<Record<string, string>>;

const moments: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'expiresAt',
  'paidUntil',
  'deletedAt',
]);

/** Runs the pages of a list command, to the `limit` that was given. `key`: the columns that name a row. */
export async function listRows(
  given: Given,
  names: RowNames,
  key: ListOptions['key'],
  query: PageQuery,
): Promise<OperationResult> {
  const listing = await listAll(query, { key, columns: Object.keys(names), limit: limitOf(given) });
  return { data: { rows: listing.rows.map((row) => rowData(row, names)), complete: listing.complete } };
}

function rowData(row: Row, names: RowNames): Readonly<Record<string, string>> {
  const cells = Object.entries(names).flatMap(([column, name]) => {
    const value = row.get(column);
    if (value === undefined) return [];
    const shown = moments.has(name) ? parseDate(value)?.toISOString() : bounded(value);
    return shown === undefined ? [] : [[name, shown] as const];
  });
  return Object.fromEntries(cells);
}

/** The values that are there, without those that are undefined. */
export function present<T extends Readonly<Record<string, unknown>>>(
  values: T,
): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept: { [Key in keyof T]?: Exclude<T[Key], undefined> } = {};
  return Object.assign(
    kept,
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
  );
}
