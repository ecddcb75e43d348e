/** Task 4001012: a certificate within the request, for the few products that have it. */
import type { CaOrder } from '../contract.ts';
import { digits } from '../vendor-kit/random.ts';
import { CertificateBody, readBody } from './bodies.ts';
import { certificateJson } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { ApiError, wrongValue } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { addMonths, months, readOrder } from './order-details.ts';
import { takeOver } from './outcomes.ts';
import { charge, checkCredit, newJob, nextCertificateId, refusalOf } from './placing.ts';
import { provision } from './provisioning.ts';

/** All or nothing: the evidence is in place now, or there is no order and no charge. */
export async function createRealtime(context: RouteContext): Promise<Envelope> {
  const { world, user } = context;
  const task = '4001012';
  const body = readBody(CertificateBody, context.body, task, 'certificate');
  const details = readOrder(context, task, body, undefined);
  if (!details.product.realtime) throw wrongValue(task, 'certificate.product', details.product.name);
  checkCredit(context, task, details);
  const refuse = (text: string): ApiError => new ApiError(task, [{ code: 'EF400139', text }]);
  const refusal = refusalOf(world, details);
  if (refusal !== undefined) throw refuse(refusal);
  let order: CaOrder;
  const paidUntil = addMonths(world.clock.now(), months(details.lifetime));
  try {
    order = world.ca.submit({
      csrPem: details.csrPem,
      names: details.names,
      requirements: details.authentication.items.map(({ requirement }) => requirement),
      notAfterAtMost: paidUntil,
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : 'The CA refused.');
  }
  provision(world, details);
  order = await world.ca.recheck(order.id);
  if (order.status === 'pending') world.ca.cancel(order.id);
  if (order.certificate === undefined) {
    throw refuse(
      order.failure ?? order.checks.find(({ fulfilled }) => !fulfilled)?.detail ?? 'Not issued in time.',
    );
  }
  const job = newJob(context, 'create', nextCertificateId(world), details, {
    orderId: digits(world.random, 7),
    paidUntil,
  });
  job.status = 'SUCCESS';
  charge(context, job);
  const certificate = takeOver(user, job, order.certificate, world.clock.now());
  return {
    code: 'S4001012',
    type: 'SUCCESS',
    object: { type: 'Certificate', value: details.name },
    data: [certificateJson(world, user, certificate, 'full')],
  };
}
