/** A directory per test, and databases at any schema version. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import { migrations } from '../../../src/store/migrations/index.ts';
import { applicationId } from '../../../src/store/sqlite/migrate.ts';

/** Path of the store's file in a directory that is fresh in every test of the calling file. */
export function freshPath(): () => string {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'renewd-sqlite-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return () => join(directory, 'renewd.db');
}

/** Runs statements on the file behind renewd's back. */
export function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** A database as the renewd of that schema version left it. */
export function createAtVersion(path: string, version: number): void {
  for (const { number, sql } of migrations.slice(0, version)) {
    tamper(path, `${sql}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${number}`);
  }
}
