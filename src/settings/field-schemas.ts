/** Small pieces of the configuration that stand in several places. */
import { z } from 'zod';
import { formatEndpoint, readEndpoint } from './endpoints.ts';
import { readHostName } from './host-names.ts';

function refuse(context: z.core.$RefinementCtx, input: unknown, message: string, hint?: string): never {
  context.issues.push({
    code: 'custom',
    message,
    input,
    ...(hint === undefined ? {} : { params: { hint } }),
  });
  return z.NEVER;
}

/** Names of certificates, providers and publishers: they become file names and metric labels. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'must be 1 to 100 letters, digits, ".", "_" or "-", beginning with a letter or digit',
  );

/** A host name or wildcard as it stands in a certificate. */
export const certificateNameSchema = z.string().transform((text, context) => {
  const reading = readHostName(text);
  return 'name' in reading ? reading.name : refuse(context, text, reading.problem, reading.hint);
});

/** "host:port", normalised. @param defaultPort see `readEndpoint` */
export function endpointSchema(defaultPort?: number) {
  return z.string().transform((text, context) => {
    const reading = readEndpoint(text, defaultPort);
    return 'problem' in reading
      ? refuse(context, text, reading.problem, reading.hint)
      : { host: reading.host, port: reading.port };
  });
}

export const serverSchema = endpointSchema(53).transform(formatEndpoint);

/** File modes: quoted octal, because YAML reads 0640 as six hundred and forty. */
export const modeSchema = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `must be an octal mode in quotes, e.g. "0640"; without them YAML reads the number ${issue.input}`
        : 'must be an octal mode in quotes, e.g. "0640"',
  })
  .regex(/^0?[0-7]{3}$/, 'must be an octal mode of three digits, e.g. "0640"')
  .transform((text) => Number.parseInt(text, 8));

/** User or group: a name, or a number. */
export const accountSchema = z
  .union([
    z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/, 'is no user or group name'),
    z
      .int()
      .min(0)
      .max(2 ** 32 - 2),
  ])
  .transform(String);

/** A program and its arguments. */
export const commandSchema = z
  .array(z.string().max(4096), {
    error: (issue) =>
      typeof issue.input === 'string'
        ? 'must be a list of program and arguments, because no shell is used: [systemctl, reload, nginx]'
        : 'must be a list of program and arguments, e.g. [systemctl, reload, nginx]',
  })
  .min(1)
  .superRefine((argv, context) => {
    const program = argv[0] ?? '';
    if (program === '' || program.includes('\0')) {
      context.addIssue({ code: 'custom', message: 'the program is empty', path: [0] });
    } else if (/\s/.test(program) && !program.startsWith('/')) {
      context.addIssue({
        code: 'custom',
        message: 'the program has spaces in its name, and no shell is used to split it',
        path: [0],
        params: { hint: `write [${program.split(/\s+/).join(', ')}]` },
      });
    }
  });

export const pathTextSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'has a NUL character');

export const timezoneSchema = z.string().refine(isTimezone, {
  error: 'is no time zone of the IANA database, e.g. "Europe/Berlin" or "UTC"',
});

function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const monthNames = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const dayNames = 'sun|mon|tue|wed|thu|fri|sat';

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: string;
}

const fiveFields: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59, words: '' },
  { name: 'hour', min: 0, max: 23, words: '' },
  { name: 'day of month', min: 1, max: 31, words: '' },
  { name: 'month', min: 1, max: 12, words: monthNames },
  { name: 'day of week', min: 0, max: 7, words: dayNames },
];
const seconds: CronField = { name: 'second', min: 0, max: 59, words: '' };

/** What is wrong with a cron expression; undefined when it is right. Only what every cron reader understands. */
export function cronProblem(text: string, allowSeconds: boolean): string | undefined {
  const parts = text.trim().split(/\s+/);
  const fields = parts.length === 6 && allowSeconds ? [seconds, ...fiveFields] : fiveFields;
  if (parts.length !== fields.length) {
    return `has ${parts.length} field${parts.length === 1 ? '' : 's'}; ${allowSeconds ? '5, or 6 with seconds first,' : '5'} are needed`;
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((one) => isCronItem(one, field))) {
      return `has ${JSON.stringify(part)} as its ${field.name}; allowed are *, ${field.min}-${field.max}, lists with ",", steps with "/"`;
    }
  }
  return undefined;
}

function isCronItem(item: string, field: CronField): boolean {
  const match = /^(?:\*|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:\/([0-9]{1,3}))?$/i.exec(item);
  if (match === null) return false;
  const [, from, to, step] = match;
  // "5/10" without a range means different things to different readers.
  if (step !== undefined && (Number(step) === 0 || (from !== undefined && to === undefined))) return false;
  if (from === undefined) return true;
  const low = cronNumber(from, field);
  const high = to === undefined ? low : cronNumber(to, field);
  return low !== undefined && high !== undefined && low <= high;
}

function cronNumber(text: string, field: CronField): number | undefined {
  if (/^[0-9]{1,2}$/.test(text)) {
    const value = Number(text);
    return value >= field.min && value <= field.max ? value : undefined;
  }
  const index = field.words === '' ? -1 : field.words.split('|').indexOf(text.toLowerCase());
  return index === -1 ? undefined : index + (field.words === monthNames ? 1 : 0);
}

export function cronSchema(allowSeconds: boolean) {
  return z.string().transform((text, context) => {
    const problem = cronProblem(text, allowSeconds);
    if (problem === undefined) return text.trim().split(/\s+/).join(' ');
    return refuse(
      context,
      text,
      `the cron expression ${problem}`,
      'e.g. "0 3 * * sun": minute, hour, day of month, month, day of week',
    );
  });
}

/** Money with at most two decimals, as hundredths. */
export const amountSchema = z
  .number()
  .min(0)
  .max(1e9)
  .refine(
    (amount) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-6,
    'must have at most two decimals',
  )
  .transform((amount) => Math.round(amount * 100));
