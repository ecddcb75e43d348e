/** Every place in the configuration where a secret may stand, read from the schemas and from nothing else. */
import { z } from 'zod';
import { mainSchema } from '../../src/settings/main-schema.ts';
import { channelSchemas } from '../../src/settings/notice-schema.ts';
import { schemas } from '../../src/settings/schemas.ts';

export interface SecretKey {
  /** "providers/rrpproxy/password"; "*" is a key of the operator's own choice. */
  readonly name: string;
  readonly section: 'providers' | 'publishers' | 'notices' | 'main';
  /** Empty for the main file. */
  readonly type: string;
  readonly path: readonly string[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The one shape that no other setting may have: exactly one of `env`, `file` and `command`. */
function isSecret(schema: Readonly<Record<string, unknown>>): boolean {
  const options: unknown = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(options)) return false;
  const keys = options.map((option: unknown) =>
    isObject(option) && isObject(option['properties']) ? Object.keys(option['properties']).join() : '',
  );
  return keys.toSorted().join(' ') === 'command env file';
}

function pathsIn(schema: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (!isObject(schema)) return [];
  if (isSecret(schema)) return [path];
  const { properties, additionalProperties, items } = schema;
  const options = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
    const several: unknown = schema[word];
    return Array.isArray(several) ? several : [];
  });
  return [
    ...(isObject(properties) ? Object.entries(properties) : []).flatMap(([key, one]) =>
      pathsIn(one, [...path, key]),
    ),
    ...pathsIn(additionalProperties, [...path, '*']),
    ...pathsIn(items, [...path, '*']),
    ...options.flatMap((one) => pathsIn(one, path)),
  ];
}

function keysOf(section: SecretKey['section'], type: string, schema: z.ZodType): readonly SecretKey[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  const unique = new Map(pathsIn(json, []).map((path) => [path.join('/'), path]));
  return [...unique].map(([text, path]) => ({
    name: [section, type, text].filter((part) => part !== '').join('/'),
    section,
    type,
    path,
  }));
}

export const secretKeys: readonly SecretKey[] = [
  ...Object.entries(schemas.providers).flatMap(([type, { configSchema, orderSchema }]) => [
    ...keysOf('providers', type, configSchema),
    ...keysOf('main', `order of ${type}`, orderSchema),
  ]),
  ...Object.entries(schemas.publishers).flatMap(([type, { configSchema }]) =>
    keysOf('publishers', type, configSchema),
  ),
  ...Object.entries(channelSchemas).flatMap(([type, { configSchema }]) =>
    keysOf('notices', type, configSchema),
  ),
  ...keysOf('main', '', mainSchema),
];
