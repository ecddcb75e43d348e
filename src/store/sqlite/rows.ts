/**
 * Strict reading and writing of column values. A row that does not parse is our own bug or somebody's hand in the
 * file; either way it is reported with table, row and column instead of being guessed at.
 */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { RenewdError } from '../../core/errors.ts';
import type { Row } from './connection.ts';

/** Largest evidence (ledger details, events) in a column, in bytes of UTF-8; more is cut. */
export const evidenceBytesMax = 16 * 1024;

/** Largest value that must come back unchanged: room for the challenges of some hundred names. More is refused. */
export const exactBytesMax = 256 * 1024;

export class RowReader {
  readonly #table: string;
  readonly #id: string;
  readonly #row: Row;

  constructor(table: string, idColumn: string, row: Row) {
    this.#table = table;
    this.#id = String(row[idColumn]);
    this.#row = row;
  }

  text(column: string): string {
    const value = this.#row[column];
    return typeof value === 'string' ? value : this.fail(column, 'is not text');
  }

  textOrNull(column: string): string | null {
    return this.#row[column] === null ? null : this.text(column);
  }

  number(column: string): number {
    const value = this.#row[column];
    return typeof value === 'number' ? value : this.fail(column, 'is not a number');
  }

  integer(column: string): number {
    const value = this.number(column);
    return Number.isSafeInteger(value) ? value : this.fail(column, 'is not an integer');
  }

  boolean(column: string): boolean {
    const value: SQLOutputValue | undefined = this.#row[column];
    if (value === 1) return true;
    return value === 0 ? false : this.fail(column, 'is neither 0 nor 1');
  }

  booleanOrNull(column: string): boolean | null {
    return this.#row[column] === null ? null : this.boolean(column);
  }

  date(column: string): Date {
    const date = new Date(this.integer(column));
    return Number.isNaN(date.getTime()) ? this.fail(column, 'is not a moment') : date;
  }

  dateOrNull(column: string): Date | null {
    return this.#row[column] === null ? null : this.date(column);
  }

  oneOf<T extends string>(column: string, words: readonly T[]): T {
    const value = this.text(column);
    return (
      words.find((word) => word === value) ??
      this.fail(column, `has the unknown word ${JSON.stringify(value)}`)
    );
  }

  json(column: string): unknown {
    const value = this.text(column);
    try {
      return JSON.parse(value);
    } catch {
      return this.fail(column, 'is not JSON');
    }
  }

  object(column: string): Readonly<Record<string, unknown>> {
    const value = this.json(column);
    return isRecord(value) ? value : this.fail(column, 'is not a JSON object');
  }

  strings(column: string): readonly string[] {
    const value = this.json(column);
    return isStrings(value) ? value : this.fail(column, 'is not a JSON list of texts');
  }

  fail(column: string, problem: string): never {
    throw new RenewdError('internal', `store: ${this.#table} ${this.#id}: column ${column} ${problem}`, {
      fields: { table: this.#table, id: this.#id, column },
    });
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** An invalid Date would silently become NULL. */
export function moment(date: Date): number {
  const value = date.getTime();
  if (Number.isNaN(value)) throw new RenewdError('internal', 'an invalid date cannot be stored');
  return value;
}

export function momentOrNull(date: Date | null): number | null {
  return date === null ? null : moment(date);
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}

export function flagOrNull(value: boolean | null): number | null {
  return value === null ? null : flag(value);
}

/** JSON text that must come back unchanged. */
export function exactJson(what: string, value: unknown): string {
  const text = JSON.stringify(value);
  checkSize(what, text);
  return text;
}

export function checkSize(what: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= exactBytesMax) return;
  throw new RenewdError(
    'internal',
    `${what} is too large for the store: ${bytes} bytes, at most ${exactBytesMax}`,
  );
}

/**
 * JSON text of evidence. What is too large is replaced by its beginning: the fact that something was bought must never
 * go unwritten because its evidence is long.
 */
export function boundedJson(value: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= evidenceBytesMax) return text;
  // Quotes are escaped once more inside the replacement, which at worst doubles the excerpt's size.
  return JSON.stringify({ truncatedBytes: bytes, beginning: cutText(text, evidenceBytesMax / 4) });
}

/** The longest beginning of at most `bytesMax` bytes that does not end within a character. */
export function cutText(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** "INSERT INTO table (a, b) VALUES (?, ?)"; the values come from `inOrder`. */
export function insertSql(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}

export function inOrder<Column extends string>(
  columns: readonly Column[],
  values: Values<Column>,
): readonly SQLInputValue[] {
  return columns.map((column) => values[column]);
}

/** "a = excluded.a, b = excluded.b" */
export function replaceSql(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(', ');
}

export type Values<Column extends string> = Readonly<Record<Column, SQLInputValue>>;
