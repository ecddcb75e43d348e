/** Sources with all their mutants in them, each behind a switch: made by Stryker's instrumenter. */
import { readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';

export interface Mutant {
  readonly id: string;
  /** Below the repository's root. */
  readonly file: string;
  readonly line: number;
  /** Of Stryker's mutators: "EqualityOperator". */
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Mutated {
  /** TypeScript with switches, by path. */
  readonly sources: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
}

const silent = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

/** `files`: paths below the working directory. */
export async function mutate(files: readonly string[]): Promise<Mutated> {
  const inputs = files.map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  const options = { plugins: null, ignorers: [], excludedMutations: [], noHeader: false };
  const result = await new Instrumenter(silent).instrument(inputs, options);
  const texts = new Map(inputs.map(({ name, content }) => [name, content.split('\n')]));
  return {
    sources: new Map(result.files.map(({ name, content }) => [name, content])),
    mutants: result.mutants.map(({ id, fileName, location: { start, end }, mutatorName, replacement }) => ({
      id,
      file: fileName,
      line: start.line + 1,
      operator: mutatorName,
      original: between(texts.get(fileName) ?? [], start, end),
      replacement,
    })),
  };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text from one position to another, lines and columns counted from 0. */
function between(lines: readonly string[], start: Position, end: Position): string {
  return lines
    .slice(start.line, end.line + 1)
    .map((line, index, all) =>
      line.slice(index === 0 ? start.column : 0, index === all.length - 1 ? end.column : undefined),
    )
    .join('\n');
}
