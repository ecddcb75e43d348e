/** A user's certificates and jobs by id, or the vendor's refusal. */
import { ApiError } from './envelope.ts';
import { isOpen } from './world.ts';
import type { Certificate, Job, User } from './world.ts';

export function certificateOf(user: User, id: number, task: string): Certificate {
  const certificate = user.certificates.get(id);
  // The vendor's documents name no message code for this.
  if (certificate === undefined) throw new ApiError(task, [{ text: `There is no certificate ${id}.` }]);
  return certificate;
}

/** An open job is found among the jobs, one that ended in the history, and neither in the other's place. */
export function jobOf(user: User, id: number, open: boolean, task: string): Job {
  const job = user.jobs.get(id);
  if (job === undefined || isOpen(job) !== open) {
    throw new ApiError(task, [{ code: 'EF300101', objects: [{ type: 'job', value: String(id) }] }]);
  }
  return job;
}
