/**
 * Whether an order of ours exists, after its answer was lost. First orders carry our reference as service tag;
 * renewals and reissues can be told only by the public key of their CSR, so certificates are listed and looked at.
 */
import type { FindQuery, FindResult, OrderReading } from '../../contracts/order.ts';
import { hourMs } from '../../core/durations.ts';
import { hasKind } from '../../core/errors.ts';
import { isFailId } from '../../vendors/rrpproxy/fields.ts';
import { isId, parseDate } from '../../vendors/command-text/fields.ts';
import { listAll, type Row } from '../../vendors/rrpproxy/pages.ts';
import type { Client } from './client.ts';
import type { ListParameters } from './parameters.ts';
import { className } from './products.ts';
import { toReading } from './reading.ts';
import { readCertificate } from './schema.ts';

/** Clocks that differ, and a "created date" that might be in the time zone of the provider's head office. */
const skewMs = 3 * hourMs;

/** At one request per second about four minutes; beyond it the answer is "cannot tell". */
const readsMax = 250;

export interface FindDependencies {
  readonly client: Client;
  readonly currency: string;
}

/**
 * Throws what the commands throw. How long a lost command may still be at work, so that "not listed" proves nothing yet,
 * is for the caller to know: the vendor's own clients wait 300 s for an answer.
 */
export async function findOrders(
  query: FindQuery,
  dependencies: FindDependencies,
  signal: AbortSignal,
): Promise<FindResult> {
  const search = createSearch(query, dependencies, signal);
  const quick: readonly Filter[] = [
    // Without a reference an order is looked for that was not placed by us.
    ...(query.reference === '' ? [] : [{ serviceTags: [query.reference] }]),
    ...(query.names[0] === undefined ? [] : [{ domain: query.names[0] }]),
  ];
  for (const filter of quick) {
    const result = await search.inList(filter, true);
    if (result.matches.length > 0) return result;
  }
  // Only the whole list proves absence: filters are documented too loosely to trust an empty result.
  return search.inList({}, false);
}

type Filter = Pick<ListParameters, 'serviceTags' | 'domain'>;

function createSearch(query: FindQuery, dependencies: FindDependencies, signal: AbortSignal) {
  const { client, currency } = dependencies;
  const readings = new Map<string, OrderReading | undefined>();

  async function inList(filter: Filter, optional: boolean): Promise<FindResult> {
    let complete = true;
    const matches: OrderReading[] = [];
    const list = await listed(filter, optional);
    for (const row of list.rows.filter((candidate) => couldBeOurs(candidate))) {
      if (!readings.has(row.certificateId) && readings.size >= readsMax) {
        complete = false;
        break;
      }
      const reading = await readOnce(row.certificateId);
      // Gone between list and look, or without a key to compare: no match, but no proof either.
      if (reading?.spkiSha256 === undefined) complete = false;
      else if (reading.spkiSha256 === query.spkiSha256) matches.push(reading);
    }
    return { matches, complete: complete && list.ended };
  }

  /** A filter that the API refuses is no reason to give up: the whole list is asked for next. */
  async function listed(
    filter: Filter,
    refusable: boolean,
  ): Promise<{ rows: CertificateRow[]; ended: boolean }> {
    const { rows, complete } = await listAll(
      (page) => client.queryCertificateList({ ...filter, wide: true, ...page }, signal),
      { key: ['CERTIFICATE'], columns: ['CREATEDDATE', 'CLASS'], refusable },
    );
    return { rows: rows.flatMap(certificateRow), ended: complete };
  }

  function couldBeOurs(row: CertificateRow): boolean {
    if (isFailId(row.certificateId) || row.certificateId === query.previous?.certificateId) return false;
    if (row.className !== undefined && !mayBeClass(row.className, query.product)) return false;
    if (query.since === undefined || row.createdAt === undefined) return true;
    return row.createdAt.getTime() >= query.since.getTime() - skewMs;
  }

  async function readOnce(certificateId: string): Promise<OrderReading | undefined> {
    if (readings.has(certificateId)) return readings.get(certificateId);
    let reading: OrderReading | undefined;
    try {
      const { answer } = await client.statusCertificate(certificateId, signal);
      const known = { handle: { certificateId }, names: query.names };
      reading = toReading(readCertificate(answer, currency), known).reading;
    } catch (thrown) {
      if (!hasKind(thrown, 'not-found')) throw thrown;
    }
    readings.set(certificateId, reading);
    return reading;
  }

  return { inList };
}

interface CertificateRow {
  readonly certificateId: string;
  readonly createdAt: Date | undefined;
  readonly className: string | undefined;
}

function certificateRow(row: Row): CertificateRow[] {
  const certificateId = row.get('CERTIFICATE') ?? '';
  if (!isId(certificateId)) return [];
  return [{ certificateId, createdAt: parseDate(row.get('CREATEDDATE')), className: row.get('CLASS') }];
}

/** Lists print classes in capitals and sometimes as a marketing name: only a known other class rules a row out. */
function mayBeClass(listed: string, product: string): boolean {
  const words = (text: string): string => className(text).replace(/[^a-z0-9]/g, '');
  const [left, right] = [words(listed), words(product)];
  return !/(dv|ov|ev)$/.test(left) || left === right;
}
