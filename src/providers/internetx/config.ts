/** Settings of an InterNetX account (`providers:`) and of an order (`order:` of a managed certificate). */
import { z } from 'zod';
import { accountFields, resolvedPassword } from '../../vendors/internetx/config.ts';

/** Ids are decimal numbers at this provider; YAML may hold them as numbers or strings. */
const contactId = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,17}$/, 'a contact id is a decimal number')])
  .transform(String);

export const configSchema = z.strictObject({
  ...accountFields(9),
  routes: z
    .enum(['underscore', 'plain'])
    .default('underscore')
    .describe(
      'Spelling of the routes: `/certificate/_prepareOrder` (since December 2018) or `/certificate/prepareOrder` (before). JSON only.',
    ),
  foreignEvents: z
    .enum(['leave', 'acknowledge'])
    .default('acknowledge')
    .describe(
      'What to do with queued messages about domains and other objects: the queue shows only its oldest message, so `leave` stops it there. Acknowledged ones are stored first.',
    ),
  adminContact: contactId
    .optional()
    .describe('Id of the SSL contact that orders name as administrative contact.'),
  technicalContact: contactId
    .optional()
    .describe(
      'Id of the SSL contact that orders name as technical contact; default: the administrative one.',
    ),
});

/** The same with the password's source replaced by the secret, as a client is created with. */
export const resolvedConfigSchema = configSchema.extend(resolvedPassword);
export type InternetxConfig = z.output<typeof resolvedConfigSchema>;

export const orderSchema = z.strictObject({
  adminContact: contactId.optional().describe('Id of the SSL contact; default: the one of the provider.'),
  technicalContact: contactId
    .optional()
    .describe('Id of the SSL contact; default: the one of the provider, else the administrative contact.'),
  lifetimeMonths: z
    .int()
    .min(1)
    .max(36)
    .default(12)
    .describe('Paid term of a new or renewed certificate, in months.'),
  software: z
    .string()
    .regex(/^[A-Z0-9_]{1,32}$/)
    .default('APACHE2')
    .describe('Server software as the provider names it: APACHE2, APACHESSL, IIS5, PLESK, TOMCAT, NOT_SET.'),
  provisioning: z
    .boolean()
    .default(false)
    .describe(
      'Let InterNetX write the validation record itself. Only for zones it hosts for this account; renewd then publishes the same value, too.',
    ),
  transparency: z
    .enum(['PUBLIC', 'REDACTED'])
    .optional()
    .describe('Certificate transparency privacy; absent: as the provider does by default. JSON only.'),
  checkCaa: z
    .boolean()
    .default(false)
    .describe(
      'Have InterNetX check the CAA records when an order is prepared, before anything is paid. JSON only.',
    ),
  realtime: z
    .boolean()
    .default(false)
    .describe(
      'Order through the synchronous command, which answers with the certificate. For new certificates of the few products that have it, with the validation record already in place. JSON only.',
    ),
});

export type InternetxOrderOptions = z.output<typeof orderSchema>;
