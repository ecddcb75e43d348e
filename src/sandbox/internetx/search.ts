/** Filters, order and page of the `_search` routes. */
import { ApiError } from './envelope.ts';
import type { Filter, SearchBody } from './bodies.ts';

/** A field that can be searched, sorted and asked for, as text to compare; dates compare as ISO text. */
export type Keys<T> = Readonly<Record<string, (row: T) => string | undefined>>;

const DEFAULT_LIMIT = 100;

/** Own keys only: names come from requests. */
export function keyOf<T>(keys: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

export function search<T>(
  rows: readonly T[],
  body: SearchBody,
  keys: Keys<T>,
  task: string,
): { found: T[]; total: number } {
  const filters = body.filters ?? [];
  let found = rows.filter((row) => filters.every((filter, index) => passes(row, filter, keys, task, index)));
  // Also without any row a wrong key is refused.
  for (const [index, filter] of filters.entries()) checkKeys(filter, keys, task, index);
  for (const order of (body.orders ?? []).toReversed()) {
    const key = keyOf(keys, order.key);
    if (key === undefined) throw wrongKey(task, 'orders', 0, order.key);
    const sign = order.type === 'DESC' ? -1 : 1;
    found = found.toSorted((a, b) => sign * compare(key(a) ?? '', key(b) ?? ''));
  }
  const offset = body.view?.offset ?? 0;
  const limit = body.view?.limit ?? DEFAULT_LIMIT;
  return { found: found.slice(offset, offset + limit), total: found.length };
}

function wrongKey(task: string, list: string, index: number, key: string): ApiError {
  return new ApiError(task, [{ code: 'EF00022', objects: [{ type: `${list}[${index}]/key`, value: key }] }]);
}

function checkKeys(
  filter: Filter,
  keys: Readonly<Record<string, unknown>>,
  task: string,
  index: number,
): void {
  for (const inner of filter.filters ?? []) checkKeys(inner, keys, task, index);
  if (filter.key !== null && filter.key !== undefined && keyOf(keys, filter.key) === undefined) {
    throw wrongKey(task, 'conditions', index, filter.key);
  }
}

function passes<T>(row: T, filter: Filter, keys: Keys<T>, task: string, index: number): boolean {
  const inner = filter.filters ?? [];
  if (inner.length > 0) {
    const results = inner.map((each) => passes(row, each, keys, task, index));
    return filter.link === 'OR' ? results.some(Boolean) : results.every(Boolean);
  }
  const name = filter.key ?? '';
  const key = keyOf(keys, name);
  if (key === undefined) throw wrongKey(task, 'conditions', index, name);
  const actual = key(row);
  const wanted = filter.value ?? '';
  const list = filter.values ?? (filter.value === null || filter.value === undefined ? [] : [filter.value]);
  switch (filter.operator ?? 'EQUAL') {
    case 'EQUAL':
      return actual === wanted;
    case 'NOT_EQUAL':
      return actual !== wanted;
    case 'LIKE':
      return like(actual, wanted, '');
    case 'ILIKE':
      return like(actual, wanted, 'i');
    case 'NOT_LIKE':
      return !like(actual, wanted, '');
    case 'GREATER':
      return actual !== undefined && compare(actual, wanted) > 0;
    case 'GREATER_EQUAL':
      return actual !== undefined && compare(actual, wanted) >= 0;
    case 'LESS':
      return actual !== undefined && compare(actual, wanted) < 0;
    case 'LESS_EQUAL':
      return actual !== undefined && compare(actual, wanted) <= 0;
    case 'IS_NULL':
      return actual === undefined;
    case 'IS_NOT_NULL':
      return actual !== undefined;
    case 'IN':
      return actual !== undefined && list.includes(actual);
    case 'NOT_IN':
      return actual === undefined || !list.includes(actual);
    default:
      throw new ApiError(task, [
        {
          code: 'EF01000',
          objects: [{ type: `conditions[${index}]/operator`, value: filter.operator ?? '' }],
        },
      ]);
  }
}

/** Numbers as numbers, moments as moments, everything else as text. */
function compare(a: string, b: string): number {
  const [left, right] = [comparable(a), comparable(b)];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function comparable(text: string): number | string {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const moment = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(moment) ? text : moment;
  }
  return text;
}

/** `%` and `*` both stand for anything; clients use either. */
function like(actual: string | undefined, pattern: string, flags: string): boolean {
  if (actual === undefined) return false;
  const source = pattern
    .split(/[%*]/)
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, flags).test(actual);
}
