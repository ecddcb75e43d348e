/**
 * What the configuration may say about this provider: the account (`providers:`) and one order (`order:` of a
 * certificate). Parameter meanings: hexonet-ssl-api, "All parameters" of CreateSSLCert and RenewSSLCert.
 */
import { z } from 'zod';
import { accountFields, refineAccount, resolvedFields } from '../../vendors/hexonet/config.ts';
import { lineSchema } from '../../vendors/command-text/line-schema.ts';

/** As written in the configuration file. */
export const configSchema = z.strictObject(accountFields).superRefine(refineAccount);

/** As handed to `create`: the secret is in place of its source. */
export const accountSchema = z.strictObject(resolvedFields).superRefine(refineAccount);

const handleSchema = lineSchema
  .regex(/^[A-Za-z0-9-]{3,40}$/, 'must be a contact handle, e.g. P-ABC123')
  .describe('Handle of an existing contact, e.g. P-ABC123.');

const plainContactSchema = z
  .strictObject({
    organization: lineSchema.optional().describe('Registered name of the organisation.'),
    firstName: lineSchema.optional().describe('Given name.'),
    lastName: lineSchema.optional().describe('Family name.'),
    title: lineSchema.optional().describe('Job title.'),
    street: lineSchema.optional().describe('Street and number.'),
    city: lineSchema.optional().describe('City.'),
    state: lineSchema.optional().describe('State or region.'),
    zip: lineSchema.optional().describe('Postal code.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters')
      .optional()
      .describe('Country code, e.g. DE.'),
    phone: lineSchema
      .regex(/^\+[0-9. -]{5,30}$/, 'must begin with + and the country code, e.g. +49.301234567')
      .optional()
      .describe('Telephone number with country code, e.g. +49.301234567.'),
    fax: lineSchema.optional().describe('Fax number with country code.'),
    email: z.email().optional().describe('E-mail address.'),
  })
  .refine((contact) => Object.values(contact).some((value) => value !== undefined), {
    error: 'an empty contact says nothing; leave it out',
  })
  .describe('Plain contact data; the provider makes no handle of it.');

const contactSchema = z.union([handleSchema, plainContactSchema]);

export const orderSchema = z.strictObject({
  ownerContact: contactSchema
    .optional()
    .describe(
      'Applicant: a handle or plain data. With OV and EV classes the organisation to be vetted. Default: looked up in the WHOIS of the domain.',
    ),
  adminContact: contactSchema.optional().describe('Administrative contact: a handle or plain data.'),
  techContact: contactSchema.optional().describe('Technical contact: a handle or plain data.'),
  billingContact: contactSchema.optional().describe('Billing contact: a handle or plain data.'),
  csrContact: contactSchema
    .optional()
    .describe(
      'What the provider puts into a CSR that it makes itself: only with a key made by the provider.',
    ),
  period: z.int().min(1).max(10).optional().describe('Paid term in years. Default: 1.'),
  serverSoftware: z
    .enum(['APACHESSL', 'APACHESSLEAY', 'APACHE2', 'IIS', 'OTHER'])
    .optional()
    .describe('Kind of server; some classes demand it.'),
  keyLength: z
    .int()
    .min(2048)
    .max(8192)
    .optional()
    .describe('Bits of an RSA key that the provider makes: only with a key made by the provider.'),
  internalDns: z
    .boolean()
    .default(false)
    .describe(
      'Let the provider put the validation record into a zone that it hosts, for method dns; it is not removed afterwards, and renewd then publishes nothing.',
    ),
});
export type OrderOptions = z.output<typeof orderSchema>;
export type Contact = z.output<typeof contactSchema>;
