/** Settings of a publisher that calls a program. */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { durationSchema } from '../../settings/duration-schema.ts';
import { secretSchema } from '../../settings/secret-schema.ts';
import { zoneSchema } from '../dns-name-schema.ts';
import { conventions } from './record-types.ts';

/** No byte that a program could not be given. */
const word = z.string().refine((text) => !text.includes('\0'), { error: 'holds a NUL character' });
const program = z
  .array(word)
  .min(1)
  .refine((argv) => argv[0] !== '', { error: 'names no program' });
const absolutePath = word.refine((text) => text.startsWith('/'), { error: 'must be an absolute path' });

/** Alone in `env`, these would make it look like the source of a secret; see settings/secret-schema.ts. */
const reserved: readonly string[] = ['env', 'file', 'command'];

const variables = z.record(
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable')
    .refine((name) => !reserved.includes(name), { error: `cannot be called ${reserved.join(', ')}` }),
  z.union([word, secretSchema]),
);

/** What each convention needs, and what would be written for nothing. */
const uses = {
  plain: { needs: ['command'], may: [] },
  'lego-exec': { needs: ['command'], may: [] },
  certbot: { needs: ['command', 'cleanup'], may: ['prefix'] },
  dehydrated: { needs: ['command'], may: ['prefix'] },
  'acme.sh': { needs: ['script'], may: ['acmesh'] },
} as const satisfies Record<string, { needs: readonly Key[]; may: readonly Key[] }>;

type Key = 'command' | 'cleanup' | 'script' | 'acmesh' | 'prefix';
const keys: readonly Key[] = ['command', 'cleanup', 'script', 'acmesh', 'prefix'];

export const configSchema = z
  .strictObject({
    convention: z
      .enum(conventions)
      .describe('How the program is called: see the table in the documentation of this publisher.'),
    zones: z
      .array(zoneSchema((name) => name !== ''))
      .min(1)
      .describe('Zones that the program can write.'),
    command: program
      .optional()
      .describe('Program and its first arguments; no shell. With certbot: the auth hook.'),
    cleanup: program.optional().describe('certbot only: the cleanup hook, program and its first arguments.'),
    script: absolutePath
      .refine((path) => /\/[A-Za-z_][A-Za-z0-9_]*(\.sh)?$/.test(path), {
        error: 'a dnsapi script is called like dns_cf.sh: its functions are named after it',
      })
      .optional()
      .describe('acme.sh only: the dnsapi script of your installation, e.g. /opt/acme.sh/dnsapi/dns_cf.sh.'),
    acmesh: absolutePath
      .optional()
      .describe(
        'acme.sh only: acme.sh itself, whose functions the script uses. Default: beside the dnsapi folder.',
      ),
    prefix: z
      .string()
      .regex(/^(_?[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)?$/i, 'a single label of a name, or nothing')
      .optional()
      .describe(
        'certbot and dehydrated only: the label that the hook itself puts before the domain. Default: _acme-challenge. "" for a hook that takes the name of the record.',
      ),
    env: variables
      .default({})
      .describe(
        'Environment variables of the program, each a text or the source of a secret. It sees PATH, HOME, LANG and these.',
      ),
    timeout: durationSchema
      .refine((ms) => ms >= 1000 && ms <= 600_000, { error: 'between 1s and 10m' })
      .default(120_000)
      .describe('How long one call may take, between 1s and 10m. Default: 2m.'),
  })
  .superRefine((config, context) => {
    const { needs, may } = uses[config.convention];
    const known: readonly Key[] = [...needs, ...may];
    for (const key of keys) {
      const written = config[key] !== undefined;
      const needed = needs.some((one) => one === key);
      if (written ? known.includes(key) : !needed) continue;
      const message = needed
        ? `convention ${config.convention} needs it`
        : `not used by convention ${config.convention}`;
      context.addIssue({ code: 'custom', path: [key], message, input: config[key] });
    }
  });

/** As written, once the secrets were read. */
export interface CommandConfig extends Omit<z.output<typeof configSchema>, 'env'> {
  readonly env: Readonly<Record<string, string | Secret>>;
}
