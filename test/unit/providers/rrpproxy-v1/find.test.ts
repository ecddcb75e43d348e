import { beforeAll, describe, expect, test } from 'vitest';
import type { FindQuery } from '../../../../src/contracts/order.ts';
import { startMs } from '../../vendors/support.ts';
import {
  indexed,
  keyMaterial,
  never,
  ok,
  type Heard,
  type KeyMaterial,
  type Said,
} from '../rrpproxy/support.ts';
import { withProvider } from './support.ts';

interface Sub {
  readonly id: string;
  readonly key?: KeyMaterial;
  readonly createdMs?: number;
}

interface Order {
  readonly id: string;
  readonly domain?: string;
  readonly migrated?: boolean;
  readonly subs: readonly Sub[];
}

let ours: KeyMaterial;
let other: KeyMaterial;
beforeAll(async () => {
  ours = await keyMaterial();
  other = await keyMaterial('other.example');
});

const hourMs = 3_600_000;

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}

/** An account with these orders. */
function holding(orders: readonly Order[]): (heard: Heard) => Said {
  return (heard) => {
    if (heard['COMMAND'] === 'QueryCertificateList') {
      const rows = orders.flatMap(({ id, domain = '' }, index) => [
        `property[certificate][${index}] = ${id}`,
        `property[domain][${index}] = ${domain}`,
      ]);
      return `${ok}${rows.join('\n')}\nproperty[last][0] = ${orders.length - 1}\nproperty[total][0] = ${orders.length}`;
    }
    const order = orders.find(({ id }) => id === heard['CERTIFICATE']);
    const one = order?.subs.find(({ id }) => id === (heard['SUB'] ?? order.subs.at(-1)?.id));
    if (order === undefined || one === undefined)
      return 'code = 545\ndescription = Entity reference not found';
    const rows = order.subs.flatMap(({ id, createdMs }, index) => [
      `property[sub][${index}] = ${id}`,
      `property[sub status][${index}] = ${order.migrated === true ? 'MIGRATED' : 'ACTIVE'}`,
      `property[sub created date][${index}] = ${stamp(createdMs ?? startMs)}`,
    ]);
    const key = one.key === undefined ? '' : indexed('csr', one.key.csrPem);
    return `${ok}property[certificate][0] = ${order.id}\nproperty[sub id][0] = ${one.id}\n${rows.join('\n')}\n${key}`;
  };
}

function query(changes: Partial<FindQuery> = {}): FindQuery {
  return {
    reference: 'rn-0123456789abcdefg',
    spkiSha256: ours.spkiSha256,
    names: ['example.com'],
    product: 'SSL123',
    since: new Date(startMs - hourMs),
    previous: { orderId: 'CZ00001', certificateId: 'CZ00001-001' },
    ...changes,
  };
}

describe('after a lost reissue', () => {
  test('the sub with our key is found in the order', async () => {
    const account = [
      {
        id: 'CZ00001',
        subs: [
          { id: 'CZ00001-001', key: other },
          { id: 'CZ00001-002', key: ours },
        ],
      },
    ];
    await withProvider(holding(account), async (provider, { heard }) => {
      const { matches, complete } = await provider.find(query(), never);
      expect(complete).toBe(true);
      expect(matches.map(({ handle }) => handle)).toEqual([
        { orderId: 'CZ00001', certificateId: 'CZ00001-002' },
      ]);
      // The order's status was that of the newest sub: nothing else had to be asked, and no other order was looked at.
      expect(heard).toHaveLength(1);
    });
  });

  test('its absence from the order is proof', async () => {
    const account = [{ id: 'CZ00001', subs: [{ id: 'CZ00001-001', key: ours }] }];
    await withProvider(holding(account), async (provider) => {
      // The one that was to be replaced may have our key, too: it is not the new one.
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: true });
    });
  });

  test('subs of long ago are not read', async () => {
    const account = [
      {
        id: 'CZ00001',
        subs: [
          { id: 'CZ00001-001', key: other },
          { id: 'CZ00001-002', key: ours, createdMs: startMs - 9 * hourMs },
          { id: 'CZ00001-003', key: other },
        ],
      },
    ];
    await withProvider(holding(account), async (provider, { heard }) => {
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: true });
      expect(heard).toHaveLength(1);
    });
  });

  test.each<[string, Order[]]>([
    ['the order is gone', []],
    ['a sub shows no key', [{ id: 'CZ00001', subs: [{ id: 'CZ00001-001' }, { id: 'CZ00001-002' }] }]],
    ['the order was moved to API 2', [{ id: 'CZ00001', migrated: true, subs: [{ id: 'CZ00001-002' }] }]],
  ])('nothing is proved when %s', async (_, account) => {
    await withProvider(holding(account), async (provider) => {
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: false });
    });
  });
});

describe('adoption', () => {
  function adoption(): FindQuery {
    return { reference: '', spkiSha256: ours.spkiSha256, names: ['www.example.com'], product: 'SSL123' };
  }

  test('the order whose domain is ours is looked at first, and the handle has order and sub', async () => {
    const account = [
      { id: 'CZ00001', domain: 'other.example', subs: [{ id: 'CZ00001-001', key: other }] },
      { id: 'CZ00002', domain: 'example.com', subs: [{ id: 'CZ00002-001', key: ours }] },
    ];
    await withProvider(holding(account), async (provider, { heard }) => {
      const { matches } = await provider.find(adoption(), never);
      expect(matches.map(({ handle }) => handle)).toEqual([
        { orderId: 'CZ00002', certificateId: 'CZ00002-001' },
      ]);
      expect(heard.map((one) => one['CERTIFICATE'])).toEqual([undefined, 'CZ00002']);
    });
  });

  test('another name of an order is found in a second round', async () => {
    const account = [{ id: 'CZ00001', domain: 'other.example', subs: [{ id: 'CZ00001-001', key: ours }] }];
    await withProvider(holding(account), async (provider) => {
      expect(await provider.find(adoption(), never)).toMatchObject({
        matches: [{ handle: { orderId: 'CZ00001', certificateId: 'CZ00001-001' } }],
        complete: true,
      });
    });
  });

  test('an account of many orders is read within a bound', async () => {
    const account = Array.from({ length: 300 }, (_, index) => ({
      id: `CZ${10_000 + index}`,
      subs: [{ id: `CZ${10_000 + index}-001`, key: other }],
    }));
    await withProvider(holding(account), async (provider, { heard }) => {
      expect(await provider.find(adoption(), never)).toEqual({ matches: [], complete: false });
      expect(heard.length).toBeLessThanOrEqual(251);
    });
  });
});
