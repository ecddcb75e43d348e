/** The pages for people, from what the status source hands out. Loaded when the first browser asks. */
import type { StatusSource } from '../source.ts';
import { findAsset, type Asset } from './assets.ts';
import { detailPage } from './detail.ts';
import { errorPage, type Refusal } from './error-page.ts';
import { historyPerPage } from './history.ts';
import { refreshSeconds } from './layout.ts';
import { listPage } from './list.ts';
import { readDetailQuery, readListQuery } from './query.ts';
import { rowsOf } from './rows.ts';

export interface Page {
  readonly body: string;
  /** Seconds until the browser shall ask again; undefined: it shall not. */
  readonly refreshSeconds?: number;
}

export { findAsset, type Asset };

export async function certificatesPage(source: StatusSource, parameters: URLSearchParams): Promise<Page> {
  const query = readListQuery(parameters);
  const [certificates, spending, open] = await Promise.all([
    source.certificates(),
    source.spending(),
    source.openRenewals(),
  ]);
  const known = new Set(certificates.map(({ name }) => name));
  const orphans = open.filter(({ certificate }) => !known.has(certificate));
  const health = source.health();
  const rows = await rowsOf(certificates, health.now);
  const body = listPage({ rows, spending, health, orphans }, query).toString();
  return query.refreshes ? { body, refreshSeconds } : { body };
}

/** Undefined when there is no such certificate. */
export async function certificatePage(
  source: StatusSource,
  name: string,
  parameters: URLSearchParams,
): Promise<Page | undefined> {
  const query = readDetailQuery(parameters);
  const detail = await source.certificate(name, { before: query.before, limit: historyPerPage });
  if (detail === undefined) return undefined;
  const body = detailPage(detail, source.health(), query).toString();
  // Older parts of the history do not change.
  return query.refreshes && query.before === null ? { body, refreshSeconds } : { body };
}

export function refusalPage(refusal: Refusal): string {
  return errorPage(refusal).toString();
}
