/** `listen`: where the status page, metrics and health are, and who may read them. */
import { z } from 'zod';
import type { ListenSettings } from '../core/certificate.ts';
import { readEndpoint } from './endpoints.ts';
import { pathTextSchema } from './field-schemas.ts';
import { secretSchema } from './secret-schema.ts';

const addressSchema = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `must be "host:port" or false; for this host alone write "127.0.0.1:${issue.input}"`
        : 'must be "host:port", false, or a mapping with "address"',
  })
  .transform((text, context) => {
    const reading = readEndpoint(text);
    if (!('problem' in reading)) return { host: reading.host, port: reading.port };
    context.addIssue({
      code: 'custom',
      message: reading.problem,
      params: { hint: 'e.g. "127.0.0.1:9464", or false' },
    });
    return z.NEVER;
  });

const hostNameSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._-]+$/, 'must be a host name without a port')
  .transform((name) => name.toLowerCase());

const guardedSchema = z
  .strictObject({
    address: addressSchema.describe('"host:port".'),
    token: secretSchema
      .optional()
      .describe(
        'What a reader has to show: a scraper as `Authorization: Bearer`, a browser as the password of any user. At least 16 characters. Read again when the configuration is.',
      ),
    tls: z
      .strictObject({
        certificate: pathTextSchema.describe(
          'PEM file with the certificate and its chain. Read again when it changes.',
        ),
        key: pathTextSchema.describe('PEM file with its private key. Read again when it changes.'),
        clientCa: pathTextSchema
          .optional()
          .describe(
            'PEM file with CAs: only clients with a certificate of one of them can connect, /healthz included.',
          ),
      })
      .optional()
      .describe('HTTPS instead of HTTP. Paths may hold `${NAME}` of environment variables.'),
    hosts: z
      .array(hostNameSchema)
      .max(64)
      .optional()
      .describe(
        'Further names by which browsers and proxies may ask for the page. IP addresses, localhost and the name in `address` may always; where a token or client certificate is needed, any name may.',
      ),
    allowUnauthenticated: z
      .boolean()
      .optional()
      .describe(
        'Let everybody who reaches an address beyond loopback read everything. Only behind a proxy with a login, or a firewall.',
      ),
  })
  .transform(({ address, ...rest }): ListenSettings => ({
    ...address,
    ...(rest.token === undefined ? {} : { token: rest.token }),
    ...(rest.tls === undefined
      ? {}
      : {
          tls: {
            certificate: rest.tls.certificate,
            key: rest.tls.key,
            ...(rest.tls.clientCa === undefined ? {} : { clientCa: rest.tls.clientCa }),
          },
        }),
    ...(rest.hosts === undefined ? {} : { hosts: rest.hosts }),
    ...(rest.allowUnauthenticated === undefined ? {} : { allowUnauthenticated: rest.allowUnauthenticated }),
  }));

export const listenSchema = z.union([
  z.literal(false),
  addressSchema.transform((address): ListenSettings => address),
  guardedSchema,
]);
