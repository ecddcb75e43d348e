/** What commands write: text for people, JSON for machines. Colour only on a terminal, and not with NO_COLOR. */
export interface Output {
  line(text?: string): void;
  error(text: string): void;
  json(value: unknown): void;
  readonly columns: number;
  paint(style: Style, text: string): string;
}

export type Style = 'good' | 'warn' | 'bad' | 'dim' | 'bold';

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export function terminalOutput(
  out: NodeJS.WriteStream,
  err: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const colour = out.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    line: (text = '') => void out.write(`${text}\n`),
    error: (text) => void err.write(`${text}\n`),
    json: (value) => void out.write(`${JSON.stringify(value, undefined, 2)}\n`),
    columns: out.isTTY ? out.columns : 120,
    paint: (style, text) => (colour ? `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m` : text),
  };
}
