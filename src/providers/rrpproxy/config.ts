/**
 * What the configuration may say about this provider: the account (`providers:`) and one order (`order:` of a
 * certificate). Parameter meanings: Reference Manual (2022), section 8.1.2.
 */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import { secretSchema } from '../../settings/secret-schema.ts';

/** One line, because the protocol cannot carry a line break. */
const lineSchema = z
  .string()
  .trim()
  .min(1)
  .max(250)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');

const handleSchema = lineSchema
  .regex(/^[A-Za-z0-9-]{3,40}$/, 'must be a contact handle, e.g. P-ABC123 or CC-12345678')
  .describe('Handle of an existing contact, e.g. P-ABC123 or CC-12345678.');

const phoneSchema = lineSchema
  .regex(/^\+[0-9. -]{5,30}$/, 'must begin with + and the country code, e.g. +49.301234567')
  .describe('Telephone number with country code, e.g. +49.301234567.');

const personSchema = z
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

const techContactSchema = z
  .union([handleSchema, personSchema])
  .describe('Technical contact: a handle, or the data of a person. DV classes of DigiCert demand one.');

const accountFields = {
  login: lineSchema.describe('Account name, or account:user for a role user.'),
  password: secretSchema.describe('Password of the account.'),
  environment: z
    .enum(['live', 'ote'])
    .default('live')
    .describe('live, or ote for the test environment, which has passwords of its own and bills nothing.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of the API; default: that of the environment. Must be https unless it is loopback.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency code of three capital letters')
    .default('EUR')
    .describe('Currency of the account, used where an answer names a price without one.'),
  defaultTechContact: techContactSchema.optional().describe('Technical contact of orders that name none.'),
  requestsPerSecond: z
    .number()
    .gt(0)
    .max(20)
    .default(1)
    .describe(
      'Most requests per second for the whole account; the provider publishes 1 and locks accounts above it.',
    ),
} as const;

const hosts = { live: 'api.rrpproxy.net', ote: 'api-ote.rrpproxy.net' } as const;

/** Test credentials at the live address would order for money. */
function matchesEnvironment(config: { environment: 'live' | 'ote'; url?: string | undefined }): boolean {
  const other = config.environment === 'live' ? hosts.ote : hosts.live;
  return config.url === undefined || URL.parse(config.url)?.hostname !== other;
}
const environmentMismatch = { path: ['url'], error: 'is the address of the other environment' };

/** As written in the configuration file. */
export const configSchema = z.strictObject(accountFields).refine(matchesEnvironment, environmentMismatch);

/** As handed to `create`: the secret is in place of its source. */
export const accountSchema = z
  .strictObject({ ...accountFields, password: z.instanceof(Secret) })
  .refine(matchesEnvironment, environmentMismatch);
export type Account = z.output<typeof accountSchema>;

export function accountUrl(account: Account): string {
  return account.url ?? `https://${hosts[account.environment]}/api/call.cgi`;
}

export const orderSchema = z.strictObject({
  period: z
    .string()
    .regex(/^(1|1y|[1-9]\d{0,2}d)$/, 'must be 1y, or days such as 365d')
    .optional()
    .describe(
      'Paid term: 1y, or 365d; DigiCert classes also take steps of seven days (7d, 14d, …). Default: one year.',
    ),
  serverType: lineSchema
    .optional()
    .describe(
      'Kind of server, e.g. nginx or apache; see section 9.2 of the manual. Default: that of the provider.',
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
