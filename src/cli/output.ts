/**
 * What commands write: text for people, JSON for machines. Colour where a terminal shows it: not with NO_COLOR, also
 * elsewhere with FORCE_COLOR, and as `--color` says in any case (no-color.org, force-color.org).
 */
import { randomUUID } from 'node:crypto';
import { cut } from './width.ts';

export interface Output {
  line(text?: string): void;
  error(text: string): void;
  json(value: unknown): void;
  /** On a terminal: one line that the next output replaces; empty: take it away. Elsewhere nothing. */
  progress(text: string): void;
  /** Room for a line; infinite where nobody looks at a screen, so that what is piped is whole. */
  readonly columns: number;
  /** For `line` and `error` of the same output. */
  paint(style: Style, text: string): string;
}

/** The part of a stream that is used: process.stdout and process.stderr are two. */
export interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): unknown;
}

export type Style = 'good' | 'warn' | 'bad' | 'dim' | 'bold';

export const colourWishes = ['auto', 'always', 'never'] as const;
export type ColourWish = (typeof colourWishes)[number];

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Everything that would move the cursor, change the terminal or turn the reading direction. */
const controls =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Stands for our own colours until they are written: no provider or server can know it. */
const seal = randomUUID();
const sealed = new RegExp(`\\u0000${seal}:(\\d+);`, 'g');

/** Much of what is printed came from a provider or a server: nothing of it may steer the terminal. */
function tame(text: string): string {
  return text
    .split(sealed)
    .map((part, index) => (index % 2 === 1 ? `\u001b[${part}m` : part.replace(controls, ' ')))
    .join('');
}

/** The same for JSON, which keeps what it says: only C0 is escaped by itself. */
function tameJson(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

function wantsColour({ isTTY }: Terminal, env: Environment, wish: ColourWish): boolean {
  if (wish !== 'auto') return wish === 'always';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}

export function terminalOutput(
  out: Terminal,
  err: Terminal,
  env: Environment,
  wish: ColourWish = 'auto',
): Output {
  const colour = wantsColour(out, env, wish);
  const moving = err.isTTY && env['TERM'] !== 'dumb';
  let shown = false;
  const wipe = (): void => {
    if (shown) err.write('\r\u001b[K');
    shown = false;
  };
  return {
    line(text = '') {
      wipe();
      out.write(`${tame(text)}\n`);
    },
    error(text) {
      wipe();
      err.write(`${tame(text)}\n`);
    },
    json(value) {
      wipe();
      out.write(`${tameJson(JSON.stringify(value, undefined, 2))}\n`);
    },
    progress(text) {
      if (!moving) return;
      wipe();
      if (text === '') return;
      err.write(cut(tame(text), Math.max(10, err.columns - 1)));
      shown = true;
    },
    columns: out.isTTY ? Math.max(20, out.columns) : Number.POSITIVE_INFINITY,
    paint(style, text) {
      const [on, off] = codes[style];
      return colour ? `\u0000${seal}:${on};${text}\u0000${seal}:${off};` : text;
    },
  };
}
