/** `providers`, `publishers` and `notices`: each entry is checked by the schema of its type. */
import type { ProviderSettings, PublisherSettings, SpendLimits } from '../core/certificate.ts';
import type { ChannelSettings } from '../core/notices.ts';
import type { Path } from './diagnostics.ts';
import { nameSchema } from './field-schemas.ts';
import { complainOfIssues, kindOf } from './issues.ts';
import { providerFieldsSchema, type SpendInput } from './main-schema.ts';
import { channelFieldsSchema, channelSchemas } from './notice-schema.ts';
import type { ProviderSchemas, PublisherSchemas, SchemaSet } from './schema-set.ts';
import { nearest, suggestion } from './suggest.ts';
import type { YamlFile } from './yaml-file.ts';

/** A provider that the configuration names; `settings` only where it has no mistake. */
export interface DeclaredProvider {
  readonly schemas: ProviderSchemas | undefined;
  readonly settings: ProviderSettings | undefined;
}

export interface DeclaredPublisher {
  readonly schemas: PublisherSchemas | undefined;
  readonly settings: PublisherSettings | undefined;
}

export interface DeclaredChannel {
  readonly settings: ChannelSettings | undefined;
}

interface Item {
  readonly name: string;
  readonly type: string;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Name, type and the remaining settings of each entry of a section. */
function* itemsOf(file: YamlFile, section: string, data: unknown, types: readonly string[]): Generator<Item> {
  if (data === undefined || data === null) return;
  if (typeof data !== 'object' || Array.isArray(data)) {
    file.complain({
      path: [section],
      message: `must be a mapping from names to settings, not ${kindOf(data)}`,
      isSecret: true,
    });
    return;
  }
  for (const [name, value] of Object.entries(data)) {
    const path: Path = [section, name];
    const goodName = nameSchema.safeParse(name);
    if (!goodName.success) {
      file.complain({ path, part: 'key', message: goodName.error.issues[0]?.message ?? 'is no name' });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      file.complain({ path, part: 'key', message: `must be a mapping with a type, not ${kindOf(value)}` });
      continue;
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a mapping, as was just made sure
    const { type, ...rest } = value as Record<string, unknown>;
    const known = `one of ${types.join(', ')}`;
    if (typeof type !== 'string') {
      const misspelt = Object.keys(rest).find((key) => nearest(key, ['type']) !== undefined);
      if (misspelt !== undefined) {
        file.complain({
          path: [...path, misspelt],
          part: 'key',
          message: 'unknown key',
          hint: 'did you mean "type"?',
        });
      } else if (type === undefined) {
        file.complain({ path, part: 'key', message: '"type" is missing', hint: known });
      } else
        file.complain({ path: [...path, 'type'], message: `must be text, not ${kindOf(type)}`, hint: known });
      yield { name, type: '', rest };
      continue;
    }
    if (!types.includes(type)) {
      file.complain({
        path: [...path, 'type'],
        message: 'there is no such type',
        hint: suggestion(type, types) ?? known,
      });
    }
    yield { name, type, rest };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the YAML says, without what it leaves out. */
export function spendLimitsOf(spend: SpendInput): SpendLimits {
  const { ordersPerDay, perMonth, perOrder, priceTolerance } = spend;
  return {
    ...(ordersPerDay === undefined ? {} : { ordersPerDay }),
    ...(perMonth === undefined ? {} : { perMonthHundredths: perMonth }),
    ...(perOrder === undefined ? {} : { perOrderHundredths: perOrder }),
    ...(priceTolerance === undefined ? {} : { priceTolerancePercent: priceTolerance }),
  };
}

export function readProviders(file: YamlFile, data: unknown, set: SchemaSet): Map<string, DeclaredProvider> {
  const declared = new Map<string, DeclaredProvider>();
  for (const { name, type, rest } of itemsOf(file, 'providers', data, Object.keys(set.providers))) {
    const base = ['providers', name];
    const schemas = Object.hasOwn(set.providers, type) ? set.providers[type] : undefined;
    const { spend, lostAnswerGrace, ...config } = rest;
    const shared = { spend, lostAnswerGrace };
    const own = providerFieldsSchema.safeParse(shared);
    if (!own.success) {
      complainOfIssues(own.error.issues, { file, base, schema: providerFieldsSchema, data: shared });
    }
    const parsed = schemas?.configSchema.safeParse(config);
    if (parsed?.success === false && schemas !== undefined) {
      complainOfIssues(parsed.error.issues, {
        file,
        base,
        schema: schemas.configSchema,
        data: config,
        otherKeys: ['type', ...Object.keys(providerFieldsSchema.shape)],
      });
    }
    if (own.success && parsed?.success === true && isRecord(parsed.data)) {
      const { perMonth, perOrder } = own.data.spend;
      if (schemas?.capabilities.pricePreview === false && (perMonth ?? perOrder) !== undefined) {
        file.complain({
          severity: 'warning',
          path: [...base, 'spend', perMonth === undefined ? 'perOrder' : 'perMonth'],
          message:
            'this provider cannot say what an order costs, so a limit of money blocks every paid order',
          hint: 'limit the number with `ordersPerDay` instead',
        });
      }
      const settings: ProviderSettings = {
        name,
        type,
        config: parsed.data,
        spend: spendLimitsOf(own.data.spend),
        lostAnswerGraceMs: own.data.lostAnswerGrace,
      };
      declared.set(name, { schemas, settings });
    } else declared.set(name, { schemas, settings: undefined });
  }
  return declared;
}

export function readPublishers(
  file: YamlFile,
  data: unknown,
  set: SchemaSet,
): Map<string, DeclaredPublisher> {
  const declared = new Map<string, DeclaredPublisher>();
  for (const { name, type, rest } of itemsOf(file, 'publishers', data, Object.keys(set.publishers))) {
    const schemas = Object.hasOwn(set.publishers, type) ? set.publishers[type] : undefined;
    const parsed = schemas?.configSchema.safeParse(rest);
    if (parsed?.success === false && schemas !== undefined) {
      complainOfIssues(parsed.error.issues, {
        file,
        base: ['publishers', name],
        schema: schemas.configSchema,
        data: rest,
        otherKeys: ['type'],
      });
    }
    const settings =
      parsed?.success === true && isRecord(parsed.data) ? { name, type, config: parsed.data } : undefined;
    declared.set(name, { schemas, settings });
  }
  return declared;
}

function isChannelType(type: string): type is keyof typeof channelSchemas {
  return Object.hasOwn(channelSchemas, type);
}

export function readChannels(file: YamlFile, data: unknown): Map<string, DeclaredChannel> {
  const declared = new Map<string, DeclaredChannel>();
  for (const { name, type, rest } of itemsOf(file, 'notices', data, Object.keys(channelSchemas))) {
    const base = ['notices', name];
    const { levels, repeat, ...config } = rest;
    const shared = { levels, repeat };
    const own = channelFieldsSchema.safeParse(shared);
    if (!own.success)
      complainOfIssues(own.error.issues, { file, base, schema: channelFieldsSchema, data: shared });
    const schema = isChannelType(type) ? channelSchemas[type].configSchema : undefined;
    const parsed = schema?.safeParse(config);
    if (parsed?.success === false && schema !== undefined) {
      const otherKeys = ['type', ...Object.keys(channelFieldsSchema.shape)];
      complainOfIssues(parsed.error.issues, { file, base, schema, data: config, otherKeys });
    }
    const settings =
      own.success && parsed?.success === true
        ? { name, levels: own.data.levels, repeatMs: own.data.repeat, config: parsed.data }
        : undefined;
    declared.set(name, { settings });
  }
  return declared;
}
