/**
 * The fields of InterNetX objects that renewd acts on, checked strictly; everything else is ignored. Names follow the
 * OpenAPI document of April 2026. `null` means absent, as the vendor's own clients send it.
 */
import { z } from 'zod';
import { RenewdError } from '../../core/errors.ts';
import type { Envelope } from '../../vendors/internetx/envelope.ts';
import type { Page, Seen } from './gateway.ts';

function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value): z.output<T> | undefined => value ?? undefined);
}

/** For what is only ever a hint: absent when it does not fit. */
function hint<T extends z.ZodType>(schema: T) {
  return optional(schema).catch(undefined);
}

/** A number or a string; json-wire.ts has already kept the digits of numbers beyond 2^53. */
const id = z
  .union([z.int().nonnegative(), z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)])
  .transform((value) => String(value));

const text = optional(z.string());

const authenticationFields = {
  name: text,
  method: z.string().transform((method) => method.toUpperCase()),
  dns: text,
  fileName: text,
  fileContent: text,
  approverEmails: optional(
    z
      .union([z.array(z.string()), z.string()])
      .transform((value) => (typeof value === 'string' ? [value] : value)),
  ),
  status: text,
};

/** Entries of `domains[]` may leave the method to the element around them. */
const domainAuthentication = z.object({
  ...authenticationFields,
  method: optional(authenticationFields.method),
});

/** CertAuthentication: for one name, or for several in `domains`. */
const authentication = z.object({
  ...authenticationFields,
  domains: optional(z.array(domainAuthentication).max(1000)),
});
export type DomainAuthentication = z.output<typeof domainAuthentication>;
export type Authentication = z.output<typeof authentication>;

/** One object in certificates, an array (an element per method) in prepared orders: always an array here. */
const authentications = optional(
  z
    .union([z.array(authentication).max(1000), authentication])
    .transform((value) => (Array.isArray(value) ? value : [value])),
);

/** CertificateData, the answer to a prepared order. */
export const preparedSchema = z.object({ name: text, authentication: authentications });
export type Prepared = z.output<typeof preparedSchema>;

const lifetime = optional(
  z.union([
    z.object({ unit: z.string(), period: z.coerce.number().int().positive() }),
    z
      .int()
      .positive()
      .transform((period) => ({ unit: 'MONTH', period })),
  ]),
);

/** Certificate, whole from the info command, in part from lists, jobs and messages. */
export const certificateSchema = z.object({
  id: optional(id),
  orderId: optional(z.coerce.string()),
  name: text,
  product: text,
  csr: text,
  server: text,
  serialNumber: text,
  created: text,
  expire: text,
  payable: text,
  lifetime,
  reissueStatus: text,
  histories: optional(z.array(z.object({ serialNumber: text, revoked: text }))),
  certificationAuthority: optional(z.array(z.object({ caCertificate: text }))),
  authentication: authentications,
});
export type Certificate = z.output<typeof certificateSchema>;

const jobSchema = z.object({
  id,
  status: text,
  subStatus: text,
  action: text,
  subType: text,
  created: text,
  execution: text,
});

const objectSchema = optional(
  z.object({ type: text, value: optional(z.coerce.string()), data: optional(z.unknown()) }),
);

/** ObjectJob; a bare Job, as orders answer with, is taken as one without an object. */
export const objectJobSchema = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !('job' in value) ? { job: value } : value),
  z.object({
    job: jobSchema,
    object: objectSchema,
    authentication: optional(z.array(z.object({ step: text, status: text }))),
    dcvAuth: optional(z.array(z.object({ domain: text, status: text }))),
    notices: optional(z.array(z.string())),
  }),
);
export type ObjectJob = z.output<typeof objectJobSchema>;

/**
 * PollMessage; `job` is absent in notices about external events. Only the message's own id must fit: the queue is shared
 * with every kind of object, and a message that could not be taken would hold up all that come after it.
 */
export const pollMessageSchema = z.object({
  id,
  ctid: hint(z.coerce.string()),
  created: hint(z.string()),
  job: hint(z.object({ id: hint(id), status: hint(z.string()), action: hint(z.string()) })),
  notify: hint(z.object({ type: hint(z.string()) })),
  object: hint(z.object({ type: hint(z.string()), data: optional(z.unknown()) })),
});
export type PollMessage = z.output<typeof pollMessageSchema>;

const addressLines = z
  .union([z.array(z.string()), z.string()])
  .transform((value) => (typeof value === 'string' ? [value] : value));

/** SslContact: administrative and technical contacts of orders. */
export const contactSchema = z.object({
  id: optional(id),
  fname: text,
  lname: text,
  organization: text,
  title: text,
  /** Lines; an answer may hold a single text (help page Automation of certificate ordering). */
  address: optional(addressLines),
  pcode: text,
  city: text,
  /** ISO 3166-1 alpha-2. */
  country: text,
  state: text,
  /** "+49-123-12345". */
  phone: text,
  fax: text,
  email: text,
});
export type SslContact = z.output<typeof contactSchema>;

/** Just the ids of a certificate in a message, of whatever kind. */
export const idsSchema = z.object({ id: optional(z.unknown()), orderId: optional(z.unknown()) });

/** What `prepare` hands out to be stored and sent back. */
export const tokenSchema = z.object({ authentication });

/** The job of an accepted order; undefined when it cannot be read. */
export function readJobRow(value: unknown): ObjectJob | undefined {
  return objectJobSchema.safeParse(value).data;
}

/** A certificate that came with an accepted order; undefined when it cannot be read. */
export function readCertificateRow(value: unknown): Certificate | undefined {
  return certificateSchema.safeParse(value).data;
}

/** Throws `provider-protocol`, naming the fields that do not fit but not what they hold. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || 'the whole');
  throw new RenewdError('provider-protocol', `InterNetX: ${what} is not understood (${fields.join(', ')})`);
}

/** An answer's row, checked, beside the row itself. */
export function seen<T extends z.ZodType>(schema: T, raw: unknown, what: string): Seen<z.output<T>> {
  return { value: parseAs(schema, raw, what), raw };
}

/** The first row, or undefined when there is none. */
export function firstOf<T extends z.ZodType>(
  schema: T,
  rows: readonly unknown[],
  what: string,
): Seen<z.output<T>> | undefined {
  const [row] = rows;
  return row === undefined ? undefined : seen(schema, row, what);
}

export function pageOf<T extends z.ZodType>(
  schema: T,
  rows: readonly unknown[],
  envelope: Envelope,
  what: string,
): Page<z.output<T>> {
  return { rows: rows.map((row) => seen(schema, row, what)), summary: envelope.object.summary };
}
