/**
 * The text protocol of RRPproxy and HEXONET: a command as lines of `KEY=VALUE`, an answer as lines of
 * `property[name][i] = value`. Lenient in reading (both vendors' dialects, knowledge-base and manual style), strict in
 * writing. Knows no command.
 *
 * Sources: parsers and recorded traffic of the vendor's client libraries (php-sdk src/CNR and tests/CNR/cassettes,
 * node-sdk src/responseparser.ts), knowledge base samples, manual (2022) section 9.1.
 */
import { RenewdError } from '../../core/errors.ts';

/** Lists become NAME0, NAME1, …; undefined entries are left out; null is the vendors' NULL: sent, but empty. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** One parameter as it goes out: name in capitals, null for NULL. */
export type Pair = readonly [name: string, value: string | null];

export interface Answer {
  /** Three digits, or undefined when the text holds none: then it is not an answer of the API. */
  readonly code: number | undefined;
  readonly description: string;
  /** Values by normal name (see `normalName`) and index; gaps are holes. Null prototype. */
  readonly properties: Readonly<Record<string, readonly (string | undefined)[]>>;
  /** Normal names of properties whose index came more than once; the later values stand at the end. */
  readonly repeated: ReadonlySet<string>;
  /** Whether the text ended with EOF: not required, only a hint. */
  readonly ended: boolean;
}

/** No list of the API comes near it (page size 1000); bounds what a made-up index can cost. */
const indexMax = 20_000;

/**
 * COMMAND and every parameter, flattened. Throws `internal` for a value with a line break: neither lines nor XML
 * attributes can carry it, and it would be cut in transit.
 */
export function commandPairs(command: string, parameters: Parameters): readonly Pair[] {
  const pairs = [pair('COMMAND', command)];
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (value === null || typeof value === 'string' || typeof value === 'number') {
      pairs.push(pair(name, value === null ? null : String(value)));
    } else {
      for (const [index, entry] of value.entries()) pairs.push(pair(`${name}${index}`, entry));
    }
  }
  return pairs;
}

function pair(name: string, value: string | null): Pair {
  if (!/^[a-z0-9]+$/i.test(name)) throw new RenewdError('internal', `"${name}" is no parameter name`);
  if (value !== null && /[\r\n\0]/.test(value)) {
    throw new RenewdError('internal', `parameter ${name} holds a line break`);
  }
  return [name.toUpperCase(), value];
}

/** One line per parameter, joined by LF. Throws like `commandPairs`. */
export function serialiseCommand(command: string, parameters: Parameters): string {
  return commandPairs(command, parameters)
    .map(([name, value]) => `${name}=${value ?? ''}`)
    .join('\n');
}

/** A PEM text as the lines that go into indexed parameters. */
export function pemLines(pem: string): string[] {
  return pem
    .split(/\r?\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** "expiration date", "EXPIRATION_DATE" and "EXPIRATIONDATE" are one name: sources print all three. */
export function normalName(name: string): string {
  return name.replace(/[\s_]+/g, '').toUpperCase();
}

/** Never throws: whatever is not understood is left out. */
export function parseAnswer(text: string): Answer {
  const fields = emptyMap<string>();
  const properties = emptyMap<(string | undefined)[]>();
  const repeats: { readonly name: string; readonly value: string }[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const raw of lines) {
    const equals = raw.indexOf('=');
    if (equals < 0) continue;
    const key = raw.slice(0, equals).trim();
    const value = raw.slice(equals + 1).trim();
    const property = /^property\s*\[([^\]]*)\]\s*\[\s*(\d{1,9})\s*\]$/i.exec(key);
    if (property === null) {
      // The last one wins: an answer of the sister API carried QUEUETIME and RUNTIME twice.
      fields[normalName(key)] = value;
      continue;
    }
    const name = normalName(property[1] ?? '');
    const index = Number(property[2]);
    if (index > indexMax) continue;
    const values = (properties[name] ??= []);
    if (values[index] === undefined) values[index] = value;
    else repeats.push({ name, value });
  }
  for (const { name, value } of repeats) properties[name]?.push(value);
  return {
    code: resultCode(fields['CODE']),
    description: fields['DESCRIPTION'] ?? '',
    properties,
    repeated: new Set(repeats.map(({ name }) => name)),
    ended:
      lines
        .findLast((raw) => raw.trim() !== '')
        ?.trim()
        .toUpperCase() === 'EOF',
  };
}

function resultCode(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{3}$/.test(text) ? Number(text) : undefined;
}

/** Without a prototype, so that a property called `__proto__` is a property like any other. */
function emptyMap<T>(): Record<string, T> {
  const map: Record<string, T> = {};
  Object.setPrototypeOf(map, null);
  return map;
}

/**
 * The values of the first of these names that is there, by index; holes and empty values are undefined. A name that is
 * there only with numbers at its end (`dcvtoken0`, the manual's `dcvtoken#`) is read as well. Names are normal names.
 */
export function column(answer: Answer, ...names: readonly string[]): readonly (string | undefined)[] {
  for (const name of names) {
    const values = answer.properties[name] ?? numbered(answer, name);
    // Array.from turns holes into undefined, so that callers can rely on map and find.
    const present = Array.from(values, (value) => (value === '' ? undefined : value));
    if (present.some((value) => value !== undefined)) return present;
  }
  return [];
}

/** The single value of a property: the first that is not empty. */
export function single(answer: Answer, ...names: readonly string[]): string | undefined {
  return column(answer, ...names).find((value) => value !== undefined);
}

/** A PEM text that came as one line per index; undefined when there is none. */
export function joinedLines(answer: Answer, ...names: readonly string[]): string | undefined {
  const lines = column(answer, ...names).filter((value) => value !== undefined);
  return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
}

function numbered(answer: Answer, name: string): (string | undefined)[] {
  const values: (string | undefined)[] = [];
  for (let index = 0; answer.properties[`${name}${index}`] !== undefined; index += 1) {
    values.push(answer.properties[`${name}${index}`]?.[0]);
  }
  return values;
}
