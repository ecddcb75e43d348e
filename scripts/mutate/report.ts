/** Survivors by line, then the score by file. Pure. */
import type { Mutant } from './mutants.ts';

export interface Verdicts {
  readonly killed: ReadonlySet<string>;
  /** No test passes its place. */
  readonly untested: ReadonlySet<string>;
  /** Not tried. */
  readonly skipped: ReadonlySet<string>;
}

type Verdict = 'killed' | 'survived' | 'untested' | 'skipped';

export interface MutationReport {
  readonly text: string;
  readonly mutants: readonly (Mutant & { readonly verdict: Verdict })[];
}

export function reportOf(mutants: readonly Mutant[], verdicts: Verdicts, minutes: number): MutationReport {
  const judged = mutants.map((mutant) => ({ ...mutant, verdict: verdictOf(mutant, verdicts) }));
  const alive = judged.filter(({ verdict }) => verdict === 'survived' || verdict === 'untested');
  const lines = alive.map(
    ({ file, line, operator, original, replacement, verdict }) =>
      `${file}:${line} ${verdict} ${operator}\n  - ${oneLine(original)}\n  + ${oneLine(replacement)}\n`,
  );
  const files = [...new Set(judged.map(({ file }) => file))];
  const table = [...files, 'all'].map((file) => {
    const count = (verdict: Verdict): number =>
      judged.filter((one) => (file === 'all' || one.file === file) && one.verdict === verdict).length;
    const [dead, survived, untested] = [count('killed'), count('survived'), count('untested')];
    const tried = dead + survived + untested;
    const score = tried === 0 ? 100 : (dead / tried) * 100;
    return `${file}: ${tried} mutants, ${dead} killed, ${survived} survived, ${untested} untested, ${count('skipped')} skipped: ${score.toFixed(1)} %\n`;
  });
  return { text: [...lines, ...table, `${minutes.toFixed(1)} minutes\n`].join(''), mutants: judged };
}

function verdictOf({ id }: Mutant, { killed, untested, skipped }: Verdicts): Verdict {
  if (killed.has(id)) return 'killed';
  if (untested.has(id)) return 'untested';
  return skipped.has(id) ? 'skipped' : 'survived';
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
