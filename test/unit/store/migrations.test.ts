import { readFileSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../../src/store/migrations/index.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { migrate } from '../../../src/store/sqlite/migrate.ts';
import { after, noon } from '../../builders/store-records.ts';
import { createAtVersion, freshPath, tamper } from './support.ts';

const path = freshPath();

test('the list holds every file, in order, numbered from 1', () => {
  const files = readdirSync(new URL('../../../src/store/migrations/', import.meta.url));
  const numbers = files.map((file) => Number.parseInt(file, 10)).filter((number) => !Number.isNaN(number));
  expect(numbers.sort((a, b) => a - b)).toEqual(migrations.map((migration) => migration.number));
  expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1));
});

// A schema version without a sample of what it wrote fails here.
describe.each(migrations.map((migration) => migration.number))('a store of schema %i', (version) => {
  const sample = `schemas/${String(version).padStart(4, '0')}.sql`;

  test('is read whole by this version', async () => {
    createAtVersion(path(), version);
    tamper(path(), readFileSync(new URL(sample, import.meta.url), 'utf8'));
    const store = await openSqliteStore(path());
    expect(await store.certificates()).toMatchObject([
      { name: 'shop', jitter: 0.25, orderId: '17', paidUntil: noon, servedMatches: true },
    ]);
    expect(await store.openRenewals()).toMatchObject([
      { id: 'r1', state: 'awaiting-dcv', revision: 3, names: ['shop.example.com'] },
    ]);
    const waitsFor = { text: 'mail went to admin@example.com', since: noon };
    expect(await store.renewal('r1')).toMatchObject({ waitsFor: version < 2 ? null : waitsFor });
    expect((await store.renewalsToDiscard()).map(({ id }) => id)).toEqual(version < 2 ? [] : ['r0']);
    expect(await store.newestIssued('shop')).toMatchObject({ id: 'r0', leafPem: 'leaf', notAfter: noon });
    expect(await store.challenges('r1')).toMatchObject([
      { state: 'published', challenge: { kind: 'email', addresses: ['admin@example.com'] } },
    ]);
    expect(await store.unacknowledgedEvents('cnr')).toMatchObject([{ eventId: 'e1', raw: 'raw' }]);
    expect(await store.ledger({ limit: 10 })).toMatchObject([
      { kind: 'intent', paid: true, charged: null },
      { kind: 'outcome', charged: { hundredths: 4250, currency: 'EUR' }, detail: { orderId: '17' } },
    ]);
    expect(await store.spent('cnr', noon)).toEqual({ orders: 1, hundredths: 4250, currencies: ['EUR'] });
    expect(await store.pendingRequests()).toMatchObject([{ id: 'q1', options: { newKey: true }, by: 'ada' }]);
    const receipt = { sequence: 1, certificate: 'shop', renewalId: 'r0', hash: 'aa' };
    expect(await store.receipts({ limit: 9 })).toMatchObject(version < 3 ? [] : [receipt]);
    const toldNotice = { channel: 'team', subject: 'shop', level: 'urgent', toldAt: noon };
    expect(await store.toldNotices()).toMatchObject(version < 4 ? [] : [toldNotice]);
    const lost = { spkiSha256: 'bb', certificate: 'shop', by: 'ada' };
    expect(await store.compromisedKeys()).toMatchObject(version < 5 ? [] : [lost]);
    expect(await store.revocations()).toMatchObject(
      version < 5 ? [] : [{ status: 'revoked', checkedAt: noon }],
    );
    expect(await store.revocationsDue()).toMatchObject(
      version < 5 ? [] : [{ state: 'due', serialHex: '0badc0de' }],
    );
    expect(await store.leaseHolder('daemon', after(-1))).toBe('host-1');
    await store.close();
  });
});

describe('migrate', () => {
  const first = { number: 1, sql: "CREATE TABLE a (x TEXT) STRICT; INSERT INTO a VALUES ('kept')" };
  const second = { number: 2, sql: 'ALTER TABLE a ADD COLUMN y TEXT' };

  function version(): number {
    const database = new DatabaseSync(path());
    const row = database.prepare('PRAGMA user_version').get();
    database.close();
    return Number(row?.['user_version']);
  }

  test('applies what is missing, once', () => {
    const connection = new Connection(path(), false);
    migrate(connection, [first]);
    migrate(connection, [first]);
    expect(version()).toBe(1);
    migrate(connection, [first, second]);
    migrate(connection, [first, second]);
    expect(version()).toBe(2);
    expect(connection.all('SELECT * FROM a').map((row) => ({ ...row }))).toEqual([{ x: 'kept', y: null }]);
    connection.close();
  });

  test('one that fails leaves the store as it was', () => {
    const connection = new Connection(path(), false);
    const broken = { number: 2, sql: `${second.sql}; DELETE FROM a; INSERT INTO missing VALUES (1)` };
    expect(() => {
      migrate(connection, [first, broken]);
    }).toThrow(/missing/);
    expect(version()).toBe(1);
    expect(connection.all('SELECT * FROM a').map((row) => ({ ...row }))).toEqual([{ x: 'kept' }]);
    connection.close();
  });
});
