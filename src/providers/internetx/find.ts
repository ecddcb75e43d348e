/**
 * Settles a lost answer. The API has no lookup by our reference (it only returns in the queue's message), so orders are
 * listed by name and compared by public key: certificates first, then jobs, running and finished.
 */
import type { FindQuery, FindResult, OrderHandle, OrderReading } from '../../contracts/order.ts';
import { dayMs } from '../../core/durations.ts';
import { csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { isUnknownSearchKey } from '../../vendors/internetx/errors.ts';
import type { ListQuery, Page } from './gateway.ts';
import { listAll, spellings, type Listing } from './listing.ts';
import { certificateInfo, findJob, quietWhenMissing, repeat, type Session } from './lookup.ts';
import { isCertificateType, jobState, vendorDate } from './mapping.ts';
import { readJob } from './read.ts';
import { certificateOfJob, certificateReading, leafOf } from './reading.ts';
import type { Certificate, ObjectJob } from './schema.ts';

/** `created` is cut to the day and shifted by the time zone, and CAs date `notBefore` back. */
const skewMs = 2 * dayMs;

/** Objects looked at one by one in one search, at 3 requests a second; more of one name since the order is nobody's. */
const candidatesMax = 60;

interface Findings {
  readonly matches: readonly OrderReading[];
  readonly complete: boolean;
}

/** `complete` only when every list was read to its end and every candidate could be compared. */
export async function findOrders(
  session: Session,
  query: FindQuery,
  signal: AbortSignal,
): Promise<FindResult> {
  const certificates = await findCertificates(session, query, signal);
  const jobs = await findJobs(session, query, signal);
  const all = merge(jobs.matches, certificates.matches);
  const alive = all.filter((match) => match.status !== 'failed' && match.status !== 'cancelled');
  // An attempt with the same key that failed before the one that counts would only make the answer ambiguous.
  return { matches: alive.length > 0 ? alive : all, complete: certificates.complete && jobs.complete };
}

/**
 * A job and the certificate it makes are one order. A job says more: while it runs, the certificate may show the
 * earlier leaf. A running job may not name its certificate yet; all have our key, so the one that no job names is its.
 */
function merge(
  jobs: readonly OrderReading[],
  certificates: readonly OrderReading[],
): readonly OrderReading[] {
  const named = new Set(jobs.map((job) => job.handle.certificateId));
  const others = certificates.filter((certificate) => !named.has(certificate.handle.certificateId));
  const merged = jobs.map((job) => {
    const own =
      job.status === 'pending' && job.handle.certificateId === undefined ? others.shift() : undefined;
    return own === undefined ? job : { ...job, handle: { ...own.handle, ...job.handle } };
  });
  return [...merged, ...others];
}

async function findCertificates(session: Session, query: FindQuery, signal: AbortSignal): Promise<Findings> {
  const previousId = query.previous?.certificateId;
  const ids = new Set(previousId === undefined ? [] : [previousId]);
  let complete = true;
  for (const name of spellings(query.names[0] ?? '')) {
    const listing = await listAll(
      (page) => repeat(session, signal, () => session.gateway.list(page, signal)),
      ['created'],
      { key: 'name', value: name },
    );
    complete &&= listing.complete;
    for (const { id, created } of listing.rows) {
      if (id !== undefined && isSince(vendorDate(created), query.since)) ids.add(id);
    }
  }
  const matches: OrderReading[] = [];
  for (const id of [...ids].slice(0, candidatesMax)) {
    const certificate = await quietWhenMissing(certificateInfo(session, id, signal));
    if (certificate === undefined) {
      // It vanished after the list was made: nothing to compare, and nothing that absence would prove.
      complete = false;
      continue;
    }
    const match = matchCertificate(certificate, query, session.clock.now());
    if (match !== undefined) matches.push(match);
  }
  return { matches, complete: complete && ids.size <= candidatesMax };
}

/**
 * Ours by its leaf; or by its CSR while the leaf is absent or still the earlier one, which is then not shown. With a
 * kept key the earlier leaf has our key as well: it is told apart by its date.
 */
function matchCertificate(certificate: Certificate, query: FindQuery, now: Date): OrderReading | undefined {
  const leaf = leafOf(certificate);
  const csrKey = certificate.csr === undefined ? undefined : csrKeySha256(certificate.csr);
  if (leaf?.spkiSha256 === query.spkiSha256) {
    return isSince(leaf.notBefore, query.since) ? certificateReading(certificate, {}, now) : undefined;
  }
  if (csrKey !== query.spkiSha256) return undefined;
  return certificateReading({ ...certificate, server: undefined }, {}, now);
}

async function findJobs(session: Session, query: FindQuery, signal: AbortSignal): Promise<Findings> {
  const { gateway } = session;
  const candidates = new Map<string, ObjectJob>();
  let complete = true;
  for (const search of [gateway.jobList, gateway.jobHistoryList]) {
    for (const name of spellings(query.names[0] ?? '')) {
      const listing = await listJobs((page) => repeat(session, signal, () => search(page, signal)), name);
      complete &&= listing.complete;
      for (const job of listing.rows) {
        if (isCandidate(job, query)) candidates.set(job.job.id, job);
      }
    }
  }
  const matches: OrderReading[] = [];
  for (const listed of [...candidates.values()].slice(0, candidatesMax)) {
    const job = hasCsr(listed) ? listed : await findJob(session, listed.job.id, signal);
    // It left between the list and the look: what it made, if anything, is for the next search to see.
    if (job === undefined) {
      complete = false;
      continue;
    }
    const key = csrKeyOf(job);
    if (key === query.spkiSha256) {
      matches.push(await readJob(session, job, certificateOf(query), signal));
    } else if (key === undefined && jobState(job.job.status).status === 'pending') {
      // Perhaps ours, and nothing to tell by; a finished one is known by its certificate.
      complete = false;
    }
  }
  return { matches, complete: complete && candidates.size <= candidatesMax };
}

/** Filtered by the object's name; where that key is refused, everything, to be filtered here. */
async function listJobs(
  fetchPage: (query: ListQuery) => Promise<Page<ObjectJob>>,
  name: string,
): Promise<Listing<ObjectJob>> {
  try {
    return await listAll(fetchPage, ['object'], { key: 'object', value: name });
  } catch (thrown) {
    if (isUnknownSearchKey(thrown)) return listAll(fetchPage, ['object']);
    throw thrown;
  }
}

/** A reissue or renewal keeps the certificate's id. */
function certificateOf(query: FindQuery): OrderHandle {
  const certificateId = query.previous?.certificateId;
  return certificateId === undefined ? {} : { certificateId };
}

function isCandidate(job: ObjectJob, query: FindQuery): boolean {
  const { object } = job;
  if (object?.type !== undefined && !isCertificateType(object.type)) return false;
  const name = certificateOfJob(job)?.name ?? object?.value;
  // A row without any name stays: better one look too many than an order overlooked.
  const sameName = name === undefined || spellings(query.names[0] ?? '').includes(name.toLowerCase());
  return sameName && isSince(vendorDate(job.job.created), query.since);
}

function hasCsr(job: ObjectJob): boolean {
  return csrKeyOf(job) !== undefined;
}

function csrKeyOf(job: ObjectJob): string | undefined {
  const csr = certificateOfJob(job)?.csr;
  return csr === undefined ? undefined : csrKeySha256(csr);
}

/** Unknown dates count as recent. */
function isSince(at: Date | undefined, since: Date | undefined): boolean {
  return at === undefined || since === undefined || at.getTime() >= since.getTime() - skewMs;
}
