/** Settings of an AutoDNS publisher. */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { accountFields } from '../../vendors/internetx/config.ts';
import { ownZoneSchema } from '../dns-name-schema.ts';

export const configSchema = z.strictObject({
  ...accountFields(4),
  zones: z
    .array(ownZoneSchema)
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
