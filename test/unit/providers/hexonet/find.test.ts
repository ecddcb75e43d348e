import { describe, expect, test } from 'vitest';
import type { FindQuery } from '../../../../src/contracts/order.ts';
import { answer, never, type Heard } from '../../vendors/hexonet/support.ts';
import { keyMaterial, lines, withProvider, type KeyMaterial } from './support.ts';

// Made before the tables below are.
const [ours, other] = await Promise.all([keyMaterial(), keyMaterial()]);

interface Row {
  readonly id: string;
  readonly product?: string;
  readonly created?: string;
  /** Of its status; absent: the status says "not found". */
  readonly status?: Status;
}

type Status = Readonly<Record<string, string | readonly string[]>>;

const since = new Date('2026-11-02T12:00:00Z');
const product = 'COMODO_ESSENTIALSSL';

function query(changes: Partial<FindQuery> = {}): FindQuery {
  return {
    reference: 'rn-1',
    spkiSha256: ours.spkiSha256,
    names: ['example.com'],
    product,
    since,
    ...changes,
  };
}

function keyed(material: KeyMaterial, more: Status = {}): Status {
  return {
    STATUS: 'PENDING',
    CSR: lines(material.csrPem),
    DOMAIN: 'example.com',
    SSLCERTCLASS: product,
    ...more,
  };
}

function account(
  rows: readonly Row[],
  { limit = 200, total = rows.length }: { limit?: number; total?: number } = {},
) {
  return (heard: Heard): string => {
    if (heard['COMMAND'] === 'QuerySSLCertList') {
      const first = Number(heard['FIRST']);
      const page = rows.slice(first, first + limit);
      return answer({
        FIRST: String(first),
        LAST: String(first + page.length - 1),
        COUNT: String(page.length),
        TOTAL: String(total),
        SSLCERTID: page.map(({ id }) => id),
        SSLCERTCLASS: page.map((row) => row.product ?? product),
        SSLCERTCREATEDDATE: page.map((row) => row.created ?? '2026-11-02 12:00:05'),
      });
    }
    const found = rows.find(({ id }) => id === heard['SSLCERTID'])?.status;
    return found === undefined ? answer({}, 545) : answer({ SSLCERTID: heard['SSLCERTID'] ?? '', ...found });
  };
}

async function search(
  rows: readonly Row[],
  changes: Partial<FindQuery> = {},
  pages: Parameters<typeof account>[1] = {},
) {
  return withProvider(account(rows, pages), async (provider, { heard }) => {
    const found = await provider.find(query(changes), never);
    return {
      ids: found.matches.map(({ handle }) => handle.certificateId),
      complete: found.complete,
      heard: [...heard],
    };
  });
}

describe('by the public key', () => {
  test('the one with our key, asked for since the intent, oldest first', async () => {
    const { ids, complete, heard } = await search([
      { id: '1', status: keyed(other) },
      { id: '2', status: keyed(ours) },
    ]);
    expect({ ids, complete }).toEqual({ ids: ['2'], complete: true });
    expect(heard[0]).toEqual({
      COMMAND: 'QuerySSLCertList',
      WIDE: '1',
      ORDERBY: 'CREATEDDATE',
      MINCREATEDDATE: '2026-11-02 09:00:00',
      FIRST: '0',
      LIMIT: '200',
    });
  });

  test('page by page to the end', async () => {
    const rows = Array.from({ length: 7 }, (_, index) => ({
      id: String(index + 1),
      status: keyed(index === 6 ? ours : other),
    }));
    const { ids, complete, heard } = await search(rows, {}, { limit: 3 });
    expect({ ids, complete }).toEqual({ ids: ['7'], complete: true });
    expect(heard.filter(({ COMMAND }) => COMMAND === 'QuerySSLCertList').map(({ FIRST }) => FIRST)).toEqual([
      '0',
      '3',
      '6',
    ]);
  });

  test.each<readonly [string, Row, boolean]>([
    ['an older one is not looked at', { id: '1', created: '2026-11-02 08:59:59', status: keyed(ours) }, true],
    ['of another class neither', { id: '1', product: 'COMODO_UCC', status: keyed(ours) }, true],
    ['gone between list and look: no proof', { id: '1' }, false],
    ['without a key to compare: no proof', { id: '1', status: { STATUS: 'PENDING' } }, false],
    [
      'a renewal of something else, with a kept key',
      { id: '1', status: keyed(ours, { 'OLD-SSLCERTID': '99' }) },
      true,
    ],
  ])('%s', async (_, row, complete) => {
    expect(await search([row])).toMatchObject({ ids: [], complete });
  });

  test('a class spelt as the command pages spell it is the same class', async () => {
    const row = { id: '1', product: 'COMODO_INSTANTSSLPRO', status: keyed(ours) };
    expect(await search([row], { product: 'comodo_instantssl_pro' })).toMatchObject({ ids: ['1'] });
  });

  test.each([
    ['that claims more than it shows', { total: 500, limit: 0 }],
    ['without an end', { total: 5 }],
  ])('a list %s proves nothing', async (_, pages) => {
    const { ids, complete } = await search([{ id: '1', status: keyed(other) }], {}, pages);
    expect({ ids, complete }).toEqual({ ids: [], complete: false });
  });
});

describe('what came before', () => {
  const previous = { certificateId: '7' };
  const at = (updated: string, more: object = {}): Row => ({
    id: '7',
    created: '2025-11-02 12:00:00',
    status: keyed(ours, { UPDATEDDATE: updated, STATUS: 'ACTIVE', ...more }),
  });

  test.each<readonly [string, Row, readonly string[], boolean]>([
    [
      'a reissue under way has our key under the old id',
      at('2026-11-02 12:00:05', { STATUS: 'PENDINGREISSUE' }),
      ['7'],
      true,
    ],
    ['and one that is done', at('2026-11-02 12:00:05'), ['7'], true],
    ['a kept key in an order that nobody touched since is no reissue', at('2026-10-01 00:00:00'), [], true],
    ['without a date it cannot be told', at(''), [], false],
    ['replaced by a renewal: not ours', at('2026-11-02 12:00:05', { STATUS: 'REPLACED' }), [], true],
  ])('%s', async (_, row, ids, complete) => {
    expect(await search([row], { previous })).toMatchObject({ ids, complete });
  });

  test('a renewal with a kept key is the new certificate, not the old one', async () => {
    const rows = [at('2026-11-02 12:00:05'), { id: '8', status: keyed(ours, { 'OLD-SSLCERTID': '7' }) }];
    expect(await search(rows, { previous })).toMatchObject({ ids: ['8'], complete: true });
  });

  test('another key under the old id is the certificate from before', async () => {
    const row = { ...at('2026-11-02 12:00:05'), status: keyed(other) };
    expect(await search([row], { previous })).toMatchObject({ ids: [], complete: true });
  });
});

describe('where the vendor makes the key', () => {
  const vendorMade = { KEYLENGTH: '2048' };

  test('names, class and time must do, and our own orders are none of them', async () => {
    const rows = [
      { id: '1', status: keyed(other, vendorMade) },
      { id: '2', status: keyed(other) },
      { id: '3', status: keyed(other, { ...vendorMade, DOMAIN: ['example.com', 'www.example.com'] }) },
    ];
    expect(await search(rows, { spkiSha256: '' })).toMatchObject({ ids: ['1'], complete: true });
  });

  test('two that fit are both shown: a person decides', async () => {
    const rows = ['1', '2'].map((id) => ({ id, status: keyed(other, vendorMade) }));
    expect(await search(rows, { spkiSha256: '' })).toMatchObject({ ids: ['1', '2'] });
  });
});

test('adoption: without reference and time every order with the key counts, renewals too', async () => {
  const rows = [{ id: '1', created: '2020-01-01 00:00:00', status: keyed(ours, { 'OLD-SSLCERTID': '99' }) }];
  await withProvider(account(rows), async (provider, { heard }) => {
    const { spkiSha256 } = ours;
    const found = await provider.find({ reference: '', spkiSha256, names: ['example.com'], product }, never);
    expect(found.matches.map(({ handle }) => handle)).toEqual([{ certificateId: '1' }]);
    expect(heard[0]?.['MINCREATEDDATE']).toBeUndefined();
  });
});
