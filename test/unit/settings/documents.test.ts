/** The examples load, and what is generated is up to date. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../scripts/docs/generators.ts';
import type { JsonSchema } from '../../../scripts/docs/json-schema.ts';
import { schemas } from '../../../src/settings/schemas.ts';
import { Workspace } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the examples', () => {
  it('load together without a complaint', async () => {
    const workspace = new Workspace();
    mkdirSync(workspace.path('inventory.d'));
    copyFileSync(`${root}config/renewd.example.yaml`, workspace.path('renewd.yaml'));
    copyFileSync(`${root}config/inventory.example.yaml`, workspace.path('inventory.d/web-team.yaml'));
    const { configuration, diagnostics } = await workspace.load({ schemas });
    expect(diagnostics).toEqual([]);
    expect(configuration?.certificates.map(({ name }) => name)).toEqual([
      'shop',
      'wildcard-example-net',
      'intranet',
      'blog',
      'buecher',
      'mail',
      'legacy',
    ]);
  });
});

describe('generated files', () => {
  it.each(generatedFiles.map((file) => [file.path, file] as const))(
    '%s is up to date (npm run docs:generate)',
    (path, { make }) => {
      const absolute = `${root}${path}`;
      expect(existsSync(absolute) ? readFileSync(absolute, 'utf8') : '').toBe(make());
    },
  );

  it('describe every key', () => {
    const bare: string[] = [];
    const walk = (schema: JsonSchema, path: string): void => {
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        if (value.description === undefined && value.title !== 'secret') bare.push(`${path}.${key}`);
        walk(value, `${path}.${key}`);
      }
      const inner = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
      const items = schema.items === undefined ? [] : [schema.items];
      for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...inner, ...items])
        walk(one, path);
    };
    for (const { path, make } of generatedFiles) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own generator made it
      if (path.endsWith('.json')) walk(JSON.parse(make()) as JsonSchema, path);
    }
    expect(bare).toEqual([]);
  });
});
