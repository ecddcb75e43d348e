/** How jobs end: certificates follow jobs, money follows failures, and each end is a message in the queue. */
import type { CaCertificate } from '../contract.ts';
import { certificateJson } from './certificate-json.ts';
import { localTime } from './dates.ts';
import { messageJson } from './envelope.ts';
import type { Json, JsonObject } from './envelope.ts';
import { ownerJson } from './world.ts';
import type { Certificate, Job, User, World } from './world.ts';

export function addMessage(world: World, user: User, body: JsonObject, at: Date): void {
  const id = world.nextMessageId;
  world.nextMessageId += 1;
  user.queue.push({ id, createdAt: at, body, delivered: false });
}

/** The job as messages, order answers and job inquiries show it. */
export function jobJson(world: World, user: User, job: Job): JsonObject {
  const action = job.action === 'reissue' ? world.options.reissueAction : job.action;
  return {
    created: localTime(job.createdAt),
    updated: localTime(job.updatedAt),
    owner: ownerJson(user),
    status: job.status,
    // The recorded example waits for DNS and is looked at again ten minutes later.
    ...(job.status === 'DEFERRED'
      ? {
          subStatus: `WF_${job.details.authentication.method}_AUTH`,
          execution: localTime(new Date(job.updatedAt.getTime() + 600_000)),
        }
      : { execution: localTime(job.createdAt) }),
    id: job.id,
    type: 'ssl',
    subType: job.details.product.name,
    action,
  };
}

export function announce(world: World, user: User, job: Job, certificate: Json): void {
  const reasons = job.messages.map((message) => messageJson(message, world.options));
  addMessage(
    world,
    user,
    {
      job: jobJson(world, user, job),
      stid: job.stid,
      ctid: job.ctid,
      messages: reasons.length > 0 ? reasons : undefined,
      object: { type: 'Certificate', value: job.details.name, data: certificate },
    },
    job.updatedAt,
  );
}

export function failJob(world: World, user: User, job: Job, reason: string, at: Date): void {
  job.status = 'FAILED';
  job.updatedAt = at;
  job.messages = [{ code: 'EF400139', text: reason }];
  refund(user, job, at);
  announce(world, user, job, partialJson(world, user, job));
}

export function cancelJob(world: World, user: User, job: Job, at: Date): void {
  const pending = job.caOrderId !== undefined && world.ca.get(job.caOrderId)?.status === 'pending';
  if (pending && job.caOrderId !== undefined) world.ca.cancel(job.caOrderId);
  job.status = 'CANCELED';
  job.updatedAt = at;
  refund(user, job, at);
  announce(world, user, job, partialJson(world, user, job));
}

function refund(user: User, job: Job, at: Date): void {
  const paid = user.invoices.find(({ orderId, price }) => orderId === job.orderId && price > 0);
  if (paid !== undefined && job.action !== 'reissue' && job.action !== 'delete') {
    user.invoices.push({ ...paid, at, price: -paid.price });
  }
}

export function finishJob(world: World, user: User, job: Job, issued: CaCertificate, at: Date): void {
  job.status = 'SUCCESS';
  job.updatedAt = at;
  const certificate = takeOver(user, job, issued, at);
  announce(world, user, job, certificateJson(world, user, certificate, 'message'));
}

/** The issued certificate replaces what the vendor's object held before; the old serial goes to the histories. */
export function takeOver(user: User, job: Job, issued: CaCertificate, at: Date): Certificate {
  const existing = user.certificates.get(job.certificateId);
  if (existing === undefined) {
    const certificate: Certificate = {
      id: job.certificateId,
      createdAt: job.createdAt,
      updatedAt: at,
      orderId: job.orderId,
      details: job.details,
      paidUntil: job.paidUntil,
      issued,
      histories: [],
    };
    user.certificates.set(certificate.id, certificate);
    return certificate;
  }
  existing.histories.push({ serialHex: existing.issued.serialHex, orderId: existing.orderId });
  existing.issued = issued;
  existing.orderId = job.orderId;
  existing.details = job.details;
  existing.paidUntil = job.paidUntil;
  existing.updatedAt = at;
  return existing;
}

export function finishDeletion(world: World, user: User, job: Job): void {
  const certificate = user.certificates.get(job.certificateId);
  job.status = 'SUCCESS';
  if (certificate !== undefined) {
    const serials = [
      certificate.issued.serialHex,
      ...certificate.histories
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ serialHex }) => serialHex),
    ];
    for (const serial of serials) world.ca.revoke(serial, 'cessationOfOperation');
    user.certificates.delete(certificate.id);
  }
  announce(world, user, job, { id: job.certificateId, name: job.details.name });
}

/** The certificate of a job that is not done: what was ordered, nothing issued. */
export function partialJson(world: World, user: User, job: Job): JsonObject {
  return certificateJson(
    world,
    user,
    {
      id: job.certificateId,
      createdAt: job.createdAt,
      updatedAt: job.updatedAt,
      orderId: job.orderId,
      details: job.details,
      paidUntil: job.paidUntil,
      histories: [],
    },
    'partial',
  );
}
