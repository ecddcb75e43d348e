/** The KeyDNS publisher against a zone kept by a loopback stand-in of the API. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DnsPublisher, DnsRecord } from '../../../src/contracts/publisher.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { configSchema } from '../../../src/publishers/rrpproxy-keydns/config.ts';
import { createKeydns } from '../../../src/publishers/rrpproxy-keydns/publisher.ts';
import { isRecord, recordLine } from '../../../src/publishers/rrpproxy-keydns/records.ts';
import {
  dependenciesOf,
  never,
  newWatch,
  ok,
  password,
  vendor,
  type Heard,
  type Said,
} from '../providers/rrpproxy/support.ts';
import { thrownBy } from '../vendors/support.ts';

interface Keydns {
  readonly zone: string;
  /** As they are listed. */
  readonly lines: string[];
  readonly locked?: readonly string[];
  /** Answers before the zone does. */
  readonly before?: (heard: Heard) => Said | undefined;
  /** Rows of a page. */
  readonly pageSize?: number;
}

const unknown = 'code = 545\ndescription = Entity reference not found';

/** Lists, adds and removes as the documents say; a line is removed only when it is given exactly as it is listed. */
function keydns({ zone, lines, locked = [], before, pageSize = 1000 }: Keydns): (heard: Heard) => Said {
  return (heard) => {
    const said = before?.(heard);
    if (said !== undefined) return said;
    const name = heard['DNSZONE'];
    if (heard['COMMAND'] === 'GetDNSZone') return unknown;
    if (name !== zone) return unknown;
    if (heard['COMMAND'] === 'StatusDNSZone') return `${ok}property[dnszone][0] = ${zone}`;
    if (heard['COMMAND'] === 'QueryDNSZoneRRList') {
      const type = heard['TYPE'] ?? '';
      const first = Number(heard['FIRST']);
      const all = lines.filter((line) => line.split(/\s+/).includes(type));
      const page = all.slice(first, first + Math.min(pageSize, Number(heard['LIMIT'])));
      const rows = page.map((line, index) => {
        if (heard['WIDE'] !== '1') return `property[rr][${index}] = ${line}`;
        const [owner = ''] = line.split(' ');
        return `property[name][${index}] = ${owner}\nproperty[locked][${index}] = ${locked.includes(line) ? 1 : 0}`;
      });
      return `${ok}${rows.join('\n')}\nproperty[last][0] = ${first + page.length - 1}\nproperty[total][0] = ${all.length}\nEOF`;
    }
    if (heard['ADDRR0'] !== undefined) {
      lines.push(heard['ADDRR0']);
      return ok;
    }
    const at = lines.indexOf(heard['DELRR0'] ?? '');
    if (at < 0 || locked.includes(lines[at] ?? ''))
      return 'code = 541\ndescription = Invalid attribute value; RR';
    lines.splice(at, 1);
    return ok;
  };
}

async function withPublisher<T>(
  say: (heard: Heard) => Said,
  use: (publisher: DnsPublisher, heard: readonly Heard[], logged: readonly string[]) => Promise<T>,
  more: object = {},
): Promise<T> {
  await using server = await vendor(say);
  const watch = newWatch();
  const written = { login: 'acme:robot', password: { env: 'P' }, zones: ['example.com'], url: server.url };
  const config = {
    ...configSchema.parse({ ...written, requestsPerSecond: 20, ...more }),
    password: new Secret(password),
  };
  const publisher = createKeydns('keydns', config, dependenciesOf(watch));
  try {
    return await use(publisher, server.heard, watch.logged);
  } finally {
    await publisher.close();
  }
}

const text: DnsRecord = { name: '_dcv.shop.example.com', type: 'TXT', value: 'token-1', ttlSeconds: 30 };
const alias: DnsRecord = {
  name: '_0123.www.example.com',
  type: 'CNAME',
  value: 'a.b.comodoca.com',
  ttlSeconds: 60,
};
const mine = '_dcv.shop.example.com. 60 IN TXT "token-1"';
const foreign = [
  'example.com. 3600 IN TXT "v=spf1 -all"',
  '_dcv.shop 60 IN TXT "token-2"',
  'www 60 IN CNAME example.com.',
];

describe('publish', () => {
  test('adds one line, with the least TTL, and touches nothing else', async () => {
    const lines = [...foreign];
    await withPublisher(keydns({ zone: 'example.com', lines }), async (publisher, heard) => {
      await publisher.publish(text, never);
      await publisher.publish(alias, never);
      expect(lines).toEqual([...foreign, mine, '_0123.www.example.com. 60 IN CNAME a.b.comodoca.com.']);
      const changes = heard.filter((one) => one['COMMAND'] === 'ModifyDNSZone');
      expect(changes.map((one) => Object.keys(one))).toEqual([
        ['COMMAND', 'DNSZONE', 'ADDRR0'],
        ['COMMAND', 'DNSZONE', 'ADDRR0'],
      ]);
      // Never what would exchange the records of the zone.
      expect(heard.flatMap((one) => Object.keys(one)).filter((name) => /^(RR\d|SOA)/.test(name))).toEqual([]);
    });
  });

  test('what is there already is not added again, however it is written and wherever it is listed', async () => {
    for (const line of [
      mine,
      '_dcv.shop 300 IN TXT "token-1"',
      '_DCV.shop.EXAMPLE.com. IN TXT token-1',
      '_dcv.shop.example.com 60 TXT "tok" "en-1"',
    ]) {
      const lines = [...foreign, line];
      await withPublisher(keydns({ zone: 'example.com', lines, pageSize: 1 }), async (publisher) => {
        await publisher.publish(text, never);
        expect(lines).toEqual([...foreign, line]);
      });
    }
  });

  test('two proofs of one value at the same time give one record', async () => {
    const lines: string[] = [];
    await withPublisher(keydns({ zone: 'example.com', lines }), async (publisher) => {
      await Promise.all([publisher.publish(text, never), publisher.publish(text, never)]);
      expect(lines).toEqual([mine]);
    });
  });

  test('a refusal is success when the record is there after all', async () => {
    const lines: string[] = [];
    const before = (heard: Heard): Said | undefined => {
      if (heard['ADDRR0'] === undefined) return undefined;
      lines.push(heard['ADDRR0']);
      return 'code = 541\ndescription = duplicate record';
    };
    await withPublisher(keydns({ zone: 'example.com', lines, before }), async (publisher) => {
      await publisher.publish(text, never);
      expect(lines).toEqual([mine]);
    });
  });

  test('another alias at the name is left alone', async () => {
    const lines = ['_0123.www 60 IN CNAME other.example.net.'];
    await withPublisher(keydns({ zone: 'example.com', lines }), async (publisher) => {
      const thrown = await thrownBy(publisher.publish(alias, never));
      expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
      expect(lines).toHaveLength(1);
    });
  });

  test('the longest TTL that is configured', async () => {
    const lines: string[] = [];
    await withPublisher(
      keydns({ zone: 'example.com', lines }),
      async (publisher) => {
        await publisher.publish(text, never);
        expect(lines[0]).toContain(' 300 IN TXT ');
      },
      { ttlSeconds: 300 },
    );
  });

  test.each(['two\nlines', 'nul\0', 'ümlaut', ''])(
    'the value %j is refused, and nothing is sent',
    async (value) => {
      const lines: string[] = [];
      await withPublisher(keydns({ zone: 'example.com', lines }), async (publisher, heard) => {
        expect(await thrownBy(publisher.publish({ ...text, value }, never))).toMatchObject({
          code: 'dcv-publish-failed',
        });
        expect(heard.some((one) => one['COMMAND'] === 'ModifyDNSZone')).toBe(false);
      });
    },
  );
});

describe('withdraw', () => {
  test('removes the listed line exactly as it is listed, and only that', async () => {
    const listed = '_dcv.shop   3600 IN TXT "token-1"';
    const lines = [...foreign, listed];
    await withPublisher(keydns({ zone: 'example.com', lines }), async (publisher, heard) => {
      await publisher.withdraw(text, never);
      expect(lines).toEqual(foreign);
      expect(heard.at(-1)).toEqual({ COMMAND: 'ModifyDNSZone', DNSZONE: 'example.com', DELRR0: listed });
    });
  });

  test('is quiet when the record is gone, or the zone', async () => {
    await withPublisher(keydns({ zone: 'example.com', lines: [...foreign] }), async (publisher, heard) => {
      await publisher.withdraw(text, never);
      await publisher.withdraw(alias, never);
      expect(heard.some((one) => one['COMMAND'] === 'ModifyDNSZone')).toBe(false);
    });
    await withPublisher(keydns({ zone: 'example.net', lines: [] }), async (publisher) => {
      await publisher.withdraw(text, never);
    });
  });

  test('is quiet when somebody else removed it meanwhile', async () => {
    const lines = [mine];
    const before = (heard: Heard): Said | undefined => {
      if (heard['DELRR0'] === undefined) return undefined;
      lines.length = 0;
      return 'code = 541\ndescription = no such record';
    };
    await withPublisher(keydns({ zone: 'example.com', lines, before }), async (publisher) => {
      await publisher.withdraw(text, never);
      expect(lines).toEqual([]);
    });
  });

  test('a locked record is named as such', async () => {
    const lines = [mine];
    await withPublisher(keydns({ zone: 'example.com', lines, locked: [mine] }), async (publisher) => {
      const thrown = await thrownBy(publisher.withdraw(text, never));
      expect(thrown).toMatchObject({
        code: 'dcv-publish-failed',
        message: expect.stringMatching(/_dcv\.shop\.example\.com in zone example\.com is locked/),
      });
    });
  });

  test('a list that cannot be read to its end is no proof of absence', async () => {
    const before = (heard: Heard): Said | undefined =>
      heard['COMMAND'] === 'QueryDNSZoneRRList' ? `${ok}property[rr][0] = ${foreign[0]}` : undefined;
    await withPublisher(keydns({ zone: 'example.com', lines: [], before }), async (publisher) => {
      expect(await thrownBy(publisher.withdraw(text, never))).toMatchObject({ code: 'dcv-publish-failed' });
    });
  });
});

describe('zones', () => {
  test('a name outside the configured domains is not touched', async () => {
    await withPublisher(keydns({ zone: 'example.com', lines: [] }), async (publisher, heard) => {
      expect(publisher.zones).toEqual(['example.com']);
      expect(await thrownBy(publisher.publish({ ...text, name: 'example.org' }, never))).toMatchObject({
        code: 'dcv-no-publisher',
      });
      expect(heard).toEqual([]);
    });
  });

  test('GetDNSZone names the zone where the configured domain is none', async () => {
    const lines: string[] = [];
    const before = (heard: Heard): Said | undefined =>
      heard['COMMAND'] === 'GetDNSZone' ? `${ok}property[dnszone][0] = shop.example.com` : undefined;
    await withPublisher(keydns({ zone: 'shop.example.com', lines, before }), async (publisher, heard) => {
      await publisher.publish(text, never);
      await publisher.withdraw(text, never);
      expect(heard.filter((one) => one['COMMAND'] === 'GetDNSZone')).toHaveLength(1);
      expect(lines).toEqual([]);
    });
  });

  test('a zone that does not hold the name is not believed; then the suffixes are asked for', async () => {
    const lines: string[] = [];
    const before = (heard: Heard): Said | undefined =>
      heard['COMMAND'] === 'GetDNSZone' ? `${ok}property[dnszone][0] = victim.example` : undefined;
    await withPublisher(
      keydns({ zone: 'example.com', lines, before }),
      async (publisher, heard) => {
        await publisher.publish(text, never);
        expect(lines).toEqual([mine]);
        expect(
          heard.filter((one) => one['COMMAND'] === 'StatusDNSZone').map((one) => one['DNSZONE']),
        ).toEqual(['_dcv.shop.example.com', 'shop.example.com', 'example.com']);
      },
      { zones: ['shop.example.com'] },
    );
  });

  test('no zone at all is a matter of the configuration', async () => {
    await withPublisher(keydns({ zone: 'example.net', lines: [] }), async (publisher) => {
      expect(await thrownBy(publisher.publish(text, never))).toMatchObject({
        code: 'dcv-publish-failed',
        kind: 'configuration',
      });
    });
  });
});

describe('failures', () => {
  test.each([
    [530, 'authentication'],
    [535, 'authentication'],
    [421, 'unavailable'],
    [422, 'unavailable'],
    [549, 'dcv-failed'],
  ])('%i is %s, with server and record, without the password', async (code, kind) => {
    await withPublisher(
      () => `code = ${code}\ndescription = no, ${password}`,
      async (publisher, _heard, logged) => {
        const thrown = await thrownBy(publisher.publish(text, never));
        expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind });
        expect(thrown instanceof RenewdError && thrown.fields).toMatchObject({
          recordName: text.name,
          server: expect.stringContaining('127.0.0.1'),
        });
        expect(`${String(thrown)} ${JSON.stringify(thrown)} ${logged.join('')}`).not.toContain(password);
      },
    );
  });

  test('a fired signal ends it before anything is sent', async () => {
    await withPublisher(keydns({ zone: 'example.com', lines: [] }), async (publisher, heard) => {
      await expect(publisher.publish(text, AbortSignal.abort())).rejects.toThrow('aborted');
      expect(heard).toEqual([]);
    });
  });
});

describe('settings', () => {
  const minimal = { login: 'acme', password: { env: 'P' }, zones: ['example.com'] };

  test('fill in defaults', () => {
    expect(configSchema.parse({ ...minimal, zones: ['Example.COM.'] })).toEqual({
      ...minimal,
      environment: 'live',
      requestsPerSecond: 1,
      ttlSeconds: 60,
    });
  });

  test.each([
    ['no zones', { ...minimal, zones: [] }],
    ['the root', { ...minimal, zones: ['.'] }],
    ['a TTL that KeyDNS raises', { ...minimal, ttlSeconds: 30 }],
    ['a password in the clear', { ...minimal, password: 'hunter2' }],
    [
      'a test account at the live address',
      { ...minimal, environment: 'ote', url: 'https://api.rrpproxy.net/api/call' },
    ],
  ])('refuse %s', (_, config) => {
    expect(configSchema.safeParse(config).success).toBe(false);
  });
});

describe('lines', () => {
  test('what we write is what we recognise, whatever the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,600}$/), (value) => {
        const record = { ...text, value };
        const line = recordLine(record, 60) ?? '';
        // A token never begins or ends with a blank; the reader of zone lines trims.
        expect(isRecord(line, record, 'example.com')).toBe(value === value.trim());
      }),
    );
  });

  test('any line is read without harm, and only ours is ours', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (line) => {
        expect(isRecord(line, text, 'example.com')).toBe(false);
      }),
    );
  });
});
