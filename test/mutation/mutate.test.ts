/** The tool behind `npm run mutate`: what it finds, what it makes of a source, and how it counts. */
import { globSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { areas, isAreaName } from '../../scripts/mutate/areas.ts';
import { mutate } from '../../scripts/mutate/mutants.ts';
import { reportOf } from '../../scripts/mutate/report.ts';
import { tempDirectory } from '../builders/temp-directory.ts';

describe('areas', () => {
  test.each(Object.entries(areas))('%s: every pattern finds files', (_name, { mutate: sources, tests }) => {
    for (const pattern of [...sources, ...tests]) expect(globSync(pattern)).not.toEqual([]);
    expect(
      tests.flatMap((pattern) => globSync(pattern)).filter((path) => !path.endsWith('.test.ts')),
    ).toEqual([]);
  });

  test('have names of their own', () => {
    expect([isAreaName('plan'), isAreaName('toString'), isAreaName(undefined)]).toEqual([true, false, false]);
  });
});

test.each<[source: string, replacements: readonly string[]]>([
  ['(a: number, b: number): boolean => a < b', ['() => undefined', 'true', 'false', 'a <= b', 'a >= b']],
  ['(a: boolean, b: boolean): boolean => !a', ['() => undefined', 'a']],
  ["(a: number): string => 'x'", ['() => undefined', '""']],
  ['(a: number, b: number): number => a + b', ['() => undefined', 'a - b']],
  ['(a: { b: number } | undefined): number | undefined => a?.b', ['() => undefined', 'a.b']],
  ['(a: number, b: number): number => Math.min(a, b)', ['() => undefined', 'Math.max(a, b)']],
])('%s', async (source, replacements) => {
  const path = `${tempDirectory()}/one.ts`;
  writeFileSync(path, `export const one =\n  ${source};\n`);
  const { mutants, sources } = await mutate([path]);
  const found = mutants.map(({ replacement }) => replacement);
  expect(found).toEqual(expect.arrayContaining([...replacements]));
  expect(new Set(mutants.map(({ line }) => line))).toEqual(new Set([2]));
  expect(mutants.map(({ original }) => source.includes(original))).not.toContain(false);
  for (const { id } of mutants) expect(sources.get(path)).toContain(`stryMutAct_9fa48("${id}")`);
});

test('the report lists what is alive, and counts by file', () => {
  const mutant = (id: string, file: string) => ({
    id,
    file,
    line: 7,
    operator: 'EqualityOperator',
    original: 'a <\n   b',
    replacement: 'a <= b',
  });
  const mutants = [mutant('0', 'a.ts'), mutant('1', 'a.ts'), mutant('2', 'b.ts'), mutant('3', 'b.ts')];
  const verdicts = { killed: new Set(['0']), untested: new Set(['2']), skipped: new Set(['3']) };
  const report = reportOf(mutants, verdicts, 1.25);
  expect(report.text).toBe(
    [
      'a.ts:7 survived EqualityOperator',
      '  - a < b',
      '  + a <= b',
      'b.ts:7 untested EqualityOperator',
      '  - a < b',
      '  + a <= b',
      'a.ts: 2 mutants, 1 killed, 1 survived, 0 untested, 0 skipped: 50.0 %',
      'b.ts: 1 mutants, 0 killed, 0 survived, 1 untested, 1 skipped: 0.0 %',
      'all: 3 mutants, 1 killed, 1 survived, 1 untested, 1 skipped: 33.3 %',
      '1.3 minutes',
      '',
    ].join('\n'),
  );
  expect(report.mutants.map(({ verdict }) => verdict)).toEqual(['killed', 'survived', 'untested', 'skipped']);
});
