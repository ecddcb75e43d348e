/** Settings of a KeyDNS publisher: the account, as for the provider, and the zones. */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { accountFields, environmentMismatch, matchesEnvironment } from '../../vendors/rrpproxy/config.ts';
import { ownZoneSchema } from '../dns-name-schema.ts';

export const configSchema = z
  .strictObject({
    ...accountFields,
    zones: z
      .array(ownZoneSchema)
      .min(1)
      .describe(
        'Domains whose records it may write. Each is taken for a KeyDNS zone; one that is none is looked for among the zones above and below it.',
      ),
    ttlSeconds: z
      .int()
      .min(60)
      .max(86_400)
      .default(60)
      .describe('Time to live of the records, in seconds; KeyDNS raises anything below 60.'),
  })
  .refine(matchesEnvironment, environmentMismatch);

/** As written, once the secret was read. */
export interface KeydnsConfig extends Omit<z.output<typeof configSchema>, 'password'> {
  readonly password: Secret;
}
