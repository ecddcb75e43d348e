/**
 * Which sub-certificate has our public key: the subs of the order that was reissued, one by one; for adoption the subs
 * of every order of the account that could hold the names. API 1 has no reference of ours.
 */
import type { FindQuery, FindResult, OrderReading } from '../../contracts/order.ts';
import { hourMs } from '../../core/durations.ts';
import { hasKind } from '../../core/errors.ts';
import { isId } from '../../vendors/command-text/fields.ts';
import { listAll, type Row } from '../../vendors/rrpproxy/pages.ts';
import type { Client } from './client.ts';
import { partsOf } from './handle.ts';
import { isMigrated, toReading } from './reading.ts';
import { readCertificate, type CertificateAnswer, type SubRow } from './schema.ts';

/** Clocks that differ, and a "created date" that might be in the time zone of the provider's head office. */
const skewMs = 3 * hourMs;

/** At one request per second about four minutes; beyond it the answer is "cannot tell". */
const readsMax = 250;

export async function findOrders(query: FindQuery, client: Client, signal: AbortSignal): Promise<FindResult> {
  const search = createSearch(query, client, signal);
  if (query.previous !== undefined) {
    return search.among([partsOf(query.previous, 'StatusCertificate').certificate], true);
  }
  const { rows, complete } = await listAll((page) => client.queryCertificateList(page, signal), {
    key: ['CERTIFICATE'],
    columns: ['DOMAIN'],
  });
  const orders = rows.flatMap((row) => orderId(row));
  const likely = rows.filter((row) => mayHold(row, query.names)).flatMap((row) => orderId(row));
  const found = await search.among(likely, complete && likely.length === orders.length);
  // The list names one domain of each order; another of its names may be the one that is looked for.
  if (found.matches.length > 0 || likely.length === orders.length) return found;
  return search.among(
    orders.filter((id) => !likely.includes(id)),
    complete,
  );
}

function createSearch(query: FindQuery, client: Client, signal: AbortSignal) {
  let reads = 0;

  /** Undefined when it is gone, or too much was read already. */
  async function look(certificate: string, sub?: string): Promise<CertificateAnswer | undefined> {
    if (reads >= readsMax) return undefined;
    reads += 1;
    try {
      const { answer } = await client.statusCertificate(certificate, sub, signal);
      return readCertificate(answer, sub);
    } catch (thrown) {
      if (hasKind(thrown, 'not-found')) return undefined;
      throw thrown;
    }
  }

  async function among(certificates: readonly string[], listed: boolean): Promise<FindResult> {
    const matches: OrderReading[] = [];
    let complete = listed;
    for (const certificate of certificates) {
      const order = await look(certificate);
      // What was moved to API 2 is not here any more, and it may have been moved with what is looked for.
      if (order === undefined || isMigrated(order)) {
        complete = false;
        continue;
      }
      const subs = order.subs.length > 0 ? order.subs : ownRow(order);
      if (subs.length === 0) complete = false;
      const read: { readonly reading: OrderReading; readonly ends: Date | undefined }[] = [];
      for (const row of subs.filter((candidate) => couldBeOurs(candidate))) {
        const answer =
          row.id === order.subId && order.csr !== undefined ? order : await look(certificate, row.id);
        if (answer === undefined) {
          complete = false;
          continue;
        }
        const parts = { certificate, sub: row.id };
        const { reading } = toReading(answer, { parts, names: query.names });
        read.push({ reading, ends: answer.expiresAt });
        if (reading.spkiSha256 === undefined) complete = false;
      }
      const paidUntil = query.previous === undefined ? latest(read.map(({ ends }) => ends)) : undefined;
      for (const { reading } of read.filter((one) => one.reading.spkiSha256 === query.spkiSha256)) {
        matches.push(paidUntil === undefined ? reading : { ...reading, paidUntil });
      }
    }
    return { matches, complete };
  }

  function couldBeOurs(row: SubRow): boolean {
    if (row.id === query.previous?.certificateId) return false;
    if (query.since === undefined || row.createdAt === undefined) return true;
    return row.createdAt.getTime() >= query.since.getTime() - skewMs;
  }

  return { among };
}

/** The paid term of an order has no date of its own: none of its certificates ends later. */
function latest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.reduce(
    (last, date) => (last === undefined || (date !== undefined && date > last) ? date : last),
    undefined,
  );
}

function ownRow({ subId, statusWord, createdAt }: CertificateAnswer): SubRow[] {
  return subId === undefined ? [] : [{ id: subId, statusWord, createdAt }];
}

function orderId(row: Row): string[] {
  const id = row.get('CERTIFICATE') ?? '';
  return isId(id) ? [id] : [];
}

/** An order without a domain in the list may hold anything. */
function mayHold(row: Row, names: readonly string[]): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/^(\*|www)\./, '');
  const domain = row.get('DOMAIN');
  return domain === undefined || names.some((name) => plain(name) === plain(domain));
}
