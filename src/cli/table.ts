/** Tables that fit the terminal: the last column is cut, the others keep their width. */

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Text from outside never reaches the terminal with its control characters. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

export function table(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): readonly string[] {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const widths = header.map((title, index) =>
    Math.max(title.length, ...clean.map((row) => row[index]?.text.length ?? 0)),
  );
  const last = header.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(columns - before, 20);
  const fit = (text: string, index: number): string => {
    if (index < last) return text.padEnd(widths[index] ?? 0);
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  };
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, index) => (cell.paint ?? ((text: string) => text))(fit(cell.text, index)))
      .join('  ')
      .trimEnd();
  return [line(header.map((text) => ({ text }))), ...clean.map((row) => line(row))];
}
