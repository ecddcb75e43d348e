/** What the address of a page says beside its path. Foreign, bounded, and never a reason to fail: nonsense is left out. */

const orders = ['urgency', 'name', 'end'] as const;
export type Order = (typeof orders)[number];

export interface ListQuery {
  /** Words that name, DNS names, provider and product are searched for; at most 200 characters. */
  readonly search: string;
  /** State word, or "problem"; empty: all. */
  readonly state: string;
  readonly order: Order;
  /** From 1. */
  readonly page: number;
  /** The page asks for itself again after a while. */
  readonly refreshes: boolean;
}

const searchMax = 200;
const pageMax = 100_000;

export function readListQuery(query: URLSearchParams): ListQuery {
  const page = Number(query.get('page') ?? 1);
  const order = query.get('order');
  return {
    search: (query.get('q') ?? '').trim().slice(0, searchMax),
    state: (query.get('state') ?? '').slice(0, 40),
    order: orders.find((one) => one === order) ?? 'urgency',
    page: Number.isInteger(page) && page >= 1 && page <= pageMax ? page : 1,
    refreshes: readsRefresh(query),
  };
}

function readsRefresh(query: URLSearchParams): boolean {
  return query.get('refresh') !== 'off';
}

/** Address of the list; what is as usual is left out. */
export function listAddress(query: ListQuery): string {
  const parameters = new URLSearchParams();
  if (query.search !== '') parameters.set('q', query.search);
  if (query.state !== '') parameters.set('state', query.state);
  if (query.order !== 'urgency') parameters.set('order', query.order);
  if (query.page > 1) parameters.set('page', String(query.page));
  if (!query.refreshes) parameters.set('refresh', 'off');
  return parameters.size === 0 ? '/' : `/?${parameters.toString()}`;
}

export interface DetailQuery {
  /** History entries with a lesser number; null: the newest. */
  readonly before: number | null;
  readonly refreshes: boolean;
}

export function readDetailQuery(query: URLSearchParams): DetailQuery {
  const before = Number(query.get('before') ?? Number.NaN);
  return {
    before: Number.isSafeInteger(before) && before > 0 ? before : null,
    refreshes: readsRefresh(query),
  };
}

export function detailAddress(name: string, query: DetailQuery): string {
  const parameters = new URLSearchParams();
  if (query.before !== null) parameters.set('before', String(query.before));
  if (!query.refreshes) parameters.set('refresh', 'off');
  const path = `/certificates/${encodeURIComponent(name)}`;
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
