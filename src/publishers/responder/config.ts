/** Settings of the built-in responder. */
import { z } from 'zod';
import { readEndpoint, type Endpoint } from '../../settings/endpoints.ts';
import { hostsSchema } from '../hosts-schema.ts';

/** An address of our own, or sockets that systemd passes on: those of one name, or null for all of them. */
export type ResponderListen = Endpoint | { readonly passed: string | null };

/** A name begins with a letter, so that "systemd:80" stays port 80 of a host of that name. */
function readListen(text: string): ResponderListen | { readonly problem: string; readonly hint: string } {
  const passed = /^systemd(?::(?<name>[A-Za-z][\w.-]{0,254}))?$/.exec(text);
  return passed === null ? readEndpoint(text) : { passed: passed.groups?.['name'] ?? null };
}

export const configSchema = z.strictObject({
  listen: z
    .string()
    .transform((text, context) => {
      const reading = readListen(text);
      if (!('problem' in reading)) return reading;
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(text)} ${reading.problem}; ${reading.hint}`,
        input: text,
      });
      return z.NEVER;
    })
    .describe(
      'Address and port to listen on over plain HTTP, e.g. "0.0.0.0:80" where nothing else answers, or "127.0.0.1:8089" behind a proxy that passes /.well-known/pki-validation/ on with its Host header. `systemd` takes every socket that a socket unit passes on (systemd/renewd-responder.socket), `systemd:NAME` those with that `FileDescriptorName=`.',
    ),
  hosts: hostsSchema,
});

export type ResponderConfig = z.output<typeof configSchema>;
