import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DnsPublisher, DnsRecord } from '../../../src/contracts/publisher.ts';
import { configSchema } from '../../../src/publishers/hexonet-dns/config.ts';
import { createHexonetDns } from '../../../src/publishers/hexonet-dns/publisher.ts';
import { isSameRecord, lineOf } from '../../../src/publishers/hexonet-dns/zone-lines.ts';
import { thrownBy } from '../vendors/support.ts';
import {
  answer,
  dependenciesOf,
  eppVendor,
  httpVendor,
  never,
  newWatch,
  response,
  settings,
  type EppRow,
  type Heard,
} from '../vendors/hexonet/support.ts';

const record: DnsRecord = { name: '_dnsauth.www.example.com', type: 'TXT', value: 'token', ttlSeconds: 60 };
const alias: DnsRecord = {
  name: '_0123.www.example.com',
  type: 'CNAME',
  value: 'a.b.comodoca.com',
  ttlSeconds: 60,
};

interface Zones {
  readonly hosted: Map<string, string[]>;
  /** Code of the next UpdateDNSZone. */
  refuse?: number;
}

type Outcome = { readonly code: number; readonly properties: Readonly<Record<string, readonly string[]>> };

/** What a server with these zones says; lines are kept as they came, with quotes and TTL. */
function behave(zones: Zones, heard: Heard): Outcome {
  const done = (properties: Outcome['properties'] = {}): Outcome => ({ code: 200, properties });
  const refuse = (code: number): Outcome => ({ code, properties: {} });
  if (heard['COMMAND'] === 'QueryDNSZoneList') {
    const all = [...zones.hosted.keys()];
    const first = Number(heard['FIRST']);
    const rows = all.slice(first, first + 2);
    return done({
      DNSZONE: rows,
      FIRST: [String(first)],
      LAST: [String(first + rows.length - 1)],
      TOTAL: [String(all.length)],
    });
  }
  const lines = zones.hosted.get(String(heard['DNSZONE']));
  if (lines === undefined) return refuse(String(heard['DNSZONE']).startsWith('_') ? 506 : 545);
  if (heard['COMMAND'] === 'QueryDNSZoneRRList') {
    return done({ RR: lines.filter((line) => line.includes(` ${heard['RRTYPE']} `)) });
  }
  if (heard['COMMAND'] !== 'UpdateDNSZone') return done();
  if (zones.refuse !== undefined) return refuse(zones.refuse);
  const [add, remove] = [heard['ADDRR0'], heard['DELRR0']];
  if (typeof add === 'string') {
    if (lines.includes(add)) return refuse(541);
    lines.push(add);
  }
  if (typeof remove === 'string') {
    if (!lines.includes(remove)) return refuse(541);
    lines.splice(lines.indexOf(remove), 1);
  }
  return done();
}

type Use = (publisher: DnsPublisher, heard: () => readonly Heard[]) => Promise<void>;

async function overHttp(zones: Zones, more: object, use: Use): Promise<void> {
  await using vendor = await httpVendor((heard) => {
    const { code, properties } = behave(zones, heard);
    return answer(properties, code);
  });
  const publisher = await createHexonetDns(
    'hx',
    settings({ url: vendor.url, ...more }),
    dependenciesOf(newWatch()),
  );
  try {
    await use(publisher, () => vendor.heard);
  } finally {
    await publisher.close();
  }
}

async function overEpp(zones: Zones, more: object, use: Use): Promise<void> {
  const vendor = eppVendor(({ what, pairs }) => {
    if (what !== 'command') return undefined;
    const { code, properties } = behave(zones, pairs);
    const rows = Object.entries(properties).flatMap(([name, values]) =>
      values.map((value, index): EppRow => [`${name}${index === 0 ? '' : index}`, value]),
    );
    return response(rows, code === 200 ? {} : { code: 2306, reason: `${code} refused` });
  });
  const dependencies = { ...dependenciesOf(newWatch()), connect: vendor.connect };
  const publisher = await createHexonetDns(
    'hx',
    settings({ transport: 'epp', keepAliveSeconds: 0, ...more }),
    dependencies,
  );
  try {
    await use(publisher, vendor.commands);
  } finally {
    await publisher.close();
  }
}

const soa = 'example.com. 3600 IN SOA ns1.ispapi.net. hostmaster.example.com. 1 86400 7200 3600000 172800';

function someZones(...lines: readonly string[]): Zones & { refuse?: number } {
  return { hosted: new Map([['example.com.', [soa, ...lines]]]) };
}

describe.each([
  ['HTTP', overHttp],
  ['EPP', overEpp],
] as const)('over %s', (_, open) => {
  const zones = ['example.com'];

  test('adds one line and removes that line, with ADDRR0 and DELRR0 only', async () => {
    const world = someZones();
    await open(world, { zones }, async (publisher, heard) => {
      expect(publisher.zones).toEqual(['example.com']);
      await publisher.publish(record, never);
      await publisher.publish(alias, never);
      expect(world.hosted.get('example.com.')).toEqual([
        soa,
        '_dnsauth.www.example.com. 60 IN TXT "token"',
        '_0123.www.example.com. 60 IN CNAME a.b.comodoca.com.',
      ]);
      await publisher.withdraw(record, never);
      await publisher.withdraw(alias, never);
      expect(world.hosted.get('example.com.')).toEqual([soa]);
      const keys = new Set(
        heard()
          .filter(({ COMMAND }) => COMMAND === 'UpdateDNSZone')
          .flatMap((one) => Object.keys(one)),
      );
      expect([...keys].sort()).toEqual(['ADDRR0', 'COMMAND', 'DELRR0', 'DNSZONE', 'INCSERIAL']);
      expect(heard().every(({ DNSZONE }) => DNSZONE === 'example.com.')).toBe(true);
    });
  });

  test('there already is success; another 541 is not', async () => {
    const world = someZones();
    await open(world, { zones }, async (publisher) => {
      await publisher.publish(record, never);
      await publisher.publish(record, never);
      expect(world.hosted.get('example.com.')).toHaveLength(2);
      world.refuse = 541;
      const thrown = await thrownBy(publisher.publish({ ...record, value: 'another' }, never));
      expect(thrown).toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
    });
  });

  test('another code is a failure, even where the value is there', async () => {
    const world = someZones(lineOf(record, 60));
    world.refuse = 506;
    await open(world, { zones }, async (publisher) => {
      expect(await thrownBy(publisher.publish(record, never))).toMatchObject({ kind: 'dcv-failed' });
    });
  });

  test('removes the listed line that is this very value, however it is written; others stay', async () => {
    const others = [
      '_dnsauth.www.example.com. 3600 IN TXT "other token"',
      '_dnsauth.www.example.com. 3600 IN TXT "token2"',
      '_dnsauth.example.com. 3600 IN TXT "token"',
      'x_dnsauth.www.example.com. 3600 IN TXT "token"',
    ];
    const world = someZones(...others, '_dnsauth.www.example.com. 86400 IN TXT "to" "ken"');
    await open(world, { zones }, async (publisher) => {
      await publisher.withdraw(record, never);
      expect(world.hosted.get('example.com.')).toEqual([soa, ...others]);
      await publisher.withdraw(record, never);
      expect(world.hosted.get('example.com.')).toEqual([soa, ...others]);
    });
  });

  test('without zones in the configuration: those of the account, and the longest one that is hosted', async () => {
    const world: Zones = {
      hosted: new Map([
        ['example.com.', [soa]],
        ['www.example.com.', []],
        ['Example.net.', []],
      ]),
    };
    await open(world, {}, async (publisher, heard) => {
      expect(publisher.zones).toEqual(['example.com', 'www.example.com', 'example.net']);
      await publisher.publish(record, never);
      expect(world.hosted.get('www.example.com.')).toHaveLength(1);
      await publisher.withdraw(record, never);
      // Found once, known from then on.
      expect(
        heard()
          .filter(({ COMMAND }) => COMMAND === 'StatusDNSZone')
          .map(({ DNSZONE }) => DNSZONE),
      ).toEqual(['_dnsauth.www.example.com.', 'www.example.com.', '_dnsauth.www.example.com.']);
    });
  });

  test('a zone that nobody hosts: said when publishing, quiet when withdrawing', async () => {
    const world = someZones();
    await open(world, {}, async (publisher) => {
      const elsewhere = { ...record, name: '_dnsauth.example.org' };
      expect(await thrownBy(publisher.publish(elsewhere, never))).toMatchObject({
        code: 'dcv-publish-failed',
        kind: 'configuration',
      });
      await publisher.withdraw(elsewhere, never);
      world.hosted.clear();
      await publisher.withdraw(record, never);
    });
  });

  test.each([
    [530, 'authentication'],
    [425, 'unavailable'],
    [421, 'unavailable'],
    [506, 'dcv-failed'],
    [545, 'dcv-failed'],
  ])('code %i is %s, with the record named', async (code, kind) => {
    const world = someZones();
    world.refuse = code;
    await open(world, { zones }, async (publisher) => {
      expect(await thrownBy(publisher.publish(record, never))).toMatchObject({
        code: 'dcv-publish-failed',
        kind,
        message: expect.stringContaining('_dnsauth.www.example.com'),
      });
    });
  });
});

describe('lines', () => {
  test('a long value in segments, quotes and backslashes escaped', () => {
    const value = `${'a'.repeat(254)}"\\b`;
    const line = lineOf({ ...record, value }, 60);
    expect(line).toContain(`${'a'.repeat(254)}\\"" "\\\\b"`);
    expect(isSameRecord(line, { ...record, value }, 'example.com')).toBe(true);
  });

  test('what is written is recognised, whatever the value', () => {
    const value = fc.string({
      minLength: 1,
      maxLength: 600,
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(value, value, (one, two) => {
        const line = lineOf({ ...record, value: one }, 60);
        expect(isSameRecord(line, { ...record, value: one }, 'example.com')).toBe(true);
        expect(isSameRecord(line, { ...record, value: two }, 'example.com')).toBe(one === two);
      }),
    );
  });

  test.each([
    ['_dnsauth.www 60 IN TXT "token"', true],
    ['_dnsauth.www.example.com 60 IN TXT "token"', false],
    ['_DNSAUTH.WWW.EXAMPLE.COM. IN TXT token', true],
    ['@ IN TXT "token"', false],
    ['_dnsauth.www.example.com. 60 IN CNAME token.', false],
    ['_dnsauth.www.example.com. 60 IN TXT "Token"', false],
    ['', false],
    ['"', false],
  ])('%j: %s', (line, same) => {
    expect(isSameRecord(line, record, 'example.com')).toBe(same);
  });

  test('any listed line is read without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (line) => {
        expect(isSameRecord(line, record, 'example.com')).toBe(false);
      }),
    );
  });
});

describe('configSchema', () => {
  const minimal = { login: 'acme', password: { env: 'X' } };

  test('fills in defaults', () => {
    expect(configSchema.parse({ ...minimal, zones: ['Example.COM.'] })).toMatchObject({
      transport: 'http',
      zones: ['example.com'],
      ttlSeconds: 60,
    });
  });

  test.each([
    { zones: [] },
    { zones: ['com'] },
    { zones: ['exa mple.com'] },
    { ttlSeconds: -1 },
    { server: 'x' },
    { ca: '/x' },
  ])('refuses %j', (change) => {
    expect(configSchema.safeParse({ ...minimal, ...change }).success).toBe(false);
  });
});
