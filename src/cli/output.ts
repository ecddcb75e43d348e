/** What commands write: text for people, JSON for machines. Colour only on a terminal, and not with NO_COLOR. */
export interface Output {
  line(text?: string): void;
  error(text: string): void;
  json(value: unknown): void;
  readonly columns: number;
  paint(style: Style, text: string): string;
}

/** The part of a stream that is used: process.stdout and process.stderr are two. */
export interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): unknown;
}

export type Style = 'good' | 'warn' | 'bad' | 'dim' | 'bold';

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Our own colours, and everything that would move the cursor, change the terminal or turn the reading direction. */
const controls =
  // eslint-disable-next-line no-control-regex
  /\u001b\[(?:1|2|22|31|32|33|39)m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Much of what is printed came from a provider or a server: nothing of it may steer the terminal. */
function tame(text: string): string {
  return text.replace(controls, (found) => (found.length > 1 ? found : ' '));
}

export function terminalOutput(
  out: Terminal,
  err: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const colour = out.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    line: (text = '') => void out.write(`${tame(text)}\n`),
    error: (text) => void err.write(`${tame(text)}\n`),
    json: (value) => void out.write(`${JSON.stringify(value, undefined, 2)}\n`),
    columns: out.isTTY ? out.columns : 120,
    paint: (style, text) => (colour ? `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m` : text),
  };
}
