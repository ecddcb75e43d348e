/** Settings of a web root publisher. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { hostsSchema } from '../hosts-schema.ts';

export const configSchema = z.strictObject({
  path: z
    .string()
    .refine((path) => isAbsolute(path) && !path.includes('\0'), {
      error: 'an absolute path is needed, e.g. /var/www/html',
    })
    .describe('Directory that the web server serves as "/" over plain HTTP. Must exist.'),
  hosts: hostsSchema,
});

export type WebrootConfig = z.output<typeof configSchema>;
