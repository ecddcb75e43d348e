/** Settings of the built-in responder. */
import { z } from 'zod';
import { readEndpoint } from '../../settings/endpoints.ts';
import { hostsSchema } from '../hosts-schema.ts';

export const configSchema = z.strictObject({
  listen: z
    .string()
    .transform((text, context) => {
      const reading = readEndpoint(text);
      if (!('problem' in reading)) return reading;
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(text)} ${reading.problem}; ${reading.hint}`,
        input: text,
      });
      return z.NEVER;
    })
    .describe(
      'Address and port to listen on over plain HTTP, e.g. "0.0.0.0:80" where nothing else answers, or "127.0.0.1:8089" behind a proxy that passes /.well-known/pki-validation/ on with its Host header.',
    ),
  hosts: hostsSchema,
});

export type ResponderConfig = z.output<typeof configSchema>;
