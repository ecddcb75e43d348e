/**
 * One open database: prepared statements kept, writes in immediate transactions, failures translated. Knows nothing of
 * the tables. Everything is synchronous, so statements must be small: a long one stops the whole process.
 */
import { statSync, type BigIntStats } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { storeGone, translateFailure } from './failures.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** How long a statement waits for another process before it fails. */
const busyTimeoutMs = 5000;

export class Connection {
  readonly path: string;
  readonly #database: DatabaseSync;
  /** The file that was opened. Its inode is not given to another file while it is open. */
  readonly #file: BigIntStats | undefined;
  /** Keyed by the statement's text; the texts are constants of this folder, so the map stays small. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, readOnly: boolean) {
    this.path = path;
    try {
      this.#database = new DatabaseSync(path, {
        readOnly,
        timeout: busyTimeoutMs,
        enableForeignKeyConstraints: true,
      });
      this.#file = fileAt(path);
    } catch (thrown) {
      throw translateFailure(path, thrown);
    }
  }

  all(sql: string, parameters: Parameters = {}): readonly Row[] {
    return this.#guard(() => this.#statement(sql).all(parameters));
  }

  get(sql: string, parameters: Parameters = {}): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(parameters));
  }

  /** A statement with "?" for each value: binding by position takes half the time of binding by name. */
  runInOrder(sql: string, values: readonly SQLInputValue[]): number {
    return this.#guard(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** Returns how many rows were changed. */
  run(sql: string, parameters: Parameters = {}): number {
    return this.#guard(() => Number(this.#statement(sql).run(parameters).changes));
  }

  /** Several statements, without parameters and results. */
  execute(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  /** A PRAGMA's value. Not kept: some pragmas are computed when they are prepared. */
  pragma(text: string): SQLOutputValue | undefined {
    return this.#guard(() => {
      const row = this.#database.prepare(`PRAGMA ${text}`).get();
      return row === undefined ? undefined : Object.values(row)[0];
    });
  }

  /** All of `work` or nothing. IMMEDIATE: the write lock comes first, so what `work` reads cannot be outdated. */
  write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** Several reads that see the same moment. */
  snapshot<T>(work: () => T): T {
    return this.#transaction('BEGIN', work);
  }

  /**
   * Throws `store-gone` when the path leads to another file than the one that is open, or to none: SQLite would go on writing
   * to what nobody finds again, and another process begin a store of its own.
   */
  requireInPlace(): void {
    if (this.#file === undefined) return; // In memory.
    const now = fileAt(this.path);
    if (now === undefined || now.ino !== this.#file.ino || now.dev !== this.#file.dev)
      throw storeGone(this.path, now === undefined ? 'removed or moved' : 'replaced by another');
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#statements.clear();
    this.#guard(() => this.#database.close());
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.#guard(() => this.#database.exec(begin));
    try {
      const result = work();
      this.#guard(() => this.#database.exec('COMMIT'));
      return result;
    } catch (thrown) {
      this.#rollback();
      throw translateFailure(this.path, thrown);
    }
  }

  #rollback(): void {
    // After a full disk or an I/O failure SQLite has rolled back by itself already.
    if (!this.#database.isTransaction) return;
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // The failure that led here says more; an unfinished transaction is undone when the file is opened again.
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(operation: () => T): T {
    try {
      return operation();
    } catch (thrown) {
      throw translateFailure(this.path, thrown);
    }
  }
}

function fileAt(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
