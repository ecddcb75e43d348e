/** What reference pages promise is there: a default for every key that has one, a use for every error and metric. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf } from '../../scripts/docs/json-schema.ts';
import { keyRows } from '../../scripts/docs/configuration-page.ts';
import { errorTable } from '../../src/core/error-table.ts';
import { mainSchema } from '../../src/settings/main-schema.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { metricsTable } from '../../src/status/metrics-table.ts';
import { root } from './pages.ts';

const parts: readonly (readonly [string, z.ZodType])[] = [
  ['the main file', mainSchema],
  ...Object.entries(schemas.providers).map(([type, { configSchema }]) => [type, configSchema] as const),
  ...Object.entries(schemas.publishers).map(([type, { configSchema }]) => [type, configSchema] as const),
];

/** The keys of a mapping to which something is put where they are left out. */
function keysWithDefault(schema: z.ZodType): readonly string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape)
    .filter(([, value]) => value instanceof z.ZodType && value.safeParse(undefined).data !== undefined)
    .map(([key]) => key);
}

test.each(parts)('every default is in the reference: %s', (_, schema) => {
  const rows = new Map(keyRows(jsonSchemaOf(schema)).map((row) => [row.key, row]));
  const silent = keysWithDefault(schema).filter((key) => {
    // A mapping has its keys below it, each with a default of its own; nothing at all goes without saying.
    if (['authoritative', 'certificates', 'revocation', 'spend'].includes(key)) return false;
    const row = rows.get(key);
    return row === undefined || (row.fallback === '' && !/default|empty/i.test(row.meaning));
  });
  expect(silent).toEqual([]);
});

test('the check sees defaults at all', () => {
  expect(keysWithDefault(mainSchema)).toEqual(expect.arrayContaining(['listen', 'schedule', 'store']));
});

describe('sources', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/(error|metrics)-table\.ts$/.test(path))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
    .join('\n');

  test('every error of the table is raised somewhere', () => {
    expect(Object.keys(errorTable).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  test('every metric of the table is set somewhere', () => {
    const names = Object.keys(metricsTable);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });
});
