import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { freshPath } from './support.ts';

const path = freshPath();
let connection: Connection;

beforeEach(() => {
  connection = new Connection(path(), false);
  connection.execute('CREATE TABLE t (x TEXT UNIQUE) STRICT');
});
afterEach(() => {
  connection.close();
});

function rows(): readonly unknown[] {
  return connection.all('SELECT x FROM t ORDER BY x').map((row) => row['x']);
}

test('a transaction whose work throws is undone, and the next one works', () => {
  expect(() =>
    connection.write(() => {
      connection.run("INSERT INTO t VALUES ('a')");
      throw new Error('lost');
    }),
  ).toThrow(/lost/);
  expect(rows()).toEqual([]);
  connection.write(() => connection.run("INSERT INTO t VALUES ('b')"));
  expect(rows()).toEqual(['b']);
});

test('a full disk: nothing is changed, the remedy is said, and it goes on when there is room', () => {
  connection.execute('PRAGMA max_page_count = 4');
  const fill = (): number =>
    connection.write(() => {
      for (let n = 0; n < 100; n += 1)
        connection.run('INSERT INTO t VALUES (:x)', { x: `${n}${'x'.repeat(500)}` });
      return 100;
    });
  expect(fill).toThrow(
    expect.objectContaining({ code: 'store-failed', message: expect.stringContaining(path()) }),
  );
  expect(fill).toThrow(/SQLITE_FULL.*Free some space/);
  expect(rows()).toEqual([]);
  connection.execute('PRAGMA max_page_count = 1000');
  expect(fill()).toBe(100);
});

test('what is taken is a conflict, what breaks a rule is a bug', () => {
  connection.run("INSERT INTO t VALUES ('a')");
  expect(() => connection.run("INSERT INTO t VALUES ('a')")).toThrow(
    expect.objectContaining({ code: 'store-conflict' }),
  );
  expect(() => connection.run('INSERT INTO missing VALUES (1)')).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
});

test('a writer that is in the way is waited for, then named', () => {
  const other = new DatabaseSync(path());
  other.exec('BEGIN IMMEDIATE');
  connection.execute('PRAGMA busy_timeout = 50');
  expect(() => connection.write(() => 1)).toThrow(/SQLITE_BUSY.*fuser/);
  other.exec('ROLLBACK');
  other.close();
  expect(connection.write(() => 1)).toBe(1);
});

test('after closing, everything is refused and closing again is quiet', () => {
  connection.close();
  connection.close();
  expect(() => connection.all('SELECT 1')).toThrow(expect.objectContaining({ code: 'store-failed' }));
});
