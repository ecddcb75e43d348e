import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../vendors/support.ts';
import { crt, csr } from '../rrpproxy/samples.ts';
import { never, ok } from '../rrpproxy/support.ts';
import { operation, withProvider } from './support.ts';

test('status: the order, its subs and one of them', async () => {
  const text = `${ok}property[certificate][0] = CZ00001
property[sub][0] = CZ00001-001
property[sub][1] = CZ00001-002
property[sub id][0] = CZ00001-002
property[sub status][0] = REVOKED
property[sub status][1] = ACTIVE
property[sub created date][1] = 2026-02-01 10:00:00
property[approveremail][0] = admin@example.com
property[certificate expiration date][0] = 2027-01-18 13:33:32.0`;
  await withProvider(
    () => text,
    async (provider, { heard }) => {
      const run = operation(provider, 'status');
      expect((await run.run({ order: ['CZ00001'], sub: ['CZ00001-002'] }, never)).data).toMatchObject({
        orderId: 'CZ00001',
        certificateId: 'CZ00001-002',
        subs: [
          { certificateId: 'CZ00001-001', status: 'REVOKED' },
          { certificateId: 'CZ00001-002', status: 'ACTIVE', createdAt: '2026-02-01T10:00:00.000Z' },
        ],
        approvers: ['admin@example.com'],
        expiresAt: '2027-01-18T13:33:32.000Z',
        migrated: false,
      });
      expect(heard[0]).toMatchObject({ CERTIFICATE: 'CZ00001', SUB: 'CZ00001-002' });
    },
  );
});

test('list: all pages, with the filters that are given', async () => {
  await withProvider(
    (heard) =>
      heard['FIRST'] === '0'
        ? `${ok}property[certificate][0] = CZ00001\nproperty[class][0] = SSL123\nproperty[created date][0] = 2026-01-02 03:04:05\nproperty[last][0] = 0\nproperty[total][0] = 2`
        : `${ok}property[certificate][0] = CZ00002\nproperty[last][0] = 1\nproperty[total][0] = 2`,
    async (provider, { heard }) => {
      const { data } = await operation(provider, 'list').run(
        { domain: ['example.com'], limit: ['10'] },
        never,
      );
      expect(data).toEqual({
        rows: [
          { orderId: 'CZ00001', class: 'SSL123', createdAt: '2026-01-02T03:04:05.000Z' },
          { orderId: 'CZ00002' },
        ],
        complete: true,
      });
      expect(heard[1]).toMatchObject({ APIVERSION: '1', DOMAIN: 'example.com', FIRST: '1', LIMIT: '9' });
    },
  );
});

test('info and check: what the provider says, property by property', async () => {
  await withProvider(
    () => `${ok}property[class][0] = SSL123\nproperty[csr commonname][0] = example.com`,
    async (provider, { heard }) => {
      expect((await operation(provider, 'info').run({ class: ['SSL123'] }, never)).data).toMatchObject({
        class: ['SSL123'],
      });
      expect(
        (await operation(provider, 'check').run({ csr: [csr], certificate: [crt] }, never)).data,
      ).toMatchObject({
        csrcommonname: ['example.com'],
      });
      expect(heard[0]).toEqual({ COMMAND: 'GetCertificateInfo', APIVERSION: '1', CLASS: 'SSL123' });
      expect(Object.keys(heard[1] ?? {})).toEqual(expect.arrayContaining(['CSR0', 'CRT0']));
    },
  );
});

describe('change-approver', () => {
  test('sends the addresses, and the method when it is given', async () => {
    await withProvider(
      () => ok,
      async (provider, { heard }) => {
        const given = { order: ['CZ00001'], sub: ['CZ00001-002'], email: ['a@example.com', 'b@example.com'] };
        await operation(provider, 'change-approver').run({ ...given, method: ['email'] }, never);
        expect(heard).toEqual([
          {
            COMMAND: 'ModifyCertificate',
            CERTIFICATE: 'CZ00001',
            SUB: 'CZ00001-002',
            APPROVEREMAIL0: 'a@example.com',
            APPROVEREMAIL1: 'b@example.com',
            AUTHMETHOD: 'EMAIL',
          },
        ]);
      },
    );
  });

  test.each([
    [{ order: ['CZ 1'], email: ['a@example.com'] }],
    [{ order: ['CZ00001'], email: ['somebody'] }],
    [{ order: ['CZ00001'], email: ['a@example.com'], method: ['pigeon'] }],
    [{ order: ['CZ00001'], email: ['a@example.com\nmigrate=1'] }],
    [{ order: ['CZ00001'] }],
    [{ order: ['CZ00001', 'CZ00002'], email: ['a@example.com'] }],
  ])('%j is refused before anything is sent', async (given) => {
    await withProvider(
      () => ok,
      async (provider, { heard }) => {
        expect(await thrownBy(operation(provider, 'change-approver').run(given, never))).toMatchObject({
          code: 'usage',
        });
        expect(heard).toEqual([]);
      },
    );
  });
});

describe('migrate', () => {
  test('names the new ids and what to change in the inventory', async () => {
    await withProvider(
      () =>
        `${ok}property[MIGRATEDFROM][0] = CZ00001-001\nproperty[MIGRATEDFROM][1] = CZ00001-002\nproperty[MIGRATEDTO][0] = SC12345678\nproperty[MIGRATEDTO][1] = SC12345679`,
      async (provider, { heard }) => {
        const run = operation(provider, 'migrate');
        expect(run.effect).toBe('changes');
        expect((await run.run({ order: ['CZ00001'] }, never)).data).toEqual({
          orderId: 'CZ00001',
          moved: [
            { from: 'CZ00001-001', to: 'SC12345678' },
            { from: 'CZ00001-002', to: 'SC12345679' },
          ],
          inventory: expect.stringMatching(/provider.*rrpproxy.*product/),
        });
        expect(heard).toEqual([{ COMMAND: 'ModifyCertificate', CERTIFICATE: 'CZ00001', MIGRATE: '1' }]);
      },
    );
  });

  test.each([
    ['a code that rules nothing out', 'code = 421\ndescription = try again'],
    ['a success without ids', ok],
  ])('%s leaves it unknown, and it is sent once', async (_, said) => {
    await withProvider(
      () => said,
      async (provider, { heard }) => {
        expect(
          await thrownBy(operation(provider, 'migrate').run({ order: ['CZ00001'] }, never)),
        ).toMatchObject({
          kind: 'outcome-unknown',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });
});
