/** Reading jobs: open ones under `/job`, finished ones under `/job/history` and nowhere else. */
import { readBody, SearchBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import type { Envelope } from './envelope.ts';
import { objectJobJson } from './job-json.ts';
import { jobOf } from './lookup.ts';
import { jobJson } from './outcomes.ts';
import { search } from './search.ts';
import type { Keys } from './search.ts';
import { isOpen } from './world.ts';
import type { Job } from './world.ts';

function info({ world, user, id }: RouteContext, open: boolean, task: string): Envelope {
  const job = jobOf(user, id, open, task);
  return {
    code: `S${task}`,
    type: 'SUCCESS',
    object: { type: 'ObjectJob', value: String(job.id) },
    data: [objectJobJson(world, user, job)],
  };
}

export const jobInfo = (context: RouteContext): Envelope => info(context, true, '300114');
export const jobHistoryInfo = (context: RouteContext): Envelope => info(context, false, '300134');

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

function list(context: RouteContext, open: boolean, task: string): Envelope {
  const { world, user } = context;
  const rows = [...user.jobs.values()].filter((job) => isOpen(job) === open);
  const { found, total } = search(rows, readBody(SearchBody, context.body, task, 'query'), KEYS, task);
  return {
    code: `S${task}`,
    type: 'SUCCESS',
    object: { type: 'ObjectJob', value: '', summary: total },
    data: found.map((job) => ({
      job: jobJson(world, user, job),
      object: { type: 'Certificate', value: job.details.name },
    })),
  };
}

export const searchJobs = (context: RouteContext): Envelope => list(context, true, '300115');
export const searchJobHistory = (context: RouteContext): Envelope => list(context, false, '300135');
