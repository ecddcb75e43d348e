/**
 * Strict reading of column values. A row that does not parse is our own bug or somebody's hand in the file; either way
 * it is reported with table, row and column instead of being guessed at.
 */
import type { SQLOutputValue } from 'node:sqlite';
import { RenewdError } from '../../core/errors.ts';
import type { Row } from './connection.ts';

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
