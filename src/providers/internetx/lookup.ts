/** Single reads, sent again when they fail on the way, and with "no such object" as a value. */
import type { Clock, Random } from '../../contracts/platform.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import { retryRepeatable } from '../../vendors/common/retry.ts';
import type { InternetxGateway } from './gateway.ts';
import type { Certificate, ObjectJob } from './schema.ts';

/** What the parts of this provider share. */
export interface Session {
  readonly gateway: InternetxGateway;
  readonly clock: Clock;
  readonly random: Random;
}

/** Only for tasks that gateway.ts marks repeatable. */
export function repeat<T>(session: Session, signal: AbortSignal, fn: () => Promise<T>): Promise<T> {
  return retryRepeatable(fn, { clock: session.clock, random: session.random, signal });
}

/** The job, running or finished: a finished one leaves /job/{id} (reason EF300101) and is in the history then. */
export async function findJob(
  session: Session,
  jobId: string,
  signal: AbortSignal,
): Promise<ObjectJob | undefined> {
  const { gateway } = session;
  for (const call of [gateway.jobInfo, gateway.jobHistoryInfo]) {
    const job = await quietWhenMissing(repeat(session, signal, () => call(jobId, signal)));
    if (job !== undefined) return job.value;
  }
  return undefined;
}

/** Task 400104 failed (HELP: JSON API Basics, "System responses"). */
const infoFailed = 'E400104';

/** Throws `provider-object-missing` when the provider does not know the certificate. */
export async function certificateInfo(
  session: Session,
  id: string,
  signal: AbortSignal,
): Promise<Certificate> {
  const missing = (cause?: unknown): RenewdError =>
    new RenewdError('provider-object-missing', `InterNetX shows no certificate ${id}`, { cause });
  let found;
  try {
    found = await repeat(session, signal, () => session.gateway.info(id, signal));
  } catch (thrown) {
    // No document names the reason for an unknown certificate. The task failed, and all that it was told is the id.
    throw hasKind(thrown, 'rejected') && thrown.fields.code === infoFailed ? missing(thrown) : thrown;
  }
  if (found === undefined) throw missing();
  return { ...found.value, id: found.value.id ?? id };
}

/** Undefined instead of an error of kind `not-found`. */
export async function quietWhenMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (hasKind(thrown, 'not-found')) return undefined;
    throw thrown;
  }
}
