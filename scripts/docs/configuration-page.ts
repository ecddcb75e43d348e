/** docs/configuration.md: every key of the configuration, from the schemas. */
import { channelSchemas } from '../../src/settings/notice-schema.ts';
import type { SchemaSet } from '../../src/settings/schema-set.ts';
import {
  certificateJsonSchema,
  channelFieldsJsonSchema,
  jsonSchemaOf,
  mainOnlyJsonSchema,
  providerFieldsJsonSchema,
} from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

const intro = `# Configuration

<!-- Made by scripts/generate-docs.ts from the schemas in src/settings, src/providers and src/publishers. -->

One main file, usually \`/etc/renewd/renewd.yaml\`, and any number of inventory files with more certificates. Complete examples:
[config/renewd.example.yaml](../config/renewd.example.yaml), [config/inventory.example.yaml](../config/inventory.example.yaml).
\`renewd check\` reports every mistake in all files at once, with file, line and column. For completion in an editor, begin a file
with \`# yaml-language-server: $schema=…/config/renewd.schema.json\` (or \`inventory.schema.json\`).

## Rules of the format

`;

/** Of the format, one bullet each. */
export const rules: readonly string[] = [
  `YAML 1.2, UTF-8, one document, at most 8 MiB per file, at most 100 000 certificates in all. \`yes\` and \`on\` are text: write \`true\`. Unknown keys, repeated keys, tags (\`!…\`) and merge keys (\`<<\`) are refused. Aliases (\`*name\`) are allowed.`,
  `**Durations** are text with units ms, s, m, h, d, w: \`30s\`, \`1h30m\`, \`14d\`.`,
  `**File modes** are octal in quotes: \`"0640"\`.`,
  `**Paths** that are relative begin at the directory of the file they stand in. \`\${NAME}\` is replaced by an environment variable in \`store\`, \`keys\` and the \`file\` of a secret, and nowhere else.`,
  `**Secrets** never stand in the configuration. Where one is needed, name its source: \`{ env: NAME }\`, \`{ file: PATH }\` (one newline at the end is dropped) or \`{ command: [PROGRAM, ARGUMENT, …] }\` (no shell, the daemon's environment, at most 10 s, the first line of the output). It is read again whenever a provider or publisher is set up or a notice is sent, so a rotated secret counts at once.`,
  `**Host names** may be written with their own letters or as \`xn--\` labels. Addresses and underscores are refused.`,
  `**Defaults**: an entry goes before the \`defaults\` of its file, those before the \`defaults\` of the main file, key by key. \`product\` and \`order\` in defaults belong to the \`provider\` beside them: they are left out where an entry names another one.`,
  `A file change or SIGHUP loads everything again. With an error anywhere the old configuration keeps running; warnings are shown and do not hinder.`,
];

interface Row {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

function isSecret(schema: JsonSchema): boolean {
  return schema.title === 'secret';
}

function typeOf(schema: JsonSchema): string {
  if (isSecret(schema)) return 'secret';
  if (schema.title === 'duration') return 'duration';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.map(typeOf))].join(' or ');
  if (schema.type === 'array') return schema.items === undefined ? 'list' : `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object') return 'mapping';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'integer') return `whole number${rangeOf(schema)}`;
  if (schema.type === 'number') return `number${rangeOf(schema)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  return 'any';
}

function rangeOf(schema: JsonSchema): string {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const isBounded = high !== undefined && Math.abs(high) < Number.MAX_SAFE_INTEGER;
  const isFloored = low !== undefined && Math.abs(low) < Number.MAX_SAFE_INTEGER;
  const from = `${schema.minimum === undefined ? 'over ' : ''}${String(low)}`;
  if (isFloored && isBounded) return ` (${from} to ${high})`;
  if (isFloored) return schema.minimum === undefined ? ` (${from})` : ` (${from} or more)`;
  return isBounded ? ` (at most ${high})` : '';
}

/** The keys of a mapping, and below each those of the mappings inside. */
function* rowsOf(schema: JsonSchema, prefix: string): Generator<Row> {
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined && !isSecret(schema)) {
    const seen = new Set<string>();
    for (const option of options) {
      for (const row of rowsOf(option, prefix)) {
        if (seen.has(row.key)) continue;
        seen.add(row.key);
        yield row;
      }
    }
    return;
  }
  if (schema.type === 'array' && schema.items !== undefined) {
    yield* rowsOf(schema.items, `${prefix}[]`);
    return;
  }
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    yield { key: path, schema: value, isRequired: schema.required?.includes(key) ?? false };
    if (!isSecret(value)) yield* rowsOf(value, path);
  }
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export interface KeyRow {
  readonly key: string;
  readonly type: string;
  /** Empty where there is none. */
  readonly fallback: string;
  readonly meaning: string;
}

export function keyRows(schema: JsonSchema, leftOut: readonly string[] = []): readonly KeyRow[] {
  return [...rowsOf(schema, '')]
    .filter(({ key }) => !leftOut.some((one) => key.startsWith(`${one}.`) || key.startsWith(`${one}[]`)))
    .map(({ key, schema: value, isRequired }) => ({
      key,
      type: typeOf(value),
      fallback: isRequired
        ? '**required**'
        : value.default === undefined
          ? ''
          : `\`${JSON.stringify(value.default)}\``,
      meaning: meaning(value),
    }));
}

function table(schema: JsonSchema, leftOut: readonly string[] = []): string {
  const lines = ['| key | type | default | meaning |', '|---|---|---|---|'];
  for (const { key, type, fallback, meaning: says } of keyRows(schema, leftOut))
    lines.push(`| \`${key}\` | ${cell(type)} | ${cell(fallback)} | ${cell(says)} |`);
  return lines.join('\n');
}

function meaning(schema: JsonSchema): string {
  // The unit rules stand at the top of the page; repeating them with every duration hides the rest.
  const examples = schema.title === 'duration' ? [] : (schema.examples ?? []);
  const shown =
    examples.length === 0 ? '' : ` E.g. ${examples.map((one) => `\`${String(one)}\``).join(', ')}.`;
  return `${schema.description ?? schema.items?.description ?? ''}${shown}`;
}

/** A part of the reference. */
export interface Section {
  readonly level: 2 | 3;
  readonly heading: string;
  readonly text: string;
  readonly schema?: JsonSchema;
  readonly leftOut: readonly string[];
}

function section(
  level: Section['level'],
  heading: string,
  text: string,
  schema?: JsonSchema,
  leftOut: readonly string[] = [],
): Section {
  return { level, heading, text, leftOut, ...(schema === undefined ? {} : { schema }) };
}

export function configurationSections(set: SchemaSet): readonly Section[] {
  const parts = [
    section(2, 'Main file', '', mainOnlyJsonSchema(), [
      'certificates',
      'defaults',
      'providers',
      'publishers',
      'notices',
    ]),
    section(
      2,
      'Certificates',
      'An entry of `certificates` in the main file or in an inventory file. `defaults` has the same keys from `provider` to `windows`, and under `deploy` those of a target without `directory`.',
      certificateJsonSchema(),
    ),
    section(
      2,
      'Inventory files',
      'Named by `inventory`. Either a list of certificates, or a mapping with `certificates` and, if wanted, `defaults`.',
    ),
    section(
      2,
      'Providers',
      'Entries of `providers`, by a name of your choice. Each has `type`, the keys of that type, and these:',
      providerFieldsJsonSchema(),
    ),
  ];
  for (const [type, { displayName, configSchema, orderSchema }] of Object.entries(set.providers)) {
    parts.push(
      section(3, `\`type: ${type}\` — ${displayName}`, '', jsonSchemaOf(configSchema)),
      section(3, `\`order\` of a certificate at \`${type}\``, '', jsonSchemaOf(orderSchema)),
    );
  }
  parts.push(
    section(
      2,
      'Publishers',
      'Entries of `publishers`, by a name of your choice. Each has `type` and the keys of that type.',
    ),
  );
  for (const [type, { displayName, configSchema, kind }] of Object.entries(set.publishers))
    parts.push(
      section(3, `\`type: ${type}\` — ${displayName} (method ${kind})`, '', jsonSchemaOf(configSchema)),
    );
  parts.push(
    section(
      2,
      'Notices',
      'Entries of `notices`, by a name of your choice: [notices.md](notices.md). Each has `type`, the keys of that type, and these:',
      channelFieldsJsonSchema(),
    ),
  );
  for (const [type, { displayName, configSchema }] of Object.entries(channelSchemas))
    parts.push(section(3, `\`type: ${type}\` — ${displayName}`, '', jsonSchemaOf(configSchema)));
  return parts;
}

export function configurationPage(set: SchemaSet): string {
  const parts = [`${intro}${rules.map((rule) => `- ${rule}`).join('\n')}\n`];
  for (const { level, heading, text, schema, leftOut } of configurationSections(set)) {
    parts.push(`${'#'.repeat(level)} ${heading}\n`);
    if (text !== '') parts.push(`${text}\n`);
    if (schema !== undefined) parts.push(`${table(schema, leftOut)}\n`);
  }
  return parts.join('\n');
}
