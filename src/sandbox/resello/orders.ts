/** What is ordered: create, renew, reissue. */
import type { SimulatorAnswer } from '../contract.ts';
import { refusal } from './answers.ts';
import { certificateAnswer, shownOf } from './certificate-json.ts';
import type { PlainContext, RouteContext } from './context.ts';
import { readDetails } from './details.ts';
import { lowerHexUuid } from './ids.ts';
import { charge, checkCredit } from './invoices.ts';
import { catchUp, revokeAll, submit } from './progress.ts';
import { FIELDS, readFields } from './requests.ts';
import type { Certificate, Details, OpenOrder, OrderKind, Shown, World } from './world.ts';

const DAY_MS = 86_400_000;

export function addMonths(date: Date, count: number): Date {
  const end = new Date(date);
  end.setUTCMonth(end.getUTCMonth() + count);
  return end;
}

export async function createCertificate(context: PlainContext): Promise<SimulatorAnswer> {
  const { world, account, request } = context;
  const fields = readFields(request, FIELDS.create, world.options);
  const details = readDetails(world, fields);
  checkCredit(account, details);
  const now = world.clock.now();
  const certificate: Certificate = {
    id: lowerHexUuid(world.random),
    createdAt: now,
    updatedAt: now,
    visibleFrom: new Date(now.getTime() + world.options.hiddenMs),
    eeReferenceOrderId: fields.get('ee_reference_order_id'),
    details,
    paidUntil: addMonths(now, details.plan.intervalMonths),
    serials: [],
  };
  account.certificates.set(certificate.id, certificate);
  charge(world, account, certificate, details);
  await open(context, certificate, 'create', details, certificate.paidUntil);
  return certificateAnswer(world, certificate, world.options.createdStatus);
}

export async function renewCertificate(context: RouteContext): Promise<SimulatorAnswer> {
  const { world, account, request } = context;
  const certificate = idleCertificate(context);
  const details = readDetails(world, readFields(request, FIELDS.renew, world.options), certificate.details);
  const now = world.clock.now();
  const opens = renewableFrom(world, certificate);
  if (now < opens) {
    throw refusal(409, 'too_early', `This certificate can be renewed from ${opens.toISOString()}.`);
  }
  checkCredit(account, details);
  const before = shownOf(world, certificate);
  const from = certificate.paidUntil > now ? certificate.paidUntil : now;
  charge(world, account, certificate, details);
  await open(context, certificate, 'renew', details, addMonths(from, details.plan.intervalMonths), before);
  return certificateAnswer(world, certificate, world.options.acceptedStatus);
}

function renewableFrom(world: World, certificate: Certificate): Date {
  const { issued, paidUntil, details } = certificate;
  const end = world.options.renewWindowBefore === 'term' ? paidUntil : (issued?.notAfter ?? paidUntil);
  return new Date(end.getTime() - details.plan.renewDaysBeforeExpiration * DAY_MS);
}

export async function reissueCertificate(context: RouteContext): Promise<SimulatorAnswer> {
  const { world, request } = context;
  const certificate = idleCertificate(context);
  const fields = readFields(request, FIELDS.reissue, world.options);
  const details = readDetails(world, fields, certificate.details, certificate.details.plan);
  if (certificate.paidUntil <= world.clock.now()) {
    throw refusal(409, 'conflict', 'The term that was paid for is over; a renewal would be right.');
  }
  const before = shownOf(world, certificate);
  if (world.options.reissueInvalidates === 'at-once') revokeAll(world, certificate, 'superseded');
  await open(context, certificate, 'reissue', details, certificate.paidUntil, before);
  return certificateAnswer(world, certificate, world.options.acceptedStatus);
}

/** Only what was issued once, and waits for nothing, can be renewed or reissued. */
function idleCertificate({ certificate, world }: RouteContext): Certificate {
  if (certificate.open !== undefined) {
    throw refusal(409, 'conflict', 'An order for this certificate is pending.');
  }
  if (certificate.issued === undefined || certificate.deletedAt !== undefined) {
    throw refusal(409, 'conflict', `This certificate is ${shownOf(world, certificate).status}.`);
  }
  return certificate;
}

/** `before`: what reads go on showing for a while. */
async function open(
  { world }: PlainContext,
  certificate: Certificate,
  kind: OrderKind,
  details: Details,
  paidUntil: Date,
  before?: Shown,
): Promise<void> {
  const now = world.clock.now();
  const order: OpenOrder = { kind, createdAt: now, paidUntil, details };
  certificate.open = order;
  certificate.updatedAt = now;
  delete certificate.failure;
  if (before !== undefined && world.options.staleMs > 0) {
    certificate.stale = { until: new Date(now.getTime() + world.options.staleMs), shown: before };
  }
  if (world.options.provisioningMs > 0) return;
  submit(world, order);
  // "Activated right away", where the CA asks for no evidence.
  const taken = order.caOrderId === undefined ? undefined : world.ca.get(order.caOrderId);
  if (taken?.checks.length === 0 && taken.status === 'pending') {
    await world.ca.recheck(taken.id);
    catchUp(world);
  }
}
