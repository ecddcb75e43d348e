/** Figures beside their floors, as a table for people. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Of each pair measured one after the other, so that what else the machine does counts on both sides. */
export function pairedRatio(values: readonly number[], floors: readonly number[]): number {
  return median(values.map((value, index) => value / (floors[index] ?? Number.NaN)));
}

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly floor?: string;
  readonly ratio?: number;
  /** Stands in the place of the ratio. */
  readonly note?: string;
  /** "≤ 3 ×", and whether it is reached. */
  readonly goal?: readonly [text: string, reached: boolean];
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
export const megabytes = (value: number): string => `${value.toFixed(0)} MB`;

function cellsOf({ what, figure, floor, ratio, note, goal }: Row): readonly string[] {
  return [
    what,
    figure,
    floor ?? '',
    ratio === undefined ? (note ?? '') : `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`,
    goal?.[0] ?? '',
    goal === undefined ? '' : goal[1] ? 'reached' : 'MISSED',
  ];
}

/** A Markdown table, so that it can be pasted into docs/performance.md. */
export function table(rows: readonly Row[]): string {
  const lines = [['what', 'renewd', 'floor', 'ratio', 'goal', 'result'], ...rows.map(cellsOf)];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const written = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [written[0], rule, ...written.slice(1)].join('\n');
}
