/**
 * Jobs and certificates as OrderReadings. Pure: what was asked for and when is decided in read.ts and find.ts.
 */
import type { Challenge } from '../../core/challenge.ts';
import type { OrderHandle, OrderReading } from '../../contracts/order.ts';
import { dayMs } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import { csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { bounded, splitPemBlocks } from '../../vendors/common/text.ts';
import { capabilities } from './capabilities.ts';
import { challengesOf, personFor } from './challenges.ts';
import { addTerm, isCertificateType, jobState, serialInteger, vendorDate } from './mapping.ts';
import { leafFacts, type LeafFacts } from './leaf.ts';
import { certificateSchema, parseAs, type Certificate, type ObjectJob } from './schema.ts';

/** A wait shorter than this asks for nothing new, one longer than this could miss an early issuance. */
const executionHintMsMin = 10_000;
const executionHintMsMax = 30 * 60_000;

/** The API's shifted dates and the CA's rounding must not make a term look shorter than the certificate in it. */
const termToleranceMs = 2 * dayMs;

const renewWindowMs = (capabilities.renewWindowDays ?? 0) * dayMs;

/** The certificate inside a job: in part while it runs, undefined for jobs about other objects. */
export function certificateOfJob(job: ObjectJob): Certificate | undefined {
  const { object } = job;
  if (object?.data === undefined || object.data === null) return undefined;
  if (object.type !== undefined && !isCertificateType(object.type)) return undefined;
  const certificate = parseAs(certificateSchema, object.data, 'the certificate of a job');
  return { ...certificate, name: certificate.name ?? object.value };
}

/** A job that has not ended in success: still running, failed or cancelled. */
export function jobReading(job: ObjectJob, handle: OrderHandle, now: Date): OrderReading {
  const state = jobState(job.job.status);
  const certificate = certificateOfJob(job);
  const pending = state.status === 'pending';
  const spki = certificate?.csr === undefined ? undefined : csrKeySha256(certificate.csr);
  const createdAt = vendorDate(job.job.created);
  const message = jobMessage(job);
  const retryAfterMs = pending ? executionHint(job.job.execution, now) : undefined;
  const challenges = pending && certificate !== undefined ? certificateChallenges(certificate) : [];
  const waitsForPerson = state.waitsForPerson ?? personFor(challenges);
  return {
    handle: handleOf(handle, certificate, job.job.id),
    status: state.status,
    statusWord: jobStatusWord(job),
    challenges,
    ...(spki === undefined ? {} : { spkiSha256: spki }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(waitsForPerson === undefined ? {} : { waitsForPerson }),
    ...(message === '' ? {} : { message }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** "DEFERRED", or "DEFERRED/WF_DNS_AUTH" with the sub-status. */
function jobStatusWord(job: ObjectJob): string {
  const { status, subStatus } = job.job;
  return bounded([status ?? 'NOT_SET', subStatus].filter(Boolean).join('/'), 80);
}

/**
 * A certificate as the info command shows it. `issued` means that a leaf is there: after a reissue or renewal it is
 * the earlier one until the provider replaces it, so the caller compares `spkiSha256` with its own key.
 * `statusWord` is the job's where there is one, else the certificate's `reissueStatus`, else SUCCESS or NOT_SET.
 * Throws `provider-protocol` when there is a leaf that cannot be read.
 */
export function certificateReading(
  certificate: Certificate,
  handle: OrderHandle,
  now: Date,
  job?: ObjectJob,
): OrderReading {
  const blocks = splitPemBlocks(certificate.server ?? '').filter((block) => block.label === 'CERTIFICATE');
  const leaf = leafOf(certificate);
  const renewedAt = job?.job.action?.toLowerCase() === 'renew' ? vendorDate(job.job.created) : undefined;
  const paidUntil = paidUntilOf(certificate, leaf, renewedAt);
  const fallbackWord = certificate.reissueStatus ?? (leaf === undefined ? 'NOT_SET' : 'SUCCESS');
  const createdAt = vendorDate(certificate.created);
  const common = {
    handle: handleOf(handle, certificate, job?.job.id ?? handle.jobId),
    statusWord: job === undefined ? bounded(fallbackWord, 80) : jobStatusWord(job),
    ...(paidUntil === undefined ? {} : { paidUntil }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
  if (leaf === undefined) {
    const spki = certificate.csr === undefined ? undefined : csrKeySha256(certificate.csr);
    const challenges = certificateChallenges(certificate);
    const waitsForPerson = personFor(challenges);
    return {
      ...common,
      status: 'pending',
      challenges,
      ...(waitsForPerson === undefined ? {} : { waitsForPerson }),
      ...(spki === undefined ? {} : { spkiSha256: spki }),
    };
  }
  const authorities = (certificate.certificationAuthority ?? [])
    .map((entry) => entry.caCertificate ?? '')
    .join('\n');
  const caBlocks = splitPemBlocks(authorities).filter((block) => block.label === 'CERTIFICATE');
  return {
    ...common,
    status: leafStatus(certificate, leaf, paidUntil, now),
    challenges: [],
    leafPem: leaf.pem,
    caPems: [...new Set([...blocks.slice(1), ...caBlocks].map((block) => block.pem))],
    spkiSha256: leaf.spkiSha256,
    names: leaf.names,
  };
}

/** The leaf in `server`, or undefined while there is none. Throws `provider-protocol` when it cannot be read. */
export function leafOf(certificate: Certificate): LeafFacts | undefined {
  const server = certificate.server?.trim() ?? '';
  if (server === '') return undefined;
  const pem = splitPemBlocks(server).find((block) => block.label === 'CERTIFICATE')?.pem;
  const leaf = pem === undefined ? undefined : leafFacts(pem);
  if (leaf !== undefined) return leaf;
  throw new RenewdError('provider-protocol', 'InterNetX: the certificate cannot be read as X.509', {
    fields: { provider: 'internetx', certificateId: certificate.id },
  });
}

function leafStatus(
  certificate: Certificate,
  leaf: LeafFacts,
  paidUntil: Date | undefined,
  now: Date,
): OrderReading['status'] {
  const serial = serialInteger(certificate.serialNumber);
  const revoked = (certificate.histories ?? []).some(
    (entry) =>
      entry.revoked !== undefined && serial !== undefined && serialInteger(entry.serialNumber) === serial,
  );
  if (revoked) return 'revoked';
  // A certificate that ended inside its paid term can still be reissued: that order has not expired.
  const over = paidUntil !== undefined && paidUntil.getTime() <= now.getTime();
  return over && leaf.notAfter.getTime() <= now.getTime() ? 'expired' : 'issued';
}

/**
 * End of the paid term: `payable` where present (the date by which a renewal must be paid, OpenAPI document). Else,
 * after a renew job, a term from that job on, which is at most 90 days too early. Else `created` plus `lifetime`, if
 * that must be the present term: a renewal keeps `created` and is possible in the last 90 days only, so a leaf from
 * before those, or one that ends with the term, belongs to the first. Else nothing is said, and the ledger's own date
 * stays. `expire` is the leaf's end, shifted by the time zone: never used.
 */
function paidUntilOf(
  certificate: Certificate,
  leaf: LeafFacts | undefined,
  renewedAt?: Date,
): Date | undefined {
  const payable = vendorDate(certificate.payable);
  if (payable !== undefined) return payable;
  const { lifetime } = certificate;
  if (lifetime === undefined) return undefined;
  if (renewedAt !== undefined) return addTerm(renewedAt, lifetime);
  const created = vendorDate(certificate.created);
  const end = created === undefined ? undefined : addTerm(created, lifetime);
  if (created === undefined || end === undefined || leaf === undefined) return undefined;
  // Beside earlier certificates, a `created` of the leaf's own day tells when the leaf was made, not when the term began.
  const replaced = (certificate.histories ?? []).length > 0;
  if (replaced && Math.abs(created.getTime() - leaf.notBefore.getTime()) <= termToleranceMs) return undefined;
  const overshootMs = leaf.notAfter.getTime() - end.getTime();
  const beforeRenewals = leaf.notBefore.getTime() < end.getTime() - renewWindowMs;
  const inFirstTerm = beforeRenewals
    ? overshootMs <= termToleranceMs
    : Math.abs(overshootMs) <= termToleranceMs;
  return inFirstTerm ? end : undefined;
}

function certificateChallenges(certificate: Certificate): readonly Challenge[] {
  const [authentication] = certificate.authentication ?? [];
  return authentication === undefined ? [] : challengesOf(authentication, certificate.name ?? '');
}

function handleOf(
  handle: OrderHandle,
  certificate: Certificate | undefined,
  jobId: string | undefined,
): OrderHandle {
  const certificateId = handle.certificateId ?? certificate?.id;
  const orderId = certificate?.orderId ?? handle.orderId;
  return {
    ...(orderId === undefined ? {} : { orderId }),
    ...(certificateId === undefined ? {} : { certificateId }),
    ...(jobId === undefined ? {} : { jobId }),
  };
}

/** Validation steps, states by domain and notices: what a person would want to see of a job. */
function jobMessage(job: ObjectJob): string {
  const steps = (job.authentication ?? []).map((entry) => `${entry.step ?? 'step'} ${entry.status ?? ''}`);
  const domains = (job.dcvAuth ?? []).map((entry) => `${entry.domain ?? 'domain'} ${entry.status ?? ''}`);
  return bounded([...(job.notices ?? []), ...steps, ...domains].map((part) => part.trim()).join('; '));
}

function executionHint(execution: string | undefined, now: Date): number | undefined {
  const at = vendorDate(execution);
  if (at === undefined || at.getTime() <= now.getTime()) return undefined;
  return Math.min(executionHintMsMax, Math.max(executionHintMsMin, at.getTime() - now.getTime()));
}
