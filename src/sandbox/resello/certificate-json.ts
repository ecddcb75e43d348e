/** The object "SSL Certificate": its fields are inferred, only its request fields are in the document. */
import type { SimulatorAnswer } from '../contract.ts';
import { objectAnswer } from './answers.ts';
import type { Json, JsonObject } from './json.ts';
import type { ReselloOptions } from './options.ts';
import { planJson } from './plans.ts';
import type { Certificate, Shown, World } from './world.ts';

/** What reads show now, which may be what was true a moment ago. */
export function shownOf(world: World, certificate: Certificate): Shown {
  const { stale } = certificate;
  const now = world.clock.now();
  if (stale !== undefined && now < stale.until) return stale.shown;
  return {
    status: statusOf(world, certificate, now),
    details: certificate.open?.details ?? certificate.details,
    issued: certificate.issued,
    paidUntil: certificate.paidUntil,
    updatedAt: certificate.updatedAt,
  };
}

function statusOf({ options }: World, certificate: Certificate, now: Date): Shown['status'] {
  const { deletedAt, open, failure, issued } = certificate;
  if (deletedAt !== undefined) return 'deleted';
  if (open !== undefined) return 'pending';
  if (issued === undefined || (failure !== undefined && options.afterFailedRenewal === 'failed'))
    return 'failed';
  return issued.notAfter < now ? 'expired' : 'active';
}

/** Echoed as they were sent. */
const ECHOED = [
  'company_name',
  'chamber_of_commerce',
  'department',
  'address',
  'zip_code',
  'city',
  'approver_first_name',
  'approver_last_name',
  'approver_email_address',
  'approver_phone_number',
] as const;

export function certificateJson(world: World, certificate: Certificate): JsonObject {
  const { options } = world;
  const { status, details, issued, paidUntil, updatedAt } = shownOf(world, certificate);
  const { plan, fields } = details;
  const least = {
    id: certificate.id,
    status: options.words[status],
    client_reference: fields.get('client_reference') ?? null,
  };
  if (options.fields === 'least') return least;
  const end = options.expiresMeans === 'term' ? paidUntil : issued?.notAfter;
  return {
    ...least,
    plan: options.planForm === 'id' ? plan.id : planJson(plan, options.currency),
    [options.nameField]: details.names[0] ?? '',
    csr: details.csrText,
    dcv_type: details.method,
    ...Object.fromEntries(ECHOED.map((name): [string, Json] => [name, fields.get(name) ?? null])),
    ee_reference_order_id: certificate.eeReferenceOrderId ?? null,
    [options.createdName]: dateText(options, certificate.createdAt),
    [options.updatedName]: dateText(options, updatedAt),
    [options.expiresName]: end === undefined || issued === undefined ? null : dateText(options, end),
  };
}

export const certificateAnswer = (world: World, certificate: Certificate, status: number): SimulatorAnswer =>
  objectAnswer(world.options, certificateJson(world, certificate), status);

function dateText(options: ReselloOptions, date: Date): string {
  const iso = date.toISOString();
  switch (options.dateForm) {
    case 'iso':
      return iso.replace(/\.\d+Z$/, 'Z');
    case 'day':
      return iso.slice(0, 10);
    case 'microseconds':
    default:
      return iso.replace('Z', '000+00:00');
  }
}
