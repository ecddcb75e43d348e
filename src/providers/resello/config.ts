/** Settings of a Resello account (`providers:`) and of an order (`order:` of a managed certificate). */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import { secretSchema } from '../../settings/secret-schema.ts';

export const configSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe(
      'Base URL of the API, as your reseller tells you. No public document names one, so there is no default.',
    ),
  username: z.string().min(1).describe('The API user name.'),
  apiKey: secretSchema.describe('The API key of that user.'),
  requestsPerSecond: z
    .number()
    .positive()
    .max(20)
    .default(1)
    .describe(
      'Most requests per second of this account. No limit is documented; 1 is what renewd allows itself.',
    ),
});

/** The same with the key's source replaced by the secret, as a client is created with. */
export const resolvedConfigSchema = configSchema.extend({ apiKey: z.instanceof(Secret) });
export type ReselloConfig = z.output<typeof resolvedConfigSchema>;

const line = z.string().min(1).max(255);

/** What organisation and extended validation cannot do without (vendor document, rows marked "OV* and EV*"). */
const vettedFields = ['chamberOfCommerce', 'department', 'approverFirstName', 'approverLastName'] as const;

export const orderSchema = z
  .strictObject({
    validation: z
      .enum(['dv', 'ov', 'ev'])
      .default('dv')
      .describe(
        'Kind of validation of the plan; `ov` and `ev` make the fields about the organisation required.',
      ),
    chamberOfCommerce: line.optional().describe('Chamber of commerce number. Required for ov and ev.'),
    companyName: line
      .optional()
      .describe('Company name; absent: the one in the CSR, which renewd does not set.'),
    department: line.optional().describe('Department. Required for ov and ev.'),
    address: line.optional().describe('Street address.'),
    zipCode: line.optional().describe('Postal code.'),
    city: line.optional().describe('City.'),
    approverFirstName: line.optional().describe('First name of the approver. Required for ov and ev.'),
    approverLastName: line.optional().describe('Last name of the approver. Required for ov and ev.'),
    approverEmail: z
      .email()
      .optional()
      .describe('E-mail address of the approver. With e-mail validation `dcv.approver` takes its place.'),
    approverPhone: z
      .string()
      .regex(/^\+\d{1,3}\.\d{4,14}$/, 'a phone number is written like +31.612345678')
      .optional()
      .describe('Phone number of the approver, e.g. +31.612345678.'),
    encryptionEverywhereOrder: line
      .optional()
      .describe('Encryption Everywhere order number that a new certificate upgrades.'),
  })
  .superRefine((order, context) => {
    if (order.validation === 'dv') return;
    for (const field of vettedFields) {
      if (order[field] !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `required for ${order.validation} certificates`,
        input: undefined,
      });
    }
  });
export type ReselloOrderOptions = z.output<typeof orderSchema>;
