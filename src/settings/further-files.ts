/** Files of a set beside the five that every set has: formats that some server or program wants, each under a name of its own. */
import { z } from 'zod';
import { pkcs12Profiles, setFileFormats, setFiles } from '../core/certificate.ts';
import { accountSchema, modeSchema } from './field-schemas.ts';
import { secretSchema } from './secret-schema.ts';

const standardNames: ReadonlySet<string> = new Set(setFiles);
const keyFormats: ReadonlySet<string> = new Set(['key', 'combined', 'key-der', 'pkcs12']);

const fileNameSchema = z
  .string()
  .min(1)
  .max(100)
  .superRefine((name, context) => {
    const refuse = (message: string, hint: string): void =>
      context.addIssue({ code: 'custom', message, input: name, params: { hint } });
    if (/[/\\\0]/.test(name)) {
      refuse(
        'is a path; only the name of a file in the directory is wanted',
        'name another deploy target where it is to lie in another directory',
      );
    } else if (name.startsWith('.')) {
      refuse('begins with a dot; those names are for renewd itself', 'e.g. "shop.p12"');
    } else if (!/^[A-Za-z0-9_][A-Za-z0-9._+@-]*$/.test(name)) {
      refuse(
        'has characters that are not used in file names here',
        'letters, digits, ".", "_", "+", "@", "-"',
      );
    } else if (standardNames.has(name)) {
      refuse(
        'is one of the files that every set has, with a meaning of its own',
        `choose another name; ${setFiles.join(', ')} are always there`,
      );
    }
  });

const furtherFileSchema = z
  .strictObject({
    name: fileNameSchema.describe('Name of the file in the directory.'),
    format: z
      .enum(setFileFormats)
      .describe(
        'What it holds. In PEM: key, certificate (the leaf), chain, fullchain, combined (key, leaf and chain, as HAProxy reads it). In DER: key-der (PKCS #8), certificate-der. pkcs12: key, leaf and chain with a password. truststore: chain and root as trusted certificates, for Java.',
      ),
    password: secretSchema.optional().describe('Of a pkcs12 or truststore; required there.'),
    profile: z
      .enum(pkcs12Profiles)
      .optional()
      .describe(
        'Algorithms of a pkcs12 or truststore: modern (AES-256, SHA-256), or legacy (3DES, SHA-1) for what cannot read it: Java before 8u301, Windows before 10 1709 and Server 2019. Default: modern.',
      ),
    alias: z
      .string()
      .regex(/^[\x20-\x7e]{1,100}$/, 'must be 1 to 100 printable ASCII characters')
      .optional()
      .describe(
        'Name of the entry in a pkcs12, and beginning of those in a truststore. Default: the name of the certificate.',
      ),
    owner: accountSchema.optional().describe('User that owns this file. Default: that of the target.'),
    group: accountSchema.optional().describe('Group of this file. Default: that of the target.'),
    mode: modeSchema
      .optional()
      .describe('Mode of this file, in quotes. Default: keyMode where it holds the key, else mode.'),
  })
  .superRefine(({ format, password, profile, alias, mode }, context) => {
    const complain = (key: string, message: string, hint: string): void =>
      context.addIssue({ code: 'custom', message, path: key === '' ? [] : [key], params: { hint } });
    if (format === 'pkcs12' || format === 'truststore') {
      if (password === undefined) {
        complain('', `"password" is missing: format ${format} needs one`, 'password: { file: PATH }');
      }
    } else {
      const wrong = Object.entries({ password, profile, alias }).filter(([, value]) => value !== undefined);
      for (const [key] of wrong) {
        complain(key, `means nothing for format ${format}`, 'it belongs to pkcs12 and truststore');
      }
    }
    if (mode !== undefined && keyFormats.has(format) && (mode & 0o027) !== 0) {
      complain('mode', 'opens a file with the private key to others', '"0600" or "0640" is right');
    }
  });

export const furtherFilesSchema = z
  .array(furtherFileSchema)
  .max(20)
  .superRefine((files, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of files.entries()) {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          message: `another file of this target is named ${JSON.stringify(name)}, too`,
          path: [index, 'name'],
          params: { hint: 'give every file a name of its own' },
        });
      }
      seen.add(name);
    }
  })
  .describe(
    'Further files of the set, switched together with the others: formats and names that a server wants.',
  );

export type FurtherFileInput = z.output<typeof furtherFileSchema>;
