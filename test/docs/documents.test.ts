/** What the documents say is what the program does: examples load, commands parse, links lead somewhere, lists are whole. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { generatedFiles } from '../../scripts/docs/generators.ts';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { commands, exitCodeHelp, shownCommands } from '../../src/cli/commands.ts';
import { errorTable } from '../../src/core/error-table.ts';
import { renewalStates } from '../../src/core/renewal.ts';
import { version } from '../../src/core/version.ts';
import { reasons } from '../../src/renewal/plan/reasons.ts';
import { loadConfiguration } from '../../src/settings/load.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { metricsTable } from '../../src/status/metrics-table.ts';
import {
  blocksOf,
  brokenLinks,
  documentedCommands,
  pages,
  projectFiles,
  read,
  root,
  type Block,
} from './pages.ts';

const blocks = pages.flatMap((path) => blocksOf(path));

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewd-docs-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function topKeys(text: string): readonly string[] {
  const value: unknown = parseDocument(text).toJS();
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

interface Problem {
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

/** What the loader finds wrong. */
async function problemsOf(text: string, name: string): Promise<readonly Problem[]> {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(path, text);
  const { diagnostics } = await loadConfiguration(path, { schemas, env: {}, readSecrets: false });
  return diagnostics.filter(({ severity }) => severity === 'error');
}

const somePublisher = `
publishers:
  some:
    type: rfc2136
    server: 192.0.2.53
    zones: [example.com]
    key: { name: renewd, secret: { env: TSIG } }
`;

describe('YAML examples', () => {
  const examples = blocks.filter(({ language }) => language === 'yaml');
  const parts = ['providers', 'publishers', 'certificates', 'notices', 'heartbeat'];
  const configurations = examples.filter(({ text }) => topKeys(text).some((key) => parts.includes(key)));

  test('there are some', () => {
    expect(configurations.length).toBeGreaterThan(5);
  });

  test.each(examples.map((block) => [block.place, block] as const))('%s is YAML', (_place, { text }) => {
    const { errors, warnings } = parseDocument(text);
    expect([...errors, ...warnings]).toEqual([]);
  });

  /** The nearest block of the page, before or after, that has this key. */
  function beside(place: string, key: string): string {
    const [page = '', line = '0'] = place.split(':');
    const distance = (block: Block): number => Math.abs(Number(block.place.split(':')[1]) - Number(line));
    const found = configurations
      .filter((block) => block.place.startsWith(`${page}:`) && topKeys(block.text).includes(key))
      .toSorted((one, other) => distance(one) - distance(other));
    return found[0]?.text ?? '';
  }

  test.each(configurations.map((block) => [block.place, block] as const))(
    '%s is accepted by the loader',
    async (place, { text }) => {
      const keys = topKeys(text);
      // An entry alone leans on the account that its page shows, and on some publisher.
      const needs = (key: string): boolean => keys.includes('certificates') && !keys.includes(key);
      const account = needs('providers') ? beside(place, 'providers') : '';
      const publisher = needs('publishers') ? somePublisher : '';
      const whole = [account, publisher, text].join('\n');
      expect(await problemsOf(whole, place.replaceAll(/[^a-z0-9]/gi, '-'))).toEqual([]);
    },
  );

  test('config/quickstart.yaml is accepted by the loader', async () => {
    expect(await problemsOf(read('config/quickstart.yaml'), 'quickstart')).toEqual([]);
  });
});

describe('commands', () => {
  const ours = documentedCommands();

  test('there are some', () => {
    expect(ours.length).toBeGreaterThan(15);
  });

  test.each(ours)('renewd %s (%s)', (rest) => {
    const argv = rest.replace(/ > .*/, '').split(/\s+/);
    const { command } = parseCommandLine(argv);
    expect(command.name).toBe(argv[0]);
  });

  test('every `renewd WORD` of the pages is a command', () => {
    const words = new Set([...commands.map(({ name }) => name), 'help', 'version']);
    const unknown = pages.flatMap((path) =>
      [...read(path).matchAll(/`renewd (?<word>[a-z]+)[^`]*`/g)]
        .map(({ groups }) => groups?.['word'] ?? '')
        .filter((word) => !words.has(word))
        .map((word) => `${path}: renewd ${word}`),
    );
    expect(unknown).toEqual([]);
  });

  test('every npm script of the pages exists', () => {
    const text = read('package.json');
    const scripts = [...text.matchAll(/^ {4}"(?<name>[a-z:]+)": "/gm)].map(({ groups }) => groups?.['name']);
    const used = pages.flatMap((path) =>
      [...read(path).matchAll(/npm run (?:--silent )?(?<name>[a-z:]+)/g)].map(
        ({ groups }) => groups?.['name'],
      ),
    );
    expect(used.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test('the exit codes of README.md are those of the program', () => {
    const rows = [...read('README.md').matchAll(/^\| (?<code>\d+) \| (?<meaning>.+) \|$/gm)];
    expect(rows.map(({ groups }) => [Number(groups?.['code']), groups?.['meaning']])).toEqual(exitCodeHelp);
  });
});

describe('pages', () => {
  test.each(pages.map((path) => [path]))('every link of %s leads somewhere', (path) => {
    expect(brokenLinks(path)).toEqual([]);
  });

  test.each(generatedFiles.map((file) => [file.path, file] as const))('%s is fresh', (path, { make }) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(make());
  });

  test.each([
    ['docs/errors.md', Object.keys(errorTable)],
    ['docs/metrics.md', Object.keys(metricsTable)],
    ['docs/states.md', [...renewalStates, ...Object.keys(reasons)]],
    ['docs/operations.md', renewalStates],
    ['docs/cli.md', shownCommands.map(({ name }) => `renewd ${name}`)],
  ])('%s names everything', (path, names) => {
    const text = read(path);
    const missing = names.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`\`${name} `));
    expect(missing).toEqual([]);
  });

  test('codes that operations.md names exist', () => {
    const known = new Set<string>([...Object.keys(errorTable), ...Object.keys(reasons), ...renewalStates]);
    const rows = [...read('docs/operations.md').matchAll(/^\| (?<cells>`[a-z-]+`(?:, `[a-z-]+`)*) /gm)];
    const codes = rows.flatMap(({ groups }) =>
      [...(groups?.['cells'] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code),
    );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
  });

  test('metrics that other pages and the alert rules name exist', () => {
    const known = new Set(Object.keys(metricsTable));
    const named = ['docs/monitoring.md', 'README.md', 'config/prometheus/alerts.yml'].flatMap((path) =>
      [...read(path).matchAll(/\brenewd_[a-z_]+/g)].map(([name]) => name),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('versions', () => {
  test('package.json, the program and the top of CHANGELOG.md agree', () => {
    const top = /^## (?<version>\S+)/m.exec(read('CHANGELOG.md'))?.groups?.['version'];
    expect(read('package.json')).toContain(`"version": "${version}"`);
    expect(top).toBe(version);
  });
});

describe('dependencies', () => {
  const page = read('docs/decisions/0004-dependencies.md');
  const all = [...read('package.json').matchAll(/^ {4}"(?<name>[@a-z][^":]*)": "(?<version>\d[^"]*)"/gm)].map(
    ({ groups }) => [groups?.['name'] ?? '', groups?.['version'] ?? ''] as const,
  );

  function rowOf(name: string): string {
    return page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';
  }

  test.each(all)('%s %s stands on the page', (name, wanted) => {
    expect(rowOf(name)).toContain(wanted);
  });

  test('the page names no package that is not there', () => {
    const known = new Set(all.map(([name]) => name));
    const named = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('each is imported by its home and nowhere else', () => {
    const astray: string[] = [];
    for (const path of projectFiles()) {
      const folder = /^(?<folder>src\/[a-z-]+)\/.*\.ts$/.exec(path)?.groups?.['folder'];
      if (folder === undefined) continue;
      for (const [name] of all) {
        const imports = new RegExp(`(?:from |import\\(|import )'${name}(?:/[^']*)?'`);
        if (imports.test(read(path)) && !rowOf(name).includes(`\`${folder}\``))
          astray.push(`${name}: ${path}`);
      }
    }
    expect(astray).toEqual([]);
  });
});

describe('the repository', () => {
  test('holds no address of a registry and no path of a machine', () => {
    // Brackets keep this file from finding itself.
    const wanted = /\/[w]ork\/(?:main|shared)|\/[h]ome\/[a-z]|"resolved": "[h]ttp|registry\.[n]pmjs/;
    const found = projectFiles().filter((path) => {
      const bytes = readFileSync(join(root, path));
      return !bytes.includes(0) && wanted.test(bytes.toString('utf8'));
    });
    expect(found).toEqual([]);
  });
});
