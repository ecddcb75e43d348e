/** Settings of a HEXONET DNS publisher: the account, and the zones it may write. */
import { z } from 'zod';
import { accountFields, refineAccount, resolvedFields, type Account } from '../../vendors/hexonet/config.ts';
import { zoneSchema } from '../dns-name-schema.ts';

// A name of one label is a top-level domain: nobody's zone.
const ownZone = zoneSchema((name) => name.includes('.'));

const ownFields = {
  zones: z
    .array(ownZone)
    .min(1)
    .optional()
    .describe('Zones that may be written. Default: all that the account lists when the publisher is made.'),
  ttlSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Time to live of the records, in seconds. Short, so that a corrected value is soon seen.'),
} as const;

/** As written in the configuration file. */
export const configSchema = z.strictObject({ ...accountFields, ...ownFields }).superRefine(refineAccount);

/** As handed to `create`: parsed once already, so that only the secret differs. */
export const resolvedSchema = z.strictObject({ ...resolvedFields, ...ownFields }).superRefine(refineAccount);

export interface HexonetDnsConfig {
  readonly account: Account;
  readonly zones: readonly string[] | undefined;
  readonly ttlSeconds: number;
}
