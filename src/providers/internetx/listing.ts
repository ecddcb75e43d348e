/**
 * Lists to the end: certificates and jobs by name. A list is complete only when its end was seen; the `summary` of the
 * answer is a hint, an empty page is proof.
 */
import { domainToUnicode } from 'node:url';
import type { ListFilter, ListQuery, Page } from './gateway.ts';

/** Rows asked for at once; sparse rows keep a page far below the client's limit of 1 MiB. */
const pageSize = 100;
/** 2 000 objects of one name are nobody's; also the bound on a server that never ends. */
const pagesMax = 20;

export interface Listing<T> {
  readonly rows: readonly T[];
  /** True when the end was reached, so that what is missing does not exist. */
  readonly complete: boolean;
}

/** Objects whose field equals the filter's, newest first; all of them without a filter. */
export async function listAll<T>(
  fetchPage: (query: ListQuery) => Promise<Page<T>>,
  keys: readonly string[],
  filter?: Pick<ListFilter, 'key' | 'value'>,
): Promise<Listing<T>> {
  const filters: readonly ListFilter[] = filter === undefined ? [] : [{ operator: 'EQUAL', ...filter }];
  const rows: T[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const found = await fetchPage({ filters, limit: pageSize, offset: rows.length, keys });
    rows.push(...found.rows.map((row) => row.value));
    const { summary } = found;
    if (found.rows.length === 0) return { rows, complete: summary === undefined || rows.length >= summary };
    if (summary !== undefined && rows.length >= summary) return { rows, complete: true };
  }
  return { rows, complete: false };
}

/** A name as it may be stored: A-labels, and U-labels where they differ. */
export function spellings(name: string): readonly string[] {
  const wildcard = name.startsWith('*.') ? '*.' : '';
  const unicode = domainToUnicode(name.slice(wildcard.length));
  return unicode === '' || wildcard + unicode === name ? [name] : [name, wildcard + unicode];
}
