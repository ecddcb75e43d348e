/** The `hosts` setting of publishers that serve files. */
import { z } from 'zod';
import { readHostName } from '../settings/host-names.ts';

export const hostsSchema = z
  .array(
    z.string().transform((text, context) => {
      const reading = readHostName(text);
      if ('name' in reading && !reading.name.startsWith('*.')) return reading.name;
      const problem =
        'name' in reading ? 'is a wildcard; a file proves control of one host' : reading.problem;
      context.addIssue({
        code: 'custom',
        message: `the host ${JSON.stringify(text)} ${problem}`,
        input: text,
      });
      return z.NEVER;
    }),
  )
  .default([])
  .describe('Hosts whose proofs go here, e.g. "www.example.com". Empty: any host.');
