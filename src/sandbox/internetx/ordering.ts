/** Create, reissue, renew, delete: from a request body to a job. */
import { digits } from '../vendor-kit/random.ts';
import { CertificateBody, readBody, required } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { ApiError, wrongValue } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { certificateOf } from './lookup.ts';
import { addMonths, months, readOrder } from './order-details.ts';
import { charge, checkCredit, launch, newJob, nextCertificateId, started } from './placing.ts';

const DAY_MS = 86_400_000;

const readCertificateBody = (context: RouteContext, task: string): CertificateBody =>
  readBody(CertificateBody, context.body, task, 'certificate');

export function createCertificate(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400101';
  const details = readOrder(context, task, readCertificateBody(context, task), undefined);
  checkCredit(context, task, details);
  const job = newJob(context, 'create', nextCertificateId(world), details, {
    orderId: digits(world.random, 7),
    paidUntil: addMonths(world.clock.now(), months(details.lifetime)),
  });
  charge(context, job);
  launch(world, user, job);
  return started('N400101', job);
}

/** The whole order is sent again; name, product and method stay as they are. */
export function reissueCertificate(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400102';
  const certificate = certificateOf(user, context.id, task);
  const body = readCertificateBody(context, task);
  for (const field of ['name', 'product', 'csr'] as const)
    required(body[field], task, `certificate.${field}`);
  const previous = certificate.details;
  const method = required(
    body.authentication?.method,
    task,
    'certificate.authentication.method',
  ).toUpperCase();
  if (method !== previous.authentication.method) {
    throw wrongValue(task, 'certificate.authentication.method', method);
  }
  // Nothing else is taken from the certificate: a reissue says as much as a first order.
  const details = readOrder(context, task, body, undefined);
  if (details.name !== previous.name) throw wrongValue(task, 'certificate.name', details.name);
  if (details.product.name !== previous.product.name) {
    throw wrongValue(task, 'certificate.product', details.product.name);
  }
  const { orderId, paidUntil } = certificate;
  if (paidUntil <= world.clock.now()) throw wrongValue(task, 'certificate.id', 'its term has ended');
  const job = newJob(context, 'reissue', certificate.id, details, { orderId, paidUntil });
  launch(world, user, job);
  return started(world.options.reissueCode, job);
}

export function renewCertificate(context: RouteContext): Envelope {
  const { world, user } = context;
  const task = '400106';
  const certificate = certificateOf(user, context.id, task);
  const body = readCertificateBody(context, task);
  const now = world.clock.now();
  const { renewalWindowDays, renewalWindowBefore } = world.options;
  const end = renewalWindowBefore === 'expire' ? certificate.issued.notAfter : certificate.paidUntil;
  if (end.getTime() - now.getTime() > renewalWindowDays * DAY_MS)
    throw new ApiError(task, [{ code: 'EF4001012' }]);
  const details = readOrder(context, task, body, certificate.details);
  if (details.name !== certificate.details.name) throw wrongValue(task, 'certificate.name', details.name);
  checkCredit(context, task, details);
  // What is left of the running term is not lost.
  const from = certificate.paidUntil > now ? certificate.paidUntil : now;
  const job = newJob(context, 'renew', certificate.id, details, {
    orderId: digits(world.random, 7),
    paidUntil: addMonths(from, months(details.lifetime)),
  });
  charge(context, job);
  launch(world, user, job);
  return started('N400106', job);
}

export function deleteCertificate(context: RouteContext): Envelope {
  const certificate = certificateOf(context.user, context.id, '400103');
  const { orderId, paidUntil, details } = certificate;
  return started('N400103', newJob(context, 'delete', certificate.id, details, { orderId, paidUntil }));
}
