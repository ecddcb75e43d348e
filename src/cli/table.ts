/**
 * Tables that fit the terminal: columns give way in the order of their priority, then the least important are left out.
 * Where nobody looks at a screen (`columns` infinite) everything is whole.
 */
import { cut, pad, widthOf } from './width.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title: string;
  /** It is made no narrower than this; absent: it keeps its width. */
  readonly least?: number;
  /** Left out, highest number first, when narrowing is not enough; absent: never. */
  readonly leaveOut?: number;
}

const gap = 2;

/** Text from outside never reaches the terminal with its control characters. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}

/** From the last column that may give way to the first, each down to its least. */
function narrowed(
  columns: readonly Column[],
  natural: readonly number[],
  room: number,
): readonly number[] | undefined {
  const widths = [...natural];
  for (let index = columns.length - 1; index >= 0; index -= 1) {
    const over = total(widths) - room;
    if (over <= 0) break;
    const least = columns[index]?.least;
    const width = widths[index] ?? 0;
    if (least !== undefined) widths[index] = Math.max(Math.min(width, least), width - over);
  }
  return total(widths) <= room ? widths : undefined;
}

interface Fit {
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

function fitted(columns: readonly Column[], natural: readonly number[], room: number): Fit {
  let shown = columns.map((_, index) => index);
  for (;;) {
    const present = shown.flatMap((index) => columns[index] ?? []);
    const own = shown.map((index) => natural[index] ?? 0);
    const widths = narrowed(present, own, room);
    if (widths !== undefined) return { shown, widths };
    const next = shown.toSorted((a, b) => (columns[b]?.leaveOut ?? 0) - (columns[a]?.leaveOut ?? 0))[0];
    // Nothing more to give: the lines will be cut as a whole.
    if (next === undefined || columns[next]?.leaveOut === undefined)
      return {
        shown,
        widths: present.map(({ least }, index) => Math.min(least ?? Infinity, own[index] ?? 0)),
      };
    shown = shown.filter((index) => index !== next);
  }
}

export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  room: number,
): readonly string[] {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const natural = columns.map(({ title }, index) =>
    clean.reduce((widest, row) => Math.max(widest, widthOf(row[index]?.text ?? '')), widthOf(title)),
  );
  const { shown, widths } = fitted(columns, natural, room);
  const line = (cells: readonly Cell[]): string => {
    let text = '';
    let used = 0;
    for (const [place, index] of shown.entries()) {
      const cell = cells[index] ?? { text: '' };
      const before = place === 0 ? 0 : gap;
      const width = Math.min(widths[place] ?? 0, room - used - before);
      if (width <= 0) break;
      const isLast = place === shown.length - 1;
      const fit = cut(cell.text, width);
      const painted = cell.paint === undefined ? fit : cell.paint(fit);
      text += ' '.repeat(before) + painted + (isLast ? '' : pad('', width - widthOf(fit)));
      used += before + width;
    }
    return text.trimEnd();
  };
  return [line(columns.map(({ title }) => ({ text: title }))), ...clean.map(line)];
}
