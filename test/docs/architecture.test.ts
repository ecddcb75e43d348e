/** The arrows of docs/architecture.md, over the import statements; and the registries against the folders. */
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providerRegistry } from '../../src/providers/registry.ts';
import { publisherRegistry } from '../../src/publishers/registry.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { projectFiles, read, root } from './pages.ts';

interface Import {
  readonly from: string;
  /** Both relative to src. */
  readonly to: string;
}

const imports: readonly Import[] = projectFiles()
  .filter((path) => path.startsWith('src/') && path.endsWith('.ts'))
  .flatMap((path) =>
    [...read(path).matchAll(/(?:from |import\(|import )'(?<target>\.[^']+)'/g)].map(({ groups }) => ({
      from: relative('src', path),
      to: relative('src', join(dirname(path), groups?.['target'] ?? '')),
    })),
  );

const top = (path: string): string => path.split('/')[0] ?? '';

/** What the schemas of plug-ins are built from; these modules know nothing of plug-ins. */
const fieldSchemas = /^settings\/(?:[a-z]+-schema|endpoints|host-names)\.ts$/;

/** Imports from below `from` to a folder that is not allowed there. */
function astray(from: string, allowed: readonly string[]): readonly string[] {
  return imports
    .filter((one) => one.from.startsWith(`${from}/`) && !allowed.includes(top(one.to)))
    .filter((one) => top(one.from) !== 'publishers' || !fieldSchemas.test(one.to))
    .map((one) => `${one.from} -> ${one.to}`);
}

/** Folders of `parent` that hold files, less those that are no member of the family. */
function folders(parent: string, without: readonly string[] = []): readonly string[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !without.includes(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

test('there are imports to judge', () => {
  expect(imports.length).toBeGreaterThan(300);
});

describe('arrows', () => {
  const seams = ['core', 'contracts'];
  test.each([
    ['core', ['core']],
    ['contracts', seams],
    ['platform', [...seams, 'platform']],
    ['dns', [...seams, 'dns', 'platform']],
    ['pki', [...seams, 'pki', 'platform']],
    ['store', [...seams, 'store', 'platform']],
    ['publishers', [...seams, 'publishers', 'dns', 'platform']],
    ['renewal', [...seams, 'renewal', 'pki', 'status']],
    ['status', [...seams, 'status']],
    ['daemon', [...seams, 'daemon']],
    ['cli', [...seams, 'cli', 'renewal', 'settings', 'status', 'pki']],
    ['sandbox', [...seams, 'sandbox', 'pki', 'platform']],
  ])('%s sees only %j', (from, allowed) => {
    expect(astray(from, allowed)).toEqual([]);
  });

  test.each(folders('src/providers', ['common']).map((id) => [id]))('the provider %s sees no other', (id) => {
    const wrong = imports.filter(({ from, to }) => {
      if (!from.startsWith(`providers/${id}/`)) return false;
      const own =
        to.startsWith(`providers/${id}/`) || to.startsWith('providers/common/') || fieldSchemas.test(to);
      return !own && !['core', 'contracts', 'pki', 'platform', 'dns'].includes(top(to));
    });
    expect(wrong).toEqual([]);
  });

  test('a stage sees no other stage', () => {
    const stages = folders('src/renewal');
    const stageOf = (path: string): string | undefined => {
      const [parent, stage = ''] = path.split('/');
      return parent === 'renewal' && stages.includes(stage) ? stage : undefined;
    };
    const wrong = imports.filter(({ from, to }) => {
      const [one, other] = [stageOf(from), stageOf(to)];
      return one !== undefined && other !== undefined && one !== other;
    });
    expect(stages).toContain('order');
    expect(wrong).toEqual([]);
  });

  test('concrete parts are seen by the composition alone, and by the list of schemas', () => {
    const concrete = /^(?:providers|publishers|store|sandbox)\//;
    const wrong = imports.filter(
      ({ from, to }) =>
        concrete.test(to) &&
        top(from) !== top(to) &&
        top(from) !== 'composition' &&
        from !== 'settings/schemas.ts',
    );
    expect(wrong).toEqual([]);
  });
});

describe('registries', () => {
  test('providers are the folders', () => {
    const ids = folders('src/providers', ['common']);
    expect(Object.keys(providerRegistry).toSorted()).toEqual(ids);
    expect(Object.keys(schemas.providers).toSorted()).toEqual(ids);
    expect(Object.values(providerRegistry).map(({ id }) => id)).toEqual(Object.keys(providerRegistry));
  });

  test('publishers are the folders', () => {
    const ids = folders('src/publishers');
    expect(Object.keys(publisherRegistry).toSorted()).toEqual(ids);
    expect(Object.keys(schemas.publishers).toSorted()).toEqual(ids);
  });

  test('each provider has a simulator', () => {
    const simulators = folders('src/sandbox');
    expect(Object.keys(providerRegistry).filter((id) => !simulators.includes(id))).toEqual([]);
  });
});
