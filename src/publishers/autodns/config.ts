/** Settings of an AutoDNS publisher. */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { canonicalName } from '../../dns/name.ts';
import { accountFields } from '../../vendors/internetx/config.ts';

const dnsName = z
  .string()
  .transform((text, context) => {
    try {
      return canonicalName(text);
    } catch {
      context.addIssue({
        code: 'custom',
        message: `not a domain name: ${JSON.stringify(text)}; labels of letters, digits and hyphens, internationalised ones in their xn-- form`,
        input: text,
      });
      return z.NEVER;
    }
  })
  .refine((name) => name !== '', { error: 'the root zone is not yours to write' });

export const configSchema = z.strictObject({
  ...accountFields(4),
  zones: z
    .array(dnsName)
    .min(1)
    .describe(
      'Domains whose records this account may write, with everything below them. The zones themselves are looked up in the account.',
    ),
  lookup: z
    .boolean()
    .default(true)
    .describe(
      'Look up in the account which zone a record lies in. When false, every entry of `zones` is a zone of exactly this name.',
    ),
  ttlSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(60)
    .describe('Time to live of the records, in seconds. Short, so that a corrected value is soon seen.'),
});

/** As written, once the secret was read. */
export interface AutodnsConfig extends Omit<z.output<typeof configSchema>, 'password'> {
  readonly password: Secret;
}
