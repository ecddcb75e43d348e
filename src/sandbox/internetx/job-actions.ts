/** What one can do to a job that is open. */
import type { RouteContext } from './context.ts';
import { ApiError } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { jobOf } from './lookup.ts';
import { cancelJob } from './outcomes.ts';
import { submit } from './placing.ts';
import { catchUp } from './progress.ts';
import type { Job } from './world.ts';

function done(task: string, job: Job): Envelope {
  return { code: `S${task}`, type: 'SUCCESS', object: { type: 'Job', value: String(job.id) } };
}

/** The vendor's documents name no message code for what a job's state does not allow. */
const refused = (task: string, text: string): ApiError => new ApiError(task, [{ text }]);

function cancelAs(task: string, { world, user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, task);
  if (job.action === 'delete') throw refused(task, 'A deletion cannot be cancelled.');
  cancelJob(world, user, job, world.clock.now());
  return done(task, job);
}

export const cancelOpenJob = (context: RouteContext): Envelope => cancelAs('300121', context);
/** `DELETE /job/{id}`; what it does beyond cancelling is told nowhere. */
export const dropJob = (context: RouteContext): Envelope => cancelAs('300113', context);

/** The CA gets the order now, or looks again now. */
async function again(task: string, { world, user, id }: RouteContext): Promise<Envelope> {
  const job = jobOf(user, id, true, task);
  if (job.submitAt !== undefined) submit(world, user, job);
  else if (job.caOrderId !== undefined) {
    await world.ca.recheck(job.caOrderId);
    catchUp(world);
  }
  return done(task, job);
}

export const restartJob = (context: RouteContext): Promise<Envelope> => again('300116', context);
export const retryJob = (context: RouteContext): Promise<Envelope> => again('300117', context);

export function confirmJob({ world, user, id }: RouteContext): Envelope {
  const job = waiting('300122', user, id);
  job.status = 'RUNNING';
  job.updatedAt = world.clock.now();
  submit(world, user, job);
  return done('300122', job);
}

export function rejectJob({ world, user, id }: RouteContext): Envelope {
  const job = waiting('300123', user, id);
  cancelJob(world, user, job, world.clock.now());
  return done('300123', job);
}

function waiting(task: string, user: RouteContext['user'], id: number): Job {
  const job = jobOf(user, id, true, task);
  if (job.status !== 'WAIT') throw refused(task, 'The job does not wait for a confirmation.');
  return job;
}

export function resendApproverEmail({ user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, '400118');
  if (job.details.authentication.method !== 'EMAIL') {
    throw refused('400118', 'There is no approval by e-mail to wait for.');
  }
  return done('400118', job);
}

/** Only organizations are called. */
export function resendPhoneAuthorization({ user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, '400119');
  if (job.details.product.validation === 'DV') {
    throw refused('400119', 'There is no authorization by phone to wait for.');
  }
  return done('400119', job);
}

/** `_failed` and `_succeded`: for the vendor's own people. */
export function operatorsOnly({ user, id }: RouteContext): Envelope {
  jobOf(user, id, true, '300118');
  throw refused('300118', 'Not permitted.');
}
