/**
 * The fields of certificates and plans that renewd acts on. No document shows a certificate, so several usual names of a
 * field are read; only id and status must be there. What is merely a hint is absent when it does not fit.
 */
import { z } from 'zod';
import { RenewdError } from '../../core/errors.ts';
import { vendorDate } from './mapping.ts';

/** Ids are UUIDs in the samples; compared as text. */
const id = z
  .union([z.int().nonnegative(), z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)])
  .transform((value) => String(value));

function hint<T extends z.ZodType>(schema: T) {
  return schema
    .nullish()
    .transform((value): z.output<T> | undefined => value ?? undefined)
    .catch(undefined);
}

const text = hint(z.string().min(1).max(16_384));
const moment = hint(z.string().max(64).transform(vendorDate));

const planReference = hint(
  z.union([
    id.transform((value) => ({ id: value, interval: undefined })),
    z.object({ id, interval: hint(z.coerce.number().int().min(1).max(120)) }),
  ]),
);

const rawCertificate = z.object({
  id,
  status: z.string().min(1).max(200),
  client_reference: hint(z.coerce.string().max(1000)),
  plan: planReference,
  domain: text,
  common_name: text,
  name: text,
  csr: text,
  dcv_type: text,
  approver_email_address: text,
  message: text,
  status_message: text,
  reason: text,
  created: moment,
  created_at: moment,
  expires: moment,
  expiration_date: moment,
  expire_date: moment,
  valid_until: moment,
});

/** "SSL Certificate" of the document. */
export const certificateSchema = rawCertificate.transform((raw) => ({
  id: raw.id,
  status: raw.status,
  reference: raw.client_reference,
  plan: raw.plan,
  domain: (raw.domain ?? raw.common_name ?? raw.name)?.toLowerCase(),
  csr: raw.csr,
  dcvType: raw.dcv_type?.toUpperCase(),
  approverEmail: raw.approver_email_address,
  message: raw.status_message ?? raw.message ?? raw.reason,
  createdAt: raw.created ?? raw.created_at,
  expires: raw.expires ?? raw.expiration_date ?? raw.expire_date ?? raw.valid_until,
}));
export type Certificate = z.output<typeof certificateSchema>;

/** A new order's answer must at least say what it is called; its status may come later. */
export const orderedSchema = z.object({ id, status: hint(z.string().min(1).max(200)) });

/** "SSL Certificate Plan": page resource/serializers/ssl/plan of the vendor's public documentation. */
export const planSchema = z.object({
  id,
  name: text,
  description: text,
  brand: text,
  /** Days before the expiry from which renewing is possible. */
  renew_days_before_expiration: hint(z.coerce.number().int().min(0).max(3660)),
  /** Months. */
  interval: hint(z.coerce.number().int().min(1).max(120)),
});
export type Plan = z.output<typeof planSchema>;

/** Throws `provider-protocol`, naming the fields that do not fit but not what they hold. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || 'the whole');
  throw new RenewdError('provider-protocol', `Resello: ${what} is not understood (${fields.join(', ')})`);
}
