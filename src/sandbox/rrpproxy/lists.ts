/** What all list commands share: patterns, order, paging. */
import { Refusal } from './answers.ts';
import type { Page } from './answers.ts';
import type { Parameters } from './syntax.ts';

/** `*` stands for anything; no pattern matches everything; case does not matter. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'i').test(text);
}

/** A date alone means the whole day. */
export function matchesDate(pattern: string | undefined, text: string): boolean {
  return (
    matches(pattern, text) ||
    (pattern !== undefined && /^\d{4}-\d\d-\d\d$/.test(pattern) && text.startsWith(pattern))
  );
}

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
