/** What moves by itself: jobs follow the CA, oldest first. */
import { announce, failJob, finishDeletion, finishJob, partialJson } from './outcomes.ts';
import { submit } from './placing.ts';
import { isOpen } from './world.ts';
import type { Job, User, World } from './world.ts';

interface Change {
  readonly at: Date;
  readonly apply: () => void;
}

/** Bring what has happened since the last look into jobs, certificates and messages. */
export function catchUp(world: World): void {
  for (const user of world.users) {
    const changes = [...user.jobs.values()]
      .filter(isOpen)
      .map((job) => changeOf(world, user, job))
      .filter((change) => change !== undefined)
      .sort((a, b) => a.at.getTime() - b.at.getTime());
    for (const change of changes) change.apply();
  }
}

function changeOf(world: World, user: User, job: Job): Change | undefined {
  if (job.action === 'delete') return { at: job.createdAt, apply: () => finishDeletion(world, user, job) };
  const { submitAt } = job;
  if (submitAt !== undefined) {
    return submitAt > world.clock.now() ? undefined : { at: submitAt, apply: () => submit(world, user, job) };
  }
  const order = job.caOrderId === undefined ? undefined : world.ca.get(job.caOrderId);
  if (order === undefined) return undefined;
  const { certificate, updatedAt: at } = order;
  if (order.status === 'pending') {
    const looked = at > order.createdAt || order.checks.some(({ fulfilled }) => fulfilled);
    return job.status === 'RUNNING' && looked ? { at, apply: () => defer(world, user, job, at) } : undefined;
  }
  return {
    at,
    apply: () =>
      certificate === undefined
        ? failJob(world, user, job, order.failure ?? 'The CA did not issue.', at)
        : finishJob(world, user, job, certificate, at),
  };
}

function defer(world: World, user: User, job: Job, at: Date): void {
  job.status = 'DEFERRED';
  job.updatedAt = at;
  if (world.options.runningMessages) announce(world, user, job, partialJson(world, user, job));
}
