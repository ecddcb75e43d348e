/** The ObjectJob model: a job, what it is about, and how far the CA is with it. */
import { certificateJson } from './certificate-json.ts';
import { localTime } from './dates.ts';
import type { JsonObject } from './envelope.ts';
import { jobJson, partialJson } from './outcomes.ts';
import { isOpen } from './world.ts';
import type { Job, User, World } from './world.ts';

export function objectJobJson(world: World, user: User, job: Job): JsonObject {
  const certificate = user.certificates.get(job.certificateId);
  const done = job.status === 'SUCCESS' && certificate !== undefined;
  const checks = job.caOrderId === undefined ? [] : (world.ca.get(job.caOrderId)?.checks ?? []);
  return {
    job: jobJson(world, user, job),
    object: {
      type: 'Certificate',
      value: job.details.name,
      data: done ? certificateJson(world, user, certificate, 'message') : partialJson(world, user, job),
    },
    authentication: steps(job, done),
    dcvAuth: checks.map(({ requirement, fulfilled }) => ({
      domain: requirement.identifier,
      status: fulfilled ? 'COMPLETED' : 'NOT_STARTED',
    })),
    notices: [],
  };
}

/** Whoever is behind the domain is believed at once: the sandbox looks at domains only. */
function steps(job: Job, done: boolean): JsonObject[] {
  const updated = localTime(job.updatedAt);
  const step = (name: string, status: string): JsonObject => ({ step: name, status, updated });
  const validation = done ? 'COMPLETED' : isOpen(job) ? 'IN_PROGRESS' : 'COMPLETED_FAILED';
  const organization =
    job.details.product.validation === 'DV' ? [] : ['ORGANIZATION_VERIFICATION', 'VERIFICATION_CALL'];
  return [
    step('CSR_CHECK', 'COMPLETED'),
    step('DOMAIN_VERIFICATION', validation),
    ...organization.map((name) => step(name, 'COMPLETED')),
  ];
}
