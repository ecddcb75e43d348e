/** Settings of an RFC 2136 publisher. */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { parseServerAddress } from '../../dns/server-address.ts';
import { durationSchema } from '../../settings/duration-schema.ts';
import { secretSchema } from '../../settings/secret-schema.ts';
import { dnsNameSchema, ownZoneSchema } from '../dns-name-schema.ts';

export const configSchema = z.strictObject({
  server: z
    .string()
    .refine((text) => parseServerAddress(text) !== undefined, {
      error: 'not a server: host, host:port, or [IPv6 address]:port',
    })
    .describe(
      'Primary server of the zones: host, host:port, or [IPv6 address]:port. Port 53 unless written.',
    ),
  zones: z
    .array(ownZoneSchema)
    .min(1)
    .describe('Zones that this server lets the key write, as the server names them.'),
  key: z
    .strictObject({
      name: dnsNameSchema
        .refine((name) => name !== '', { error: 'a TSIG key has a name' })
        .describe(
          'Name of the TSIG key, exactly as in the server configuration; a final dot does not matter.',
        ),
      algorithm: z
        .enum(['hmac-sha256', 'hmac-sha512'])
        .default('hmac-sha256')
        .describe('Algorithm of the TSIG key.'),
      secret: secretSchema.describe('The key itself, base64 as `tsig-keygen` prints it.'),
    })
    .describe('TSIG key (RFC 8945) that signs every update.'),
  ttlSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Time to live of the records, in seconds. Short, so that a corrected value is soon seen.'),
  timeout: durationSchema
    .refine((ms) => ms >= 100 && ms <= 60_000, { error: 'between 100ms and 60s' })
    .default(5000)
    .describe('How long one exchange with the server may take, between 100ms and 60s. Default: 5s.'),
});

/** As written, once the secret was read. */
export interface Rfc2136Config extends Omit<z.output<typeof configSchema>, 'key'> {
  readonly key: Omit<z.output<typeof configSchema>['key'], 'secret'> & { readonly secret: Secret };
}
