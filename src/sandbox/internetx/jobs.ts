/** Jobs: open ones under `/job`, finished ones under `/job/history` and nowhere else. */
import { readBody, SearchBody } from './bodies.ts';
import { certificateJson } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import { ApiError } from './envelope.ts';
import type { Envelope, JsonObject } from './envelope.ts';
import { search } from './search.ts';
import type { Keys } from './search.ts';
import { cancelJob, catchUp, jobJson, partialJson } from './progress.ts';
import { isOpen } from './world.ts';
import type { Job, User, World } from './world.ts';

function jobOf(user: User, id: number, open: boolean, task: string): Job {
  const job = user.jobs.get(id);
  if (job === undefined || isOpen(job) !== open) {
    throw new ApiError(task, [{ code: 'EF300101', objects: [{ type: 'job', value: String(id) }] }]);
  }
  return job;
}

function objectJobJson(world: World, user: User, job: Job): JsonObject {
  const certificate = user.certificates.get(job.certificateId);
  const done = job.status === 'SUCCESS' && certificate !== undefined;
  const checks = job.caOrderId === undefined ? [] : (world.ca.get(job.caOrderId)?.checks ?? []);
  const updated = localTime(job.updatedAt);
  const step = (name: string, status: string): JsonObject => ({ step: name, status, updated });
  const validation = done ? 'COMPLETED' : isOpen(job) ? 'IN_PROGRESS' : 'COMPLETED_FAILED';
  return {
    job: jobJson(world, user, job),
    object: {
      type: 'Certificate',
      value: job.details.name,
      data: done ? certificateJson(world, user, certificate, 'message') : partialJson(world, user, job),
    },
    authentication: [step('CSR_CHECK', 'COMPLETED'), step('DOMAIN_VERIFICATION', validation)],
    dcvAuth: checks.map(({ requirement, fulfilled }) => ({
      domain: requirement.identifier,
      status: fulfilled ? 'COMPLETED' : 'NOT_STARTED',
    })),
    notices: [],
  };
}

export function jobInfo({ world, user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, '300114');
  return {
    code: 'S300114',
    type: 'SUCCESS',
    object: { type: 'Job', value: String(job.id) },
    data: [objectJobJson(world, user, job)],
  };
}

export function jobHistoryInfo({ world, user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, false, '300134');
  return {
    code: 'S300134',
    type: 'SUCCESS',
    object: { type: 'Job', value: String(job.id) },
    data: [objectJobJson(world, user, job)],
  };
}

const KEYS: Keys<Job> = {
  id: ({ id }) => String(id),
  status: ({ status }) => status,
  action: ({ action }) => action,
  type: () => 'ssl',
  subType: ({ details }) => details.product.name,
  object: ({ details }) => details.name,
  name: ({ details }) => details.name,
  created: ({ createdAt }) => localTime(createdAt),
  updated: ({ updatedAt }) => localTime(updatedAt),
};

function listJobs(context: RouteContext, open: boolean, task: string): Envelope {
  const { world, user } = context;
  const rows = [...user.jobs.values()].filter((job) => isOpen(job) === open);
  const { found, total } = search(rows, readBody(SearchBody, context.body, task, 'query'), KEYS, task);
  return {
    code: `S${task}`,
    type: 'SUCCESS',
    object: { type: 'Job', value: '', summary: total },
    data: found.map((job) => ({
      job: jobJson(world, user, job),
      object: { type: 'Certificate', value: job.details.name },
    })),
  };
}

export const searchJobs = (context: RouteContext): Envelope => listJobs(context, true, '300115');
export const searchJobHistory = (context: RouteContext): Envelope => listJobs(context, false, '300135');

function done(task: string, job: Job): Envelope {
  return { code: `S${task}`, type: 'SUCCESS', object: { type: 'Job', value: String(job.id) } };
}

export function cancelOpenJob({ world, user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, '300121');
  if (job.action === 'delete') throw new ApiError('300121', [{ text: 'A deletion cannot be cancelled.' }]);
  cancelJob(world, user, job, world.clock.now());
  return done('300121', job);
}

/** Restart and retry: the CA looks again at once. */
export async function retryJob({ world, user, id }: RouteContext): Promise<Envelope> {
  const job = jobOf(user, id, true, '300117');
  if (job.caOrderId !== undefined) {
    await world.ca.recheck(job.caOrderId);
    catchUp(world);
  }
  return done('300117', job);
}

export function resendApproverEmail({ user, id }: RouteContext): Envelope {
  const job = jobOf(user, id, true, '400118');
  if (job.details.authentication.method !== 'EMAIL') {
    throw new ApiError('400118', [{ text: 'There is no approval by e-mail to wait for.' }]);
  }
  return done('400118', job);
}

/** For the vendor's own people. */
export function operatorsOnly({ user, id }: RouteContext): Envelope {
  jobOf(user, id, true, '300118');
  throw new ApiError('300118', [{ text: 'Not permitted.' }]);
}
