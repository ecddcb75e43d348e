import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { publisherRegistry, type PublisherId } from '../../../src/publishers/registry.ts';

const folder = new URL('../../../src/publishers/', import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
// Object.keys of a constant table gives its own keys.
const ids = Object.keys(publisherRegistry).filter((id): id is PublisherId => id in publisherRegistry);

test('every folder is registered, and nothing else', () => {
  expect([...ids].sort()).toEqual(folders);
});

describe.for(ids)('%s', (id) => {
  const entry = publisherRegistry[id];

  test('has a manifest with its own id', async () => {
    const manifest = await entry.manifest();
    expect(manifest).toMatchObject({ id, kind: expect.stringMatching(/^(dns|file)$/) });
  });

  test('describes every setting', async () => {
    const { shape } = await entry.configSchema();
    expect(Object.entries(shape).filter(([, field]) => !field.description)).toEqual([]);
  });

  test('has a page of its own', () => {
    expect(readdirSync(new URL(`${id}/`, folder))).toContain('README.md');
  });
});
