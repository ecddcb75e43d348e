/** What every order has in common: a job, an invoice, and the way to the CA. */
import { ApiError } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import type { RouteContext } from './context.ts';
import { months } from './order-details.ts';
import { failJob } from './outcomes.ts';
import { provision } from './provisioning.ts';
import { steeringOf } from './steering.ts';
import type { Job, JobAction, OrderDetails, User, World } from './world.ts';

export function newJob(
  context: RouteContext,
  action: JobAction,
  certificateId: number,
  details: OrderDetails,
  term: { orderId: string; paidUntil: Date },
): Job {
  const { world, user, stid, ctid } = context;
  const now = world.clock.now();
  const job: Job = {
    id: world.nextJobId,
    action,
    certificateId,
    stid,
    ctid,
    details,
    ...term,
    createdAt: now,
    updatedAt: now,
    status: 'RUNNING',
    messages: [],
  };
  world.nextJobId += 1;
  user.jobs.set(job.id, job);
  return job;
}

export function nextCertificateId(world: World): number {
  world.nextCertificateId += 1;
  return world.nextCertificateId;
}

/** Lets the job begin: at once, after a while, or when somebody has confirmed it. */
export function launch(world: World, user: User, job: Job): void {
  if (world.options.confirmJobs) {
    job.status = 'WAIT';
    return;
  }
  if (steeringOf(job.details.name) === 'slow') {
    job.submitAt = new Date(job.createdAt.getTime() + world.options.slowMs);
    return;
  }
  submit(world, user, job);
}

/** Puts the order before the CA; a CA that does not take it makes the job fail, not the request. */
export function submit(world: World, user: User, job: Job): void {
  const { details } = job;
  delete job.submitAt;
  const refusal = refusalOf(world, details);
  if (refusal !== undefined) {
    failJob(world, user, job, refusal, world.clock.now());
    return;
  }
  try {
    const order = world.ca.submit({
      csrPem: details.csrPem,
      names: details.names,
      requirements: details.authentication.items.map(({ requirement }) => requirement),
      notAfterAtMost: job.paidUntil,
    });
    job.caOrderId = order.id;
    provision(world, details);
  } catch (error) {
    failJob(world, user, job, error instanceof Error ? error.message : 'The CA refused.', world.clock.now());
  }
}

export function refusalOf(world: World, details: OrderDetails): string | undefined {
  if (steeringOf(details.name) === 'fail') return `The CA failed as the name ${details.name} asks for.`;
  return world.options.caRefuses?.(details.names);
}

function priceOf(world: World, { product, lifetime }: OrderDetails): number {
  const perYear = world.options.prices[product.name] ?? product.price;
  return Math.round(((perYear * months(lifetime)) / 12) * 100) / 100;
}

/** Before anything is done. The vendor's documents name no message code for want of credit. */
export function checkCredit(context: RouteContext, task: string, details: OrderDetails): void {
  const { world, user } = context;
  const spent = user.invoices.reduce((sum, { price }) => sum + price, 0);
  const left = world.options.credit === undefined ? Number.POSITIVE_INFINITY : world.options.credit - spent;
  if (steeringOf(details.name) === 'credit' || priceOf(world, details) > left) {
    throw new ApiError(task, [{ text: 'Your credit does not suffice for this order.' }]);
  }
}

export function charge(context: RouteContext, job: Job): void {
  const { world, user, ctid } = context;
  user.invoices.push({
    at: job.createdAt,
    orderId: job.orderId,
    certificateId: String(job.certificateId),
    product: job.details.product.name,
    price: priceOf(world, job.details),
    currency: world.options.currency,
    ...(ctid === undefined ? {} : { reference: ctid }),
  });
}

/** The id in the answer is the job's. */
export function started(code: string, job: Job): Envelope {
  return {
    code,
    type: 'NOTIFY',
    object: { type: 'certificate', value: job.details.name },
    data: [{ id: job.id }],
  };
}
