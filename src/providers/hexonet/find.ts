/**
 * Whether an order of ours exists, after its answer was lost. The API takes no reference of ours, so every certificate
 * that was created since is listed and looked at: by the public key of its CSR, or, where the vendor makes the key, by
 * names and class. A reissue keeps the id of its order, so that order is looked at as well.
 */
import type { FindQuery, FindResult, OrderReading } from '../../contracts/order.ts';
import { hourMs } from '../../core/durations.ts';
import { hasKind } from '../../core/errors.ts';
import type { Client } from './client.ts';
import { isReissuing, isReplaced } from './mapping.ts';
import { className } from './products.ts';
import { toReading } from './reading.ts';
import {
  readCertificate,
  readCertificatePage,
  type CertificateAnswer,
  type CertificateRow,
} from './schema.ts';

/** Clocks that differ, and dates that might be in the time zone of the provider's head office. */
const skewMs = 3 * hourMs;

/** An EPP answer must stay below 10 000 XML nodes: 200 rows of eleven properties, three nodes each. */
const pageSize = 200;
const pagesMax = 500;

/** At one request per second about four minutes; beyond it the answer is "cannot tell". */
const readsMax = 250;

interface Look {
  readonly answer: CertificateAnswer;
  readonly reading: OrderReading;
}

export async function findOrders(query: FindQuery, client: Client, signal: AbortSignal): Promise<FindResult> {
  const previousId = query.previous?.certificateId;
  const since = query.since === undefined ? undefined : new Date(query.since.getTime() - skewMs);
  const { rows, ended } = await listed(client, since, signal);
  let complete = ended;
  let reads = 0;
  const matches: OrderReading[] = [];

  for (const { certificateId } of rows.filter((row) => couldBeOurs(row, query, since))) {
    if (certificateId === previousId) continue;
    reads += 1;
    if (reads > readsMax) {
      complete = false;
      break;
    }
    const look = await lookAt(certificateId, query, client, signal);
    const verdict = look === undefined ? undefined : isOurs(look, query);
    // Gone between list and look, or without anything to compare: no match, but no proof either.
    if (verdict === undefined) complete = false;
    else if (verdict && look !== undefined) matches.push(look.reading);
  }

  if (previousId !== undefined && matches.length === 0) {
    const look = await lookAt(previousId, query, client, signal);
    if (look !== undefined) {
      const verdict = isReissueOfOurs(look, query, since);
      if (verdict === undefined) complete = false;
      else if (verdict) matches.push(look.reading);
    }
  }
  return { matches, complete };
}

async function listed(
  client: Client,
  since: Date | undefined,
  signal: AbortSignal,
): Promise<{ rows: readonly CertificateRow[]; ended: boolean }> {
  const rows = new Map<string, CertificateRow>();
  let first = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    const reply = await client.querySslCertList(
      { first, limit: pageSize, ...(since === undefined ? {} : { createdSince: since }) },
      signal,
    );
    const read = readCertificatePage(reply.answer, first);
    for (const row of read.rows) rows.set(row.certificateId, row);
    if (!read.sound) return { rows: [...rows.values()], ended: false };
    if (read.next === undefined) return { rows: [...rows.values()], ended: true };
    first = read.next;
  }
  return { rows: [...rows.values()], ended: false };
}

/** Only what is certainly something else is left out: a class spelt differently is looked at. */
function couldBeOurs(row: CertificateRow, query: FindQuery, since: Date | undefined): boolean {
  if (row.className !== undefined && !mayBeClass(row.className, query.product)) return false;
  return since === undefined || row.createdAt === undefined || row.createdAt >= since;
}

async function lookAt(
  certificateId: string,
  query: FindQuery,
  client: Client,
  signal: AbortSignal,
): Promise<Look | undefined> {
  try {
    const reply = await client.statusSslCert(certificateId, signal);
    const answer = readCertificate(reply.answer);
    return { answer, reading: toReading(answer, { handle: { certificateId }, names: query.names }).reading };
  } catch (thrown) {
    if (hasKind(thrown, 'not-found')) return undefined;
    throw thrown;
  }
}

/** Undefined: nothing there that could tell. */
function isOurs(look: Look, query: FindQuery): boolean | undefined {
  const { oldCertificateId } = look.answer;
  // A renewal says what it renews: that of another certificate, or one where we ordered anew, is not ours.
  if (oldCertificateId !== undefined) {
    const expected = query.previous?.certificateId;
    if (expected === undefined ? query.reference !== '' : expected !== oldCertificateId) return false;
  }
  return hasOurKey(look, query);
}

function hasOurKey({ answer, reading }: Look, query: FindQuery): boolean | undefined {
  if (query.spkiSha256 !== '') {
    return reading.spkiSha256 === undefined ? undefined : reading.spkiSha256 === query.spkiSha256;
  }
  // The vendor makes the key: nothing of ours is in the order but names and class.
  if (answer.keyLength === undefined || query.since === undefined) return false;
  if (reading.names === undefined) return undefined;
  const names = new Set(reading.names);
  return names.size === query.names.length && query.names.every((name) => names.has(name));
}

/** The earlier certificate, if a reissue of it was asked for since: with a key that was kept, only time can tell. */
function isReissueOfOurs(look: Look, query: FindQuery, since: Date | undefined): boolean | undefined {
  const { statusWord, updatedAt } = look.answer;
  if (isReplaced(statusWord)) return false;
  const ours = hasOurKey(look, query);
  if (ours !== true || isReissuing(statusWord) || since === undefined) return ours;
  return updatedAt === undefined ? undefined : updatedAt >= since;
}

/** "COMODO_INSTANTSSL_PRO" and "COMODO_INSTANTSSLPRO" are one class. */
function mayBeClass(text: string, product: string): boolean {
  const word = (name: string): string => className(name).replace(/[^A-Z0-9]/g, '');
  return word(text) === word(product);
}
