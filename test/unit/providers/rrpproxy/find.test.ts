import { beforeAll, describe, expect, test } from 'vitest';
import type { FindQuery } from '../../../../src/contracts/order.ts';
import { startMs } from '../../vendors/support.ts';
import {
  indexed,
  keyMaterial,
  never,
  ok,
  withProvider,
  type Heard,
  type KeyMaterial,
  type Said,
} from './support.ts';

interface Stored {
  readonly id: string;
  readonly key: KeyMaterial | undefined;
  readonly tag?: string;
  readonly domain?: string;
  readonly createdMs?: number;
  readonly class?: string;
}

let ours: KeyMaterial;
let other: KeyMaterial;
beforeAll(async () => {
  ours = await keyMaterial();
  other = await keyMaterial('other.example');
});

const reference = 'rn-0123456789abcdefg';
const hourMs = 3_600_000;

function query(changes: Partial<FindQuery> = {}): FindQuery {
  return {
    reference,
    spkiSha256: ours.spkiSha256,
    names: ['example.com'],
    product: 'ssl123dv',
    since: new Date(startMs - hourMs),
    ...changes,
  };
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
}

/** An account with these certificates, listing `pageSize` rows at a time. */
function holding(stored: readonly Stored[], pageSize = 1000): (heard: Heard) => Said {
  return (heard) => {
    if (heard['COMMAND'] === 'StatusCertificate') {
      const one = stored.find(({ id }) => id === heard['CERTIFICATE']);
      if (one === undefined) return 'code = 545\ndescription = Entity reference not found';
      const csr = one.key === undefined ? '' : indexed('csr', one.key.csrPem);
      return `${ok}property[certificate][0] = ${one.id}\nproperty[status][0] = processing\n${csr}\nEOF`;
    }
    const matching = stored.filter(
      ({ tag, domain }) =>
        (heard['SERVICETAG0'] === undefined || heard['SERVICETAG0'] === tag) &&
        (heard['DOMAIN'] === undefined || heard['DOMAIN'] === domain),
    );
    const first = Number(heard['FIRST']);
    const page = matching.slice(first, first + pageSize);
    const rows = page.map(
      (one, index) =>
        `property[certificate][${index}] = ${one.id}\nproperty[created date][${index}] = ${stamp(one.createdMs ?? startMs)}\nproperty[class][${index}] = ${one.class ?? 'SSL123DV'}`,
    );
    return `${ok}${rows.join('\n')}\nproperty[count][0] = ${page.length}\nproperty[first][0] = ${first}\nproperty[last][0] = ${first + page.length - 1}\nproperty[total][0] = ${matching.length}`;
  };
}

describe('find', () => {
  test('an order is found by its service tag', async () => {
    await withProvider(
      holding([
        { id: 'DK1', key: ours, tag: reference },
        { id: 'DK2', key: other },
      ]),
      async (provider, { heard }) => {
        const result = await provider.find(query(), never);
        expect(result.complete).toBe(true);
        expect(result.matches.map(({ handle }) => handle.certificateId)).toEqual(['DK1']);
        expect(result.matches[0]?.spkiSha256).toBe(ours.spkiSha256);
        expect(heard[0]).toMatchObject({
          COMMAND: 'QueryCertificateList',
          SERVICETAG0: reference,
          WIDE: '1',
        });
        expect(heard).toHaveLength(2);
      },
    );
  });

  test('a renewal or reissue is found by its name and key', async () => {
    await withProvider(
      holding([
        { id: 'DK1', key: other, domain: 'example.com' },
        { id: 'DK2', key: ours, domain: 'example.com' },
      ]),
      async (provider) => {
        const result = await provider.find(query({ previous: { certificateId: 'DK0' } }), never);
        expect(result.matches.map(({ handle }) => handle.certificateId)).toEqual(['DK2']);
      },
    );
  });

  test('one listed under another first name is found in the whole list, page after page', async () => {
    const stored = ['DK1', 'DK2', 'DK3', 'DK4', 'DK5'].map((id) => ({
      id,
      key: id === 'DK5' ? ours : other,
      domain: 'www.example.com',
    }));
    await withProvider(holding(stored, 2), async (provider, { heard }) => {
      const result = await provider.find(query(), never);
      expect(result.matches.map(({ handle }) => handle.certificateId)).toEqual(['DK5']);
      expect(result.complete).toBe(true);
      const listed = heard.filter((command) => command['COMMAND'] === 'QueryCertificateList');
      expect(listed.map((command) => command['FIRST'])).toEqual(['0', '0', '0', '2', '4']);
    });
  });

  test('absence is proved by the whole list', async () => {
    await withProvider(holding([{ id: 'DK1', key: other }]), async (provider) => {
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: true });
    });
  });

  test('certificates from before, of another class, or the previous one are not even read', async () => {
    await withProvider(
      holding([
        { id: 'DK1', key: ours, createdMs: startMs - 5 * hourMs },
        { id: 'DK2', key: ours, class: 'RAPIDSSLDV' },
        { id: 'DK3', key: ours },
        { id: 'FAIL123', key: ours },
      ]),
      async (provider, { heard }) => {
        const result = await provider.find(query({ previous: { certificateId: 'DK3' } }), never);
        expect(result).toEqual({ matches: [], complete: true });
        expect(heard.some((command) => command['COMMAND'] === 'StatusCertificate')).toBe(false);
      },
    );
  });

  test('clocks and time zones may differ by hours', async () => {
    await withProvider(
      holding([{ id: 'DK1', key: ours, createdMs: startMs - 3.5 * hourMs }]),
      async (provider) => {
        expect((await provider.find(query(), never)).matches).toHaveLength(1);
      },
    );
  });

  test('a certificate without CSR leaves it open', async () => {
    await withProvider(holding([{ id: 'DK1', key: undefined }]), async (provider) => {
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: false });
    });
  });

  test('a list without total leaves it open', async () => {
    const say = holding([{ id: 'DK1', key: other }]);
    await withProvider(
      (heard) => {
        const said = say(heard);
        return typeof said === 'string' ? said.replace(/property\[total\].*/, '') : said;
      },
      async (provider) => {
        expect((await provider.find(query(), never)).complete).toBe(false);
      },
    );
  });

  test('a filter that is refused is no obstacle', async () => {
    const say = holding([{ id: 'DK1', key: ours }]);
    await withProvider(
      (heard) =>
        heard['SERVICETAG0'] !== undefined || heard['DOMAIN'] !== undefined
          ? 'code = 503\ndescription = Invalid attribute name; DOMAIN'
          : say(heard),
      async (provider) => {
        const result = await provider.find(query(), never);
        expect(result.matches).toHaveLength(1);
        expect(result.complete).toBe(true);
      },
    );
  });

  test('a filter that is ignored proves nothing by itself', async () => {
    const say = holding([{ id: 'DK1', key: other }]);
    await withProvider(
      (heard) => {
        const { SERVICETAG0: _tag, DOMAIN: _domain, ...rest } = heard;
        return say(rest);
      },
      async (provider) => {
        expect(await provider.find(query(), never)).toEqual({ matches: [], complete: true });
      },
    );
  });

  test('too many candidates leave it open instead of reading for ever', async () => {
    const stored = Array.from({ length: 260 }, (_, index) => ({ id: `DK${index}`, key: other }));
    await withProvider(holding(stored), async (provider, { heard }) => {
      expect(await provider.find(query(), never)).toEqual({ matches: [], complete: false });
      expect(heard.filter((command) => command['COMMAND'] === 'StatusCertificate')).toHaveLength(250);
    });
  });
});
