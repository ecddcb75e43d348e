/** The KeyDNS publisher against the vendor's simulator, whose zones are what the sandbox's CA looks at. */
import { afterEach, expect, test } from 'vitest';
import type { DnsPublisher, DnsRecord } from '../../src/contracts/publisher.ts';
import { manifest as provider } from '../../src/providers/rrpproxy/index.ts';
import { manifest } from '../../src/publishers/rrpproxy-keydns/index.ts';
import { createKeydns } from '../../src/publishers/rrpproxy-keydns/publisher.ts';
import { Secret } from '../../src/core/certificate.ts';
import { v2Facts } from './provider/rrpproxy-facts.ts';
import { expectIssued, never, openWorld, type World } from './provider/world.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function open(): Promise<{ readonly world: World; readonly publisher: DnsPublisher }> {
  const world = await openWorld({ vendor: v2Facts, open: provider.create });
  opened.push({ close: () => world.end() });
  const publisher = createKeydns(
    'keydns',
    {
      login: v2Facts.login,
      password: new Secret(v2Facts.password),
      environment: 'live',
      url: String(world.settings()['url']),
      requestsPerSecond: 20,
      zones: ['example.test'],
      ttlSeconds: 60,
    },
    world.dependencies(),
  );
  opened.push(publisher);
  return { world, publisher };
}

function values(world: World, { name, type }: DnsRecord): readonly string[] {
  return world.sandbox.dns.records(name, type);
}

const text: DnsRecord = { name: '_dcv.shop.example.test', type: 'TXT', value: 'token-1', ttlSeconds: 60 };
const other: DnsRecord = { ...text, value: 'token-2' };
const alias: DnsRecord = {
  name: '_0123456789abcdef.shop.example.test',
  type: 'CNAME',
  value: 'a.b.comodoca.com',
  ttlSeconds: 60,
};

test('values are added and removed one by one, and twice is quiet', async () => {
  const { world, publisher } = await open();
  for (const record of [text, text, other, alias, alias]) await publisher.publish(record, never);
  expect(values(world, text)).toEqual(['token-1', 'token-2']);
  expect(values(world, alias)).toEqual(['a.b.comodoca.com']);
  for (const record of [text, text, alias, alias]) await publisher.withdraw(record, never);
  expect(values(world, text)).toEqual(['token-2']);
  expect(values(world, alias)).toEqual([]);
  const changes = world.history('ModifyDNSZone');
  // Three additions, two removals.
  expect(changes).toHaveLength(5);
});

test.each(['txt', 'cname'] as const)(
  'an order is proved through it (%s), and nothing stays behind',
  async (record) => {
    const { world, publisher } = await open();
    const placed = await world.place({ record });
    const records = placed.reading.challenges.flatMap((one) =>
      one.kind === 'dns'
        ? [{ name: one.recordName, type: one.recordType, value: one.value, ttlSeconds: 60 }]
        : [],
    );
    expect(records.length).toBeGreaterThan(0);
    for (const one of records) await publisher.publish(one, never);
    await world.sandbox.tick();
    expectIssued(world.sandbox, placed, await world.provider.read(placed.reading.handle, never));
    for (const one of records) await publisher.withdraw(one, never);
    expect(records.flatMap((one) => values(world, one))).toEqual([]);
  },
);

test('an answer that was lost after the change is no second record', async () => {
  const { world, publisher } = await open();
  world.fault({ command: 'ModifyDNSZone', kind: 'lose-answer' });
  await publisher.publish(text, never);
  expect(values(world, text)).toEqual(['token-1']);
  world.fault({ command: 'ModifyDNSZone', kind: 'lose-answer' });
  await publisher.withdraw(text, never);
  expect(values(world, text)).toEqual([]);
});

test('a zone that the account does not have', async () => {
  const { world, publisher } = await open();
  expect(publisher.zones).toEqual(['example.test']);
  await world.failure(publisher.publish({ ...text, name: 'shop.example.net' }, never), 'configuration');
});

test('the manifest is that of a DNS publisher', () => {
  expect(manifest).toMatchObject({ id: 'rrpproxy-keydns', kind: 'dns' });
});
