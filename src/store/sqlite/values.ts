/** From our values to those of columns, with limits on what is stored, and the statements that take them. */
import type { SQLInputValue } from 'node:sqlite';
import { RenewdError } from '../../core/errors.ts';

/** Largest evidence (ledger details, events) in a column, in bytes of UTF-8; more is cut. */
export const evidenceBytesMax = 16 * 1024;

/** Largest value that must come back unchanged: room for the challenges of some hundred names. More is refused. */
export const exactBytesMax = 256 * 1024;

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
