/**
 * Every migration, in order. The schema version is the number of migrations applied, so the list only ever grows at
 * its end; a migration that was released is never edited. A test compares this list with the files beside it.
 */
import { sql as initial } from './0001-initial.ts';
import { sql as personsAndLeftovers } from './0002-persons-and-leftovers.ts';
import { sql as receipts } from './0003-receipts.ts';
import { sql as notices } from './0004-notices.ts';
import { sql as revocation } from './0005-revocation.ts';

export interface Migration {
  readonly number: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  { number: 1, sql: initial },
  { number: 2, sql: personsAndLeftovers },
  { number: 3, sql: receipts },
  { number: 4, sql: notices },
  { number: 5, sql: revocation },
];
