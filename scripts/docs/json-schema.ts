/** JSON Schemas (draft 7) of the configuration files, for editors. What the schemas of zod do not know is put in here. */
import { z } from 'zod';
import { certificateSchema, inventorySchema } from '../../src/settings/certificate-schema.ts';
import { mainSchema, providerFieldsSchema } from '../../src/settings/main-schema.ts';
import { channelFieldsSchema, channelSchemas } from '../../src/settings/notice-schema.ts';
import type { SchemaSet } from '../../src/settings/schema-set.ts';

export interface JsonSchema {
  readonly $schema?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  examples?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the two describe the same format, ours in part
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema;
}

function bare(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}

/** An entry of `providers`, `publishers` or `notices`: the settings of its type, and the type itself. */
function variant(
  type: string,
  title: string,
  config: JsonSchema,
  extra: Record<string, JsonSchema>,
): JsonSchema {
  const { properties = {}, required = [], ...rest } = bare(config);
  return {
    ...rest,
    title,
    properties: { type: { const: type, description: `${title}.` }, ...properties, ...extra },
    required: ['type', ...required],
  };
}

/** `order` by the providers there are; which one applies is known only to the loader. */
function withOrder(schema: JsonSchema, set: SchemaSet): void {
  const order = schema.properties?.['order'];
  if (order === undefined) return;
  const variants = Object.entries(set.providers).map(([type, { orderSchema }]) => ({
    ...bare(jsonSchemaOf(orderSchema)),
    title: `order settings of ${type}`,
  }));
  // In defaults and entries the parts are put together: no part needs to be whole.
  order.anyOf = variants.map(({ required: _required, ...rest }) => rest);
  delete order.additionalProperties;
  delete order.propertyNames;
}

export function mainJsonSchema(set: SchemaSet): JsonSchema {
  const schema = jsonSchemaOf(mainSchema);
  const { properties = {} } = schema;
  const shared = jsonSchemaOf(providerFieldsSchema).properties ?? {};
  const providers = properties['providers'];
  if (providers !== undefined) {
    providers.additionalProperties = {
      oneOf: Object.entries(set.providers).map(([type, { displayName, configSchema }]) =>
        variant(type, displayName, jsonSchemaOf(configSchema), shared),
      ),
    };
  }
  const publishers = properties['publishers'];
  if (publishers !== undefined) {
    publishers.additionalProperties = {
      oneOf: Object.entries(set.publishers).map(([type, { displayName, configSchema }]) =>
        variant(type, displayName, jsonSchemaOf(configSchema), {}),
      ),
    };
  }
  const notices = properties['notices'];
  if (notices !== undefined) {
    const ofEvery = channelFieldsJsonSchema().properties ?? {};
    notices.additionalProperties = {
      oneOf: Object.entries(channelSchemas).map(([type, { displayName, configSchema }]) =>
        variant(type, displayName, jsonSchemaOf(configSchema), ofEvery),
      ),
    };
  }
  for (const part of [properties['defaults'], properties['certificates']?.items]) {
    if (part !== undefined) withOrder(part, set);
  }
  return { ...schema, title: 'renewd configuration' };
}

export function inventoryJsonSchema(set: SchemaSet): JsonSchema {
  const schema = jsonSchemaOf(inventorySchema);
  for (const shape of schema.anyOf ?? []) {
    for (const part of [
      shape.items,
      shape.properties?.['defaults'],
      shape.properties?.['certificates']?.items,
    ]) {
      if (part !== undefined) withOrder(part, set);
    }
  }
  return { ...schema, title: 'renewd inventory' };
}

export const certificateJsonSchema = (): JsonSchema => jsonSchemaOf(certificateSchema);
export const providerFieldsJsonSchema = (): JsonSchema => jsonSchemaOf(providerFieldsSchema);
export const channelFieldsJsonSchema = (): JsonSchema => jsonSchemaOf(channelFieldsSchema);
export const mainOnlyJsonSchema = (): JsonSchema => jsonSchemaOf(mainSchema);
