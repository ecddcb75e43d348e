/** One look at an order: the job first, then the certificate it made. Independent of the event queue. */
import type { OrderHandle, OrderReading } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import { listAll, spellings } from './listing.ts';
import { certificateInfo, findJob, repeat, type Session } from './lookup.ts';
import { jobState, vendorDate } from './mapping.ts';
import { certificateOfJob, certificateReading, jobReading } from './reading.ts';
import type { ObjectJob } from './schema.ts';

/**
 * While the job runs the reading is `pending`, whatever the certificate still shows. A job that is neither running nor
 * in the history says nothing: then the certificate decides, or `provider-object-missing` is thrown.
 */
export async function readOrder(
  session: Session,
  handle: OrderHandle,
  signal: AbortSignal,
): Promise<OrderReading> {
  const job = handle.jobId === undefined ? undefined : await findJob(session, handle.jobId, signal);
  if (job !== undefined) return readJob(session, job, handle, signal);
  if (handle.certificateId === undefined) {
    throw new RenewdError('provider-object-missing', `InterNetX knows no job ${handle.jobId ?? '(no id)'}`);
  }
  const certificate = await certificateInfo(session, handle.certificateId, signal);
  return certificateReading(certificate, handle, session.clock.now());
}

/** The reading of a job that was just seen. */
export async function readJob(
  session: Session,
  job: ObjectJob,
  handle: OrderHandle,
  signal: AbortSignal,
): Promise<OrderReading> {
  const now = session.clock.now();
  const state = jobState(job.job.status);
  if (state.status !== 'issued') return jobReading(job, handle, now);
  const certificateId =
    handle.certificateId ?? certificateOfJob(job)?.id ?? (await newestCertificateOf(session, job, signal));
  if (certificateId === undefined) {
    return {
      ...jobReading(job, handle, now),
      status: 'pending',
      message: 'the job has succeeded, but its certificate is not listed yet',
    };
  }
  const certificate = await certificateInfo(session, certificateId, signal);
  return certificateReading(certificate, handle, now, job);
}

/**
 * Job information after the end may lack the certificate's id; the message in the queue has it, but reading must not
 * depend on the queue. The newest certificate of the job's name and product is taken; that it is ours is seen by its
 * public key.
 */
async function newestCertificateOf(
  session: Session,
  job: ObjectJob,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = certificateOfJob(job)?.name ?? job.object?.value;
  if (name === undefined) return undefined;
  const ids: { readonly id: string; readonly createdMs: number }[] = [];
  for (const spelling of spellings(name)) {
    const listing = await listAll(
      (query) => repeat(session, signal, () => session.gateway.list(query, signal)),
      ['product', 'created'],
      { key: 'name', value: spelling },
    );
    for (const { id, product, created } of listing.rows) {
      const otherProduct =
        product !== undefined && job.job.subType !== undefined && product !== job.job.subType;
      if (id === undefined || otherProduct) continue;
      ids.push({ id, createdMs: vendorDate(created)?.getTime() ?? 0 });
    }
  }
  // Equal dates are common (`created` is cut to the day): the list comes newest first, and sort keeps that order.
  return ids.sort((one, other) => other.createdMs - one.createdMs)[0]?.id;
}
