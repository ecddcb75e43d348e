/** `notices` and `heartbeat`: whom to tell, and who is to notice that nothing is told any more. */
import { z } from 'zod';
import { dayMs, minuteMs, secondMs } from '../core/durations.ts';
import { noticeLevels, urlProblem, type ChannelConfig } from '../core/notices.ts';
import { durationSchema } from './duration-schema.ts';
import { isLoopback } from './endpoints.ts';
import { commandSchema } from './field-schemas.ts';
import { secretSchema } from './secret-schema.ts';

const plainUrlSchema = z.string().superRefine((text, context) => {
  const problem = urlProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** A text, or the source of one: many services put a token into the URL. */
const urlSchema = z.union([plainUrlSchema, secretSchema]);

const timeoutSchema = durationSchema.refine((ms) => ms >= secondMs && ms <= 5 * minuteMs, {
  error: 'must be between 1s and 5m',
});

/** An address alone, without a display name, so that nothing in it can end a header or begin another one. */
const addressSchema = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    'must be a mail address alone, e.g. "renewd@example.com"',
  );

/** What every channel has beside `type` and the keys of its type. */
export const channelFieldsSchema = z.strictObject({
  levels: z
    .array(z.enum(noticeLevels))
    .min(1)
    .default([...noticeLevels])
    .describe('What this channel is told. Default: everything.'),
  repeat: durationSchema
    .refine((ms) => ms >= minuteMs && ms <= 30 * dayMs, { error: 'must be between 1m and 30d' })
    .default(dayMs)
    .describe('An urgent or expired trouble that stays is told again after this. Default: 24h.'),
});

const webhookSchema = z
  .strictObject({
    url: urlSchema.describe(
      'Where the notice is posted as JSON: https, or http to a loopback address. A URL that holds a token is better named as a secret.',
    ),
    secret: secretSchema.describe('Key of the HMAC-SHA-256 signature that each request carries.'),
    timeout: timeoutSchema.default(15 * secondMs).describe('How long one request may take. Default: 15s.'),
  })
  .transform(({ timeout, ...rest }): ChannelConfig => ({ type: 'webhook', ...rest, timeoutMs: timeout }));

const smtpHostSchema = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)$/,
    'must be a host name or an address',
  );

const smtpSchema = z
  .strictObject({
    host: smtpHostSchema.describe('Mail server.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Default: 587 with `starttls`, 465 with `implicit`, 25 with `none`.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .optional()
      .describe(
        '`none` is accepted for a loopback host only. Default: `implicit` at port 465, `none` at a loopback host, else `starttls`.',
      ),
    from: addressSchema.describe('Sender.'),
    to: z.array(addressSchema).min(1).max(20).describe('Recipients.'),
    user: z.string().min(1).max(256).optional().describe('Login at the mail server; needs `password`.'),
    password: secretSchema.optional().describe('Password of `user`.'),
    timeout: timeoutSchema.default(minuteMs).describe('How long one mail may take. Default: 1m.'),
  })
  .superRefine(({ host, tls, user, password }, context) => {
    if (tls === 'none' && !isLoopback(host)) {
      context.addIssue({
        code: 'custom',
        path: ['tls'],
        message: 'only mail to a loopback host may go without TLS',
        params: { hint: 'starttls or implicit' },
      });
    }
    if ((user === undefined) !== (password === undefined)) {
      const path = user === undefined ? 'password' : 'user';
      context.addIssue({ code: 'custom', path: [path], message: '`user` and `password` need each other' });
    }
  })
  .transform(({ host, port, tls, from, to, user, password, timeout }): ChannelConfig => {
    const fallback = port === 465 ? 'implicit' : isLoopback(host) ? 'none' : 'starttls';
    const chosen = tls ?? fallback;
    return {
      type: 'smtp',
      host,
      from,
      to,
      tls: chosen,
      port: port ?? { starttls: 587, implicit: 465, none: 25 }[chosen],
      ...(user === undefined || password === undefined ? {} : { user, password }),
      timeoutMs: timeout,
    };
  });

const commandChannelSchema = z
  .strictObject({
    command: commandSchema.describe(
      'Program and arguments, run without a shell. It gets the notice as JSON on its standard input.',
    ),
    timeout: timeoutSchema.default(30 * secondMs).describe('How long it may run. Default: 30s.'),
  })
  .transform(({ timeout, ...rest }): ChannelConfig => ({ type: 'command', ...rest, timeoutMs: timeout }));

export const channelSchemas = {
  webhook: { displayName: 'JSON to a URL, signed', configSchema: webhookSchema },
  smtp: { displayName: 'E-mail by SMTP', configSchema: smtpSchema },
  command: { displayName: 'A program of yours', configSchema: commandChannelSchema },
} as const;

export const heartbeatSchema = z
  .strictObject({
    url: urlSchema.describe(
      'Asked with GET after a pass, while the configuration files are valid: https, or http to a loopback address. Most services put a token into it: then name it as a secret.',
    ),
    interval: durationSchema
      .refine((ms) => ms >= 10 * secondMs && ms <= dayMs, { error: 'must be between 10s and 24h' })
      .default(5 * minuteMs)
      .describe('About so often at most. Default: 5m.'),
  })
  .transform(({ url, interval }) => ({ url, intervalMs: interval }));
