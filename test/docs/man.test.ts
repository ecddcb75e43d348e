/** The manual pages please both readers of manual pages, and say what the program says. Freshness: documents.test.ts. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { shownCommands } from '../../src/cli/commands.ts';
import { schemas } from '../../src/settings/schemas.ts';
import { configurationSections, keyRows } from '../../scripts/docs/configuration-page.ts';
import { shouldSkip } from '../interop/processes.ts';
import { read } from './pages.ts';

const files = ['docs/man/renewd.1', 'docs/man/renewd.yaml.5'];
const absolute = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

function missing(program: string): string | undefined {
  return spawnSync(program, ['--version']).error === undefined ? undefined : `${program} is not installed`;
}

function run(program: string, parameters: readonly string[]) {
  return spawnSync(program, parameters, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', MANWIDTH: '80' },
  });
}

describe.each(files)('%s', (path) => {
  test.skipIf(shouldSkip('man.test.ts', missing('mandoc')))('mandoc has nothing to complain of', () => {
    const { stdout, stderr, status } = run('mandoc', ['-T', 'lint', absolute(path)]);
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  test.skipIf(shouldSkip('man.test.ts', missing('man')))('man has nothing to complain of', () => {
    const { stderr, status } = run('man', [
      '--warnings',
      '-E',
      'UTF-8',
      '-l',
      '-Tutf8',
      '-Z',
      absolute(path),
    ]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});

test.skipIf(shouldSkip('man.test.ts', missing('mandoc')))('every command and option, every key', () => {
  const shown = (path: string): string =>
    // Bold is a letter, a backspace, and the letter again.
    run('mandoc', [absolute(path)])
      .stdout.split('\u0008')
      .map((part, at, all) => (at === all.length - 1 ? part : part.slice(0, -1)))
      .join('');
  const commands = shown('docs/man/renewd.1');
  for (const { name, options } of shownCommands) {
    expect(commands).toMatch(new RegExp(`^ {7}${name}\\b`, 'm'));
    for (const { flag } of options) expect(commands).toContain(`--${flag}`);
  }
  const keys = shown('docs/man/renewd.yaml.5');
  for (const { schema, leftOut } of configurationSections(schemas))
    for (const { key } of schema === undefined ? [] : keyRows(schema, leftOut))
      expect(keys).toMatch(new RegExp(`^ {7}${key.replaceAll(/[.[\]]/g, String.raw`\$&`)}\\b`, 'm'));
  for (const path of files) expect(read(path)).toMatch(/^[\n -~]*$/);
});
