/** The main configuration file, apart from what providers and publishers add for themselves. */
import { z } from 'zod';
import { dayMs, hourMs, minuteMs } from '../core/durations.ts';
import { certificateSchema, defaultsSchema } from './certificate-schema.ts';
import { durationSchema } from './duration-schema.ts';
import {
  amountSchema,
  cronSchema,
  nameSchema,
  pathTextSchema,
  serverSchema,
  timezoneSchema,
} from './field-schemas.ts';
import { listenSchema } from './listen-schema.ts';
import { heartbeatSchema } from './notice-schema.ts';

const limitFields = {
  ordersPerDay: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Paid orders within 24 hours. Default: no limit.'),
  perMonth: amountSchema
    .optional()
    .describe("Sum of the paid orders of a calendar month, in the account's currency. Default: no limit."),
  perOrder: amountSchema
    .optional()
    .describe("Price of one order, in the account's currency. Default: no limit."),
};

const spendSchema = z
  .strictObject({
    ...limitFields,
    priceTolerance: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        'An order that costs so many percent more than the same cost before is blocked. Default: 25.',
      ),
  })
  .describe('Limits of what may be spent at this provider; an order over a limit is blocked and shown.');

export type SpendInput = z.output<typeof spendSchema>;

const overallSpendSchema = z
  .strictObject(limitFields)
  .describe(
    'Limits over all providers together, beside those of each. Limits of money need one currency everywhere.',
  );

const revocationSchema = z
  .strictObject({
    check: z
      .boolean()
      .default(true)
      .describe(
        'Ask the CAs, by the revocation lists and OCSP responders that the certificates name, whether a certificate on disk is revoked. That is plain HTTP to port 80.',
      ),
    every: durationSchema
      .refine((ms) => ms >= hourMs && ms <= 7 * dayMs, { error: 'must be between 1h and 7d' })
      .default(dayMs)
      .describe('How often each certificate is looked up, at most; between 1h and 7d. Default: 24h.')
      .meta({ default: '24h' }),
  })
  .describe('A certificate that its CA has revoked is replaced at once, with a fresh key.');

/** What every provider has beside `type` and the keys of its type. */
export const providerFieldsSchema = z.strictObject({
  spend: spendSchema.default({}),
  lostAnswerGrace: durationSchema
    .refine((ms) => ms <= 7 * dayMs, { error: 'must be at most 7d' })
    .default(10 * minuteMs)
    .describe(
      "After a lost answer: how long the provider's list may lag behind before absence from it counts as proof that nothing was ordered. Default: 10m.",
    ),
});

const everyFiveMinutes = { cron: '*/5 * * * *', timezone: 'UTC' };

/** Keys whose value the loader takes apart itself have their schema here only for documents and editors. */
export const mainFields = {
  store: z
    .strictObject({
      sqlite: pathTextSchema
        .default('/var/lib/renewd/renewd.db')
        .describe(
          'Database file; made when it is missing. `${NAME}` is replaced by the environment variable.',
        ),
    })
    .default({ sqlite: '/var/lib/renewd/renewd.db' })
    .describe('Where renewals, orders and the ledger are kept.'),
  keys: pathTextSchema
    .default('/var/lib/renewd/keys')
    .describe(
      'Directory of private keys that wait for their certificate. `${NAME}` is replaced by the environment variable.',
    ),
  listen: listenSchema
    .default({ host: '127.0.0.1', port: 9464 })
    .describe(
      '"host:port" of the status page, /metrics, /healthz, /readyz and /status.json, which only read; false for none; or a mapping, which an address beyond loopback needs: it demands a token or a client certificate. Default: 127.0.0.1:9464.',
    ),
  schedule: z
    .union([
      cronSchema(true).transform((cron) => ({ cron, timezone: 'UTC' })),
      z.strictObject({
        cron: cronSchema(true).describe('Cron expression of 5 fields, or 6 with seconds first.'),
        timezone: timezoneSchema.default('UTC').describe('IANA time zone.'),
      }),
    ])
    .default(everyFiveMinutes)
    .describe(
      `When a pass over all certificates begins: a cron expression, or a mapping with its time zone. Default: "${everyFiveMinutes.cron}".`,
    ),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('The least important entries that are written.'),
    })
    .default({ level: 'info' })
    .describe('Log.'),
  resolvers: z
    .array(serverSchema)
    .max(16)
    .default([])
    .describe(
      'DNS servers to ask for delegations and CNAMEs: host or "host:port". Empty: those of the system.',
    ),
  authoritative: z
    .record(z.string().min(1), z.array(serverSchema).min(1).max(32))
    .default({})
    .describe(
      'For split horizons and tests: zone → servers to look at instead of those that the delegation names.',
    ),
  revocation: revocationSchema.default({ check: true, every: dayMs }),
  spend: overallSpendSchema.default({}),
  providers: z
    .record(nameSchema, z.unknown())
    .default({})
    .describe('Accounts at resellers, by a name of your choice.'),
  publishers: z
    .record(nameSchema, z.unknown())
    .default({})
    .describe('What puts proofs of domain control in place, by a name of your choice.'),
  notices: z
    .record(nameSchema, z.unknown())
    .default({})
    .describe('Channels to tell people by when something does not go on, by a name of your choice.'),
  heartbeat: heartbeatSchema
    .optional()
    .describe("Dead man's switch: a URL that is asked after passes, and raises the alarm when it is not."),
  defaults: defaultsSchema.default({}),
  certificates: z.array(certificateSchema).default([]).describe('Managed certificates.'),
  inventory: z
    .array(pathTextSchema)
    .max(100)
    .default([])
    .describe(
      'More files with certificates: paths or patterns (`*`, `**`, `?`), relative to this file, read in alphabetical order. Files whose name begins with a dot are left out of patterns.',
    ),
} as const;

export const mainSchema = z.strictObject(mainFields);
export type MainInput = z.output<typeof mainSchema>;
