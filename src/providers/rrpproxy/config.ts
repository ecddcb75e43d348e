/**
 * What the configuration may say about this provider: the account (`providers:`) and one order (`order:` of a
 * certificate). Parameter meanings: Reference Manual (2022), section 8.1.2.
 */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import {
  accountFields as commonFields,
  environmentMismatch,
  matchesEnvironment,
} from '../../vendors/rrpproxy/config.ts';
import { lineSchema } from '../../vendors/command-text/line-schema.ts';
import { serverTypeOf } from './server-types.ts';

export const handleSchema = lineSchema
  .regex(/^[A-Za-z0-9-]{3,40}$/, 'must be a contact handle, e.g. P-ABC123 or CC-12345678')
  .describe('Handle of an existing contact, e.g. P-ABC123 or CC-12345678.');

const phoneSchema = lineSchema
  .regex(/^\+[0-9. -]{5,30}$/, 'must begin with + and the country code, e.g. +49.301234567')
  .describe('Telephone number with country code, e.g. +49.301234567.');

export const personSchema = z
  .strictObject({
    firstName: lineSchema.describe('Given name.'),
    lastName: lineSchema.describe('Family name.'),
    phone: phoneSchema,
    email: z.email().describe('E-mail address.'),
    jobTitle: lineSchema.optional().describe('Job title.'),
  })
  .describe('A person; the provider makes a new contact of it.');

const organizationSchema = z
  .strictObject({
    name: lineSchema.describe('Registered name.'),
    dba: lineSchema.optional().describe('Name it does business under, where that differs.'),
    street: lineSchema.describe('Street and number.'),
    zip: lineSchema.optional().describe('Postal code.'),
    city: lineSchema.describe('City.'),
    state: lineSchema.optional().describe('State or region.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters')
      .describe('Country code, e.g. DE.'),
    phone: phoneSchema,
    email: z.email().describe('E-mail address.'),
  })
  .describe('An organisation; the provider makes a new contact of it.');

export type Person = z.output<typeof personSchema>;
/** A contact of its own may do without the e-mail address (manual 9.1.8). */
export const contactOrganizationSchema = organizationSchema.partial({ email: true });
export type ContactOrganization = z.output<typeof contactOrganizationSchema>;

const techContactSchema = z
  .union([handleSchema, personSchema])
  .describe('Technical contact: a handle, or the data of a person. DV classes of DigiCert demand one.');

const accountFields = {
  ...commonFields,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency code of three capital letters')
    .default('EUR')
    .describe('Currency of the account, used where an answer names a price without one.'),
  defaultTechContact: techContactSchema.optional().describe('Technical contact of orders that name none.'),
} as const;

/** As written in the configuration file. */
export const configSchema = z.strictObject(accountFields).refine(matchesEnvironment, environmentMismatch);

/** As handed to `create`: the secret is in place of its source. */
export const accountSchema = z
  .strictObject({ ...accountFields, password: z.instanceof(Secret) })
  .refine(matchesEnvironment, environmentMismatch);
export type Account = z.output<typeof accountSchema>;

const serverTypeSchema = z.string().transform((text, context) => {
  const serverType = serverTypeOf(text);
  if (serverType !== undefined) return serverType;
  context.addIssue({
    code: 'custom',
    message: 'must be a server type of the manual, e.g. nginx, apache or other',
    input: text,
  });
  return z.NEVER;
});

export const orderSchema = z.strictObject({
  period: z
    .string()
    .regex(/^(1|1y|[1-9]\d{0,2}d)$/, 'must be 1y, or days such as 365d')
    .optional()
    .describe(
      'Paid term: 1y, or 365d; DigiCert classes also take steps of seven days (7d, 14d, …). Default: one year.',
    ),
  serverType: serverTypeSchema
    .optional()
    .describe(
      'Kind of server, e.g. nginx or apache; the list is section 9.2 of the manual, Sectigo classes take fewer. Default: that of the provider.',
    ),
  techContact: techContactSchema.optional(),
  organization: z
    .union([handleSchema, organizationSchema])
    .optional()
    .describe('Organisation of an OV or EV certificate: a handle, or its data.'),
  evApprover: z
    .union([handleSchema, personSchema])
    .optional()
    .describe('Approver of an EV certificate: a handle, or the data of a person.'),
  noAutoFillDomains: z
    .boolean()
    .default(true)
    .describe(
      'Keep the provider from adding free alternatives (www or apex) that the inventory does not name.',
    ),
  dcvScope: z
    .enum(['base', 'fqdn'])
    .optional()
    .describe(
      'Prove control of the registered domain (base) or of each name (fqdn). Default: that of the provider.',
    ),
  fileOverHttps: z
    .boolean()
    .default(false)
    .describe('For file validation: let the CA fetch the file by https instead of http.'),
  immediate: z
    .boolean()
    .default(false)
    .describe(
      'Publish the proof before the order, so that the certificate comes with its answer (immediate issuance). Only for dns and file validation, and only for DigiCert classes that offer it.',
    ),
  serviceTags: z
    .array(lineSchema)
    .max(100)
    .default([])
    .describe(
      'Service tags that a first order gets beside our own reference; lists can be narrowed to them.',
    ),
  language: z
    .string()
    .regex(/^[A-Za-z]{2}([-_][A-Za-z]{2})?$/)
    .optional()
    .describe('Language of validation e-mails, e.g. en.'),
  caCertificate: lineSchema
    .optional()
    .describe('Intermediate to issue from; ids come from GetCertificateInfo (DigiCert).'),
  algorithm: lineSchema.optional().describe('Signature hash; ids come from GetCertificateInfo (DigiCert).'),
});
export type OrderOptions = z.output<typeof orderSchema>;
