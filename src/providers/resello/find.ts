/**
 * Settles a lost answer: by our reference, which is what `client_reference` is for ("the ability to recover from an
 * network-error during creation"), then by looking at the certificate that was to be renewed or reissued. Without a
 * reference (adoption of what existed before) everything is compared by public key.
 */
import type { FindQuery, FindResult, OrderReading } from '../../contracts/order.ts';
import { dayMs } from '../../core/durations.ts';
import { orderStatus } from './mapping.ts';
import { leafAmong } from './downloads.ts';
import { csrKeyOf, downloadOf } from './files.ts';
import { readCertificate } from './reading.ts';
import { certificateSchema, parseAs, type Certificate } from './schema.ts';
import { certificateOf, listAll, quietOn, type Session } from './session.ts';

/** CAs date `notBefore` back, and clocks differ. */
const skewMs = 2 * dayMs;

/** Certificates looked at one by one in one search, at a request a second. */
const candidatesMax = 40;

type Verdict = 'ours' | 'other' | 'unclear';

export async function findOrders(
  session: Session,
  query: FindQuery,
  signal: AbortSignal,
): Promise<FindResult> {
  const candidates = await listed(session, query, signal);
  let { complete } = candidates;
  const matches: OrderReading[] = [];
  for (const certificate of candidates.certificates) {
    const verdict =
      query.reference === ''
        ? await byKey(session, certificate, query, signal)
        : await byReference(session, certificate, query, signal);
    if (verdict === 'unclear') complete = false;
    if (verdict === 'ours') matches.push(await readCertificate(session, certificate, signal));
  }
  return { matches, complete };
}

interface Candidates {
  readonly certificates: readonly Certificate[];
  readonly complete: boolean;
}

/** Whole objects: a list may show less of each. */
async function listed(session: Session, query: FindQuery, signal: AbortSignal): Promise<Candidates> {
  const { reference, previous } = query;
  // Not by plan: a certificate may have been moved to another one since.
  const filter = reference === '' ? {} : { clientReference: reference };
  const listing = await listAll(
    session,
    'CertificateList',
    () => session.client.list(filter, signal),
    signal,
  );
  const rows = listing.rows.map((row) => parseAs(certificateSchema, row, 'a listed certificate'));
  const ids = new Set(rows.filter((row) => isCandidate(row, query)).map((row) => row.id));
  // The filter is told to know the reference of the creation; a renewal's may not be found by it.
  if (previous?.certificateId !== undefined) ids.add(previous.certificateId);
  let complete = listing.complete && ids.size <= candidatesMax;
  const certificates: Certificate[] = [];
  for (const id of [...ids].slice(0, candidatesMax)) {
    const certificate = await quietOn(['not-found'], certificateOf(session, id, signal));
    if (certificate !== undefined) certificates.push(certificate);
    // It vanished after the list was made: nothing to compare, and nothing that its absence would prove.
    else if (id !== previous?.certificateId) complete = false;
  }
  return { certificates, complete };
}

/** Whether the filter is exact is not known: what it lets through is compared here. */
function isCandidate(row: Certificate, { reference, names }: FindQuery): boolean {
  if (reference !== '') return row.reference === undefined || row.reference === reference;
  if (row.domain === undefined) return true;
  const bare = (name: string): string => name.replace(/^(\*|www)\./, '');
  return names.some((name) => bare(name) === bare(row.domain ?? ''));
}

/**
 * Renew and reissue overwrite the reference, so one that is shown decides; but while the certificate is pending it may
 * still be the earlier one, as the CSR may: the object follows when the work is done.
 */
async function byReference(
  session: Session,
  certificate: Certificate,
  query: FindQuery,
  signal: AbortSignal,
): Promise<Verdict> {
  const { reference } = certificate;
  if (reference === query.reference) return 'ours';
  const isWaiting = (orderStatus(certificate.status) ?? 'pending') === 'pending';
  if (reference !== undefined) return isWaiting ? 'unclear' : 'other';
  const key = await csrKeyOf(session, certificate, signal);
  if (key === undefined) return 'unclear';
  if (key !== query.spkiSha256) return isWaiting ? 'unclear' : 'other';
  if (isWaiting) return 'ours';
  // With a kept key the earlier certificate has our key as well: it is told apart by its date.
  const leaf = leafAmong((await downloadOf(session, certificate.id, 'crt', signal))?.certificates ?? [], key);
  const { since } = query;
  if (leaf === undefined || since === undefined) return 'unclear';
  return leaf.notBefore.getTime() >= since.getTime() - skewMs ? 'ours' : 'other';
}

async function byKey(
  session: Session,
  certificate: Certificate,
  { spkiSha256 }: FindQuery,
  signal: AbortSignal,
): Promise<Verdict> {
  const key = await csrKeyOf(session, certificate, signal);
  if (key === spkiSha256) return 'ours';
  const leaf = leafAmong(
    (await downloadOf(session, certificate.id, 'crt', signal))?.certificates ?? [],
    spkiSha256,
  );
  if (leaf?.spkiSha256 === spkiSha256) return 'ours';
  return key === undefined && leaf === undefined ? 'unclear' : 'other';
}
