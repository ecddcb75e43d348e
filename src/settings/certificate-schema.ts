/** One entry of the inventory, and the defaults that entries may lean on. What is left out stays absent here. */
import { z } from 'zod';
import { dcvMethods, keyTypes, probeProtocols } from '../core/certificate.ts';
import { dayMs } from '../core/durations.ts';
import { durationSchema } from './duration-schema.ts';
import {
  accountSchema,
  certificateNameSchema,
  cronSchema,
  endpointSchema,
  modeSchema,
  nameSchema,
  pathTextSchema,
  timezoneSchema,
} from './field-schemas.ts';
import { reloadSchema } from './reload-schema.ts';
import { furtherFilesSchema } from './further-files.ts';

function between(min: number, max: number, words: string) {
  return durationSchema.refine((ms) => ms >= min && ms <= max, { error: `must be ${words}` });
}

const keyTypeSchema = z.enum(keyTypes);

const keySchema = z
  .union([
    keyTypeSchema,
    z.strictObject({
      type: keyTypeSchema.optional().describe(`Key algorithm and size. Default: ecdsa-p256.`),
      reuse: z
        .boolean()
        .optional()
        .describe('Keep the present key at the next renewal instead of making a new one. Default: false.'),
      madeBy: z
        .enum(['us', 'provider'])
        .optional()
        .describe(
          'Who makes the key: renewd (us), or the provider, which then knows it. Only where the provider can. Default: us.',
        ),
    }),
  ])
  .transform((key) => (typeof key === 'string' ? { type: key } : key))
  .describe('Private key: its type alone (`key: rsa-2048`), or a mapping.');

export const dcvSchema = z
  .strictObject({
    method: z
      .enum(dcvMethods)
      .optional()
      .describe(
        'How control of the names is proved: a DNS record, a file on the web server, or e-mail. Default: dns.',
      ),
    record: z
      .enum(['txt', 'cname'])
      .optional()
      .describe('Record type for method dns. Default: txt where the provider has it.'),
    publisher: nameSchema
      .optional()
      .describe('Key of `publishers`. Default: the one whose zone or host fits each name best.'),
    approver: z
      .email('must be an e-mail address')
      .optional()
      .describe('For method email: the address that is asked.'),
    propagationTimeout: between(60_000, 14 * dayMs, 'between 1m and 14d')
      .optional()
      .describe('How long published evidence may stay invisible before the renewal fails. Default: 1h.'),
  })
  .describe('Domain control validation.');

const probeSchema = z.union([
  endpointSchema(),
  z.strictObject({
    host: z.string().min(1).max(253).describe('Host name or address to connect to.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('TCP port. Default: that of the protocol: 443, 25 (smtp), 143 (imap), 5432 (postgresql).'),
    protocol: z
      .enum(probeProtocols)
      .optional()
      .describe(
        'What is spoken before TLS begins: nothing (tls: HTTPS, IMAPS, LDAPS, …), STARTTLS of smtp or imap, or the SSLRequest of postgresql. Default: tls.',
      ),
    serverName: certificateNameSchema
      .optional()
      .describe(
        'SNI to send. Default: the host, or the first name of the certificate when the host is an address.',
      ),
  }),
]);

const targetFields = {
  owner: accountSchema
    .optional()
    .describe('User that owns the files, by name or number. Default: the user of the daemon.'),
  group: accountSchema
    .optional()
    .describe('Group of the files, by name or number. Default: the group of the daemon.'),
  mode: modeSchema.optional().describe('Mode of the files without a key, in quotes. Default: "0644".'),
  keyMode: modeSchema
    .refine((mode) => (mode & 0o007) === 0, {
      error: 'lets everyone on this host at the private key',
      params: { hint: 'the last digit must be 0, e.g. "0640"' },
    })
    .optional()
    .describe(
      'Mode of the files with the private key, in quotes. Default: "0640" where a group is set, else "0600".',
    ),
  files: furtherFilesSchema.optional(),
  readableBy: z
    .string()
    .regex(
      /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*\$?)?$/,
      'must be a user, or user and group: "nginx", "haproxy:tls"',
    )
    .transform((text) => {
      const [user = '', group] = text.split(':');
      return { user, ...(group === undefined ? {} : { group }) };
    })
    .optional()
    .describe(
      'User, or user:group, that must be able to read the files: nothing is switched when a directory on the way, a mode or an ACL forbids it. For servers that read them without being root. Default: not checked.',
    ),
  reload: reloadSchema.optional(),
  reloadTimeout: between(100, 3_600_000, 'between 100ms and 1h')
    .optional()
    .describe('How long the reload command may take. Default: 60s.'),
  probe: z
    .array(probeSchema)
    .max(100)
    .optional()
    .describe('Endpoints that must serve the new certificate after the reload: "host:port", or mappings.'),
  probeTimeout: between(100, 3_600_000, 'between 100ms and 1h')
    .optional()
    .describe(
      'How long an endpoint may go on serving the old certificate before the previous set is put back. Default: 60s.',
    ),
  keepSets: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('How many earlier sets stay beside the current one. Default: 3.'),
} as const;

export const deploySchema = z.strictObject({
  directory: pathTextSchema.describe(
    'Directory of the set: privkey.pem, cert.pem, chain.pem, fullchain.pem, combined.pem. Of this certificate alone; relative to the file.',
  ),
  ...targetFields,
});

const windowSchema = z.strictObject({
  cron: cronSchema(false).describe('When the window opens: minute, hour, day of month, month, day of week.'),
  duration: between(60_000, 366 * dayMs, 'between 1m and 366d').describe('How long it stays open.'),
  timezone: timezoneSchema.default('UTC').describe('IANA time zone of the cron expression.'),
});

const windowsSchema = z
  .strictObject({
    order: z
      .array(windowSchema)
      .min(1)
      .max(50)
      .optional()
      .describe('When paid calls may be made. Default: always.'),
    deploy: z
      .array(windowSchema)
      .min(1)
      .max(50)
      .optional()
      .describe('When files may be switched and servers reloaded. Default: always.'),
  })
  .describe('Maintenance windows. When too little life is left, renewd acts outside of them and says so.');

const leadSchema = between(3_600_000, 200 * dayMs, 'between 1h and 200d');

const failoverSchema = z
  .strictObject({
    provider: nameSchema.describe('Key of `providers`; it needs a limit of spending.'),
    product: z.string().min(1).max(100).describe("That provider's product or class."),
    order: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Settings of the order that only that provider knows.'),
    record: z
      .enum(['txt', 'cname'])
      .optional()
      .describe('Record type for method dns there. Default: txt where the provider has it.'),
  })
  .describe(
    'A second provider, asked for a new order only when too little life is left (1/20) and the first gets nowhere: it is down, refuses, or waits for a person. An order that is paid for is never given up for it.',
  );

export type FailoverInput = z.output<typeof failoverSchema>;

const sharedFields = {
  provider: nameSchema.optional().describe('Key of `providers`.'),
  product: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("The provider's product or class, as the provider spells it."),
  order: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Settings of the order that only this provider knows: contacts, period, server type; see the provider.',
    ),
  key: keySchema.optional(),
  dcv: dcvSchema.optional(),
  lead: leadSchema
    .optional()
    .describe(
      'How long before the end of its life a certificate is replaced. Default: a third of its lifetime, within limits.',
    ),
  windows: windowsSchema.optional(),
  failover: failoverSchema.optional(),
} as const;

export const defaultsSchema = z
  .strictObject({
    ...sharedFields,
    deploy: z
      .strictObject(targetFields)
      .optional()
      .describe('Defaults of every deploy target: all of its keys but `directory`.'),
  })
  .describe(
    'What entries lean on where they say nothing. An entry goes before the defaults of its file, those before the defaults of the main file. `product` and `order` belong to the `provider` beside them: they are left out where an entry names another provider.',
  );

export const certificateSchema = z
  .strictObject({
    name: nameSchema.describe('Unique name of the entry; it stands in commands, metrics and logs.'),
    names: z
      .array(certificateNameSchema)
      .min(1)
      .max(1000)
      .describe(
        'Host names of the certificate; the first becomes its common name. Wildcards as "*.example.com"; internationalised names in either form.',
      ),
    ...sharedFields,
    deploy: z.array(deploySchema).max(100).optional().describe('Where the certificate goes on this host.'),
    crt: pathTextSchema
      .optional()
      .describe(
        'The certificate file that is looked at. Default: fullchain.pem in the first deploy directory. Relative to the file.',
      ),
    allowDroppingNames: z
      .boolean()
      .default(false)
      .describe(
        'Permit a new certificate that lacks names of the present one; some CAs revoke the earlier certificate then.',
      ),
    hold: z.boolean().default(false).describe('Paused: looked at and shown, never acted on.'),
    trustAnchors: z
      .array(pathTextSchema)
      .max(100)
      .default([])
      .describe('PEM files with further roots that the chain may end at. Relative to the file.'),
  })
  .describe('One managed certificate: what should exist.');

export const inventorySchema = z
  .union([
    z.array(certificateSchema),
    z.strictObject({
      defaults: defaultsSchema.optional(),
      certificates: z.array(certificateSchema).describe('Managed certificates.'),
    }),
  ])
  .describe(
    'A file of the inventory: a list of certificates, or a mapping with `certificates` and `defaults`.',
  );

export type CertificateInput = z.output<typeof certificateSchema>;
export type DefaultsInput = z.output<typeof defaultsSchema>;
