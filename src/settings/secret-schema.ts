/**
 * How a secret is written in the configuration: where it comes from, never the secret itself. Provider and publisher
 * schemas use this for every password, key and token; the loader checks that the source can be read, and
 * `resolveSecrets` reads it when the part that needs it is created.
 *
 * No other setting may have exactly the shape {env}, {file} or {command}: secrets are recognised by it.
 */
import { z } from 'zod';
import type { SecretSource } from '../core/certificate.ts';

/** Said instead of zod's words when a secret is not one of the three forms. */
const secretForms = '{ env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }';

function complaint(input: unknown): string {
  if (typeof input === 'string' || typeof input === 'number') {
    return `a secret does not stand in the configuration itself; name where it comes from: ${secretForms}`;
  }
  if (input === undefined) return `a secret is missing; name where it comes from: ${secretForms}`;
  return `a secret is exactly one of ${secretForms}`;
}

export const secretSchema: z.ZodType<SecretSource, SecretSource> = z
  .union(
    [
      z.strictObject({
        env: z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
          .describe('Environment variable that holds the secret.'),
      }),
      z.strictObject({
        file: z
          .string()
          .min(1)
          .describe(
            'File that holds the secret; one newline at the end is dropped. Relative to the configuration file; `${NAME}` is replaced by the environment variable, e.g. `${CREDENTIALS_DIRECTORY}/password`.',
          ),
      }),
      z.strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe(
            'Program and arguments, run without a shell and for at most 10 s; the first line of its output is the secret.',
          ),
      }),
    ],
    { error: (issue) => complaint(issue.input) },
  )
  .describe(`A secret, by its source: ${secretForms}.`)
  .meta({ title: 'secret' });
