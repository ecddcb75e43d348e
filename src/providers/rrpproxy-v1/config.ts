/** What the configuration may say about this provider: the account (`providers:`) and one order (`order:`). */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import { accountFields, environmentMismatch, matchesEnvironment } from '../../vendors/rrpproxy/config.ts';
import { lineSchema } from '../../vendors/command-text/line-schema.ts';

/** As written in the configuration file. */
export const configSchema = z.strictObject(accountFields).refine(matchesEnvironment, environmentMismatch);

/** As handed to `create`: the secret is in place of its source. */
export const accountSchema = z
  .strictObject({ ...accountFields, password: z.instanceof(Secret) })
  .refine(matchesEnvironment, environmentMismatch);

export const orderSchema = z.strictObject({
  algorithm: lineSchema
    .optional()
    .describe('Signature hash of the reissued certificate; default: the one that is valid at the CA.'),
});
export type OrderOptions = z.output<typeof orderSchema>;
