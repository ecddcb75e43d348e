/**
 * Lists to the end: certificates and jobs by name. A list is complete only when its end was seen; the `summary` of the
 * answer is a hint, an empty page is proof.
 */
import { domainToUnicode } from 'node:url';
import type { Envelope } from './wire.ts';

/** Rows asked for at once; sparse rows keep a page far below the client's limit of 1 MiB. */
const pageSize = 100;
/** 2 000 objects of one name are nobody's; also the bound on a server that never ends. */
const pagesMax = 20;

export interface Listing {
  readonly rows: readonly unknown[];
  /** True when the end was reached, so that what is missing does not exist. */
  readonly complete: boolean;
}

/** Query of the list commands (OpenAPI document, "Query"). */
export interface ListQuery {
  readonly filters?: readonly { readonly key: string; readonly operator: string; readonly value: string }[];
  readonly view: { readonly limit: number; readonly offset: number };
  readonly orders: readonly { readonly key: string; readonly type: 'ASC' | 'DESC' }[];
}

/** Objects whose `key` equals `value`, newest first; all of them without a key. */
export async function listAll(
  fetchPage: (query: ListQuery) => Promise<Envelope>,
  filter?: { readonly key: string; readonly value: string },
): Promise<Listing> {
  const rows: unknown[] = [];
  for (let page = 0; page < pagesMax; page += 1) {
    const envelope = await fetchPage({
      ...(filter === undefined
        ? {}
        : { filters: [{ key: filter.key, operator: 'EQUAL', value: filter.value }] }),
      view: { limit: pageSize, offset: rows.length },
      orders: [{ key: 'id', type: 'DESC' }],
    });
    rows.push(...envelope.data);
    const { summary } = envelope.object;
    if (envelope.data.length === 0)
      return { rows, complete: summary === undefined || rows.length >= summary };
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
