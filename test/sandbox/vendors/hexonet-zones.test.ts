/** HEXONET: zone commands, which really change what the sandbox's name server answers. */
import { afterEach, describe, expect, it } from 'vitest';
import { first, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld, Input } from './hexonet-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

const ZONE = { dnszone: 'example.test.' };
const update = (input: Input): Input => ({ command: 'UpdateDNSZone', ...ZONE, ...input });
async function records(input: Input = {}): Promise<readonly string[]> {
  const answer = await world.ok({ command: 'QueryDNSZoneRRList', ...ZONE, ...input });
  return answer.properties['rr'] ?? [];
}

describe('looking', () => {
  it('lists a zone as the example does', async () => {
    world = await startHexonet();
    const answer = await world.ok({ command: 'QueryDNSZoneRRList', ...ZONE });
    expect(answer.properties).toEqual({
      count: ['3'],
      total: ['3'],
      rr: [
        'example.test. 60 IN SOA ns1.example.test. hostmaster.example.test. 1 3600 600 86400 5',
        'example.test. 60 IN NS ns1.example.test.',
        'ns1.example.test. 60 IN A 127.0.0.1',
      ],
    });
  });

  it.each<[string, Input, readonly string[]]>([
    ['a type', { rrtype: 'a' }, ['ns1.example.test. 60 IN A 127.0.0.1']],
    ['the pattern of the page', { rr: '@ IN NS ...' }, ['example.test. 60 IN NS ns1.example.test.']],
    ['a relative name', { rr: 'ns1 A' }, ['ns1.example.test. 60 IN A 127.0.0.1']],
    ['a whole line', { rr: 'ns1.example.test. 60 IN A 127.0.0.1' }, ['ns1.example.test. 60 IN A 127.0.0.1']],
    ['another TTL', { rr: 'ns1 3600 IN A 127.0.0.1' }, []],
    ['short lines', { rrtype: 'NS', short: 1 }, ['@ 60 IN NS ns1.example.test.']],
  ])('by %s', async (_, input, expected) => {
    world = await startHexonet();
    expect(await records(input)).toEqual(expected);
  });

  it('shows zones with the columns of the example', async () => {
    world = await startHexonet();
    const list = await world.ok({ command: 'QueryDNSZoneList' });
    expect(list.properties).toMatchObject({ total: ['1'], dnszone: ['example.test.'] });
    const wide = await world.ok({
      command: 'QueryDNSZoneList',
      wide: 1,
      userdepth: 'self',
      subclass: 'external',
    });
    expect(wide.properties).toMatchObject({
      dnszonerrstotal: ['3'],
      dnszonesoamname: ['ns1.example.test.'],
      dnszonesoarname: ['hostmaster.example.test.'],
      dnszonesoaserial: ['1'],
      dnszonesoattl: ['60'],
      dnszonesubclass: ['EXTERNAL'],
      dnszoneumlaut: ['example.test.'],
      status: ['ACTIVE'],
      user: ['customer'],
    });
    const none = await world.ok({ command: 'QueryDNSZoneList', dnszone: 'other*' });
    expect(none.properties).toEqual({
      first: ['0'],
      last: ['-1'],
      count: ['0'],
      total: ['0'],
      limit: ['10000'],
    });
    const status = await world.ok({ command: 'StatusDNSZone', ...ZONE });
    expect(Object.keys(status.properties).sort()).toEqual(
      (
        'createddate dnssec-mode peeruser rrstotal soaexpire soamintl soamname soarefresh soaretry soarname soaserial ' +
        'soattl status updateddate wwwtargetdata wwwtargettype'
      )
        .replace('soamintl', 'soaminttl')
        .split(' '),
    );
  });

  it.each([
    ['without its dot', 'example.test', '506 Invalid option value; Syntax error in parameter: DNSZONE'],
    ['that is no name', 'example..', '506 Invalid option value; Syntax error in parameter: DNSZONE'],
    ['that is not here', 'example.org.', '545 Object not found; example.org.'],
    ['below one that is', 'www.example.test.', '545 Object not found; www.example.test.'],
  ])('refuses a zone %s', async (_, dnszone, refusal) => {
    world = await startHexonet();
    for (const command of ['QueryDNSZoneRRList', 'StatusDNSZone', 'UpdateDNSZone', 'DeleteDNSZone']) {
      expect(await world.refused({ command, dnszone })).toBe(refusal);
    }
  });
});

describe('UpdateDNSZone', () => {
  it('adds, tells the serial, and is seen by everybody', async () => {
    world = await startHexonet();
    const { dns } = world.sandbox;
    const answer = await world.ok(
      update({
        addrr: [
          '_acme 300 IN TXT one',
          '_acme IN TXT "two words"',
          'www CNAME @',
          'a.example.test. A 192.0.2.1',
        ],
      }),
    );
    expect(answer.properties).toEqual({ soaserial: [String(dns.serial('example.test'))] });
    expect(dns.records('_acme.example.test', 'TXT')).toEqual(['one', 'two words']);
    expect(dns.records('www.example.test', 'CNAME')).toEqual(['example.test']);
    expect(await records({ rrtype: 'CNAME' })).toEqual(['www.example.test. 60 IN CNAME example.test.']);
    expect(await records({ rr: '_acme TXT' })).toContain('_acme.example.test. 60 IN TXT "two words"');
  });

  it('continues a name without a last dot with the zone', async () => {
    world = await startHexonet();
    await world.ok(update({ addrr: ['x IN CNAME y.comodoca.com', 'z IN CNAME y.comodoca.com.'] }));
    expect(world.sandbox.dns.records('x.example.test', 'CNAME')).toEqual(['y.comodoca.com.example.test']);
    expect(world.sandbox.dns.records('z.example.test', 'CNAME')).toEqual(['y.comodoca.com']);
  });

  it('refuses what is there already, and then does nothing at all', async () => {
    world = await startHexonet();
    await world.ok(update({ addrr: ['a 60 IN A 192.0.2.1'] }));
    const again = update({ addrr: ['b 60 IN A 192.0.2.2', 'A.example.test. A 192.0.2.1'] });
    expect(await world.refused(again)).toBe(
      '541 Invalid attribute value; duplicate record [a.example.test. 60 IN A 192.0.2.1]',
    );
    expect(world.sandbox.dns.records('b.example.test', 'A')).toEqual([]);
  });

  it('deletes by value, quoted or not, and leaves what is beside it', async () => {
    world = await startHexonet();
    await world.ok(update({ addrr: ['t IN TXT mine', 't IN TXT theirs', 't IN TXT third'] }));
    await world.ok(update({ delrr: ['t IN TXT mine', 't 61 IN TXT third', 'nowhere A 192.0.2.9'] }));
    expect(world.sandbox.dns.records('t.example.test', 'TXT')).toEqual(['theirs', 'third']);
    await world.ok(update({ delrr: ['t.example.test. 60 IN TXT "theirs"'] }));
    expect(world.sandbox.dns.records('t.example.test', 'TXT')).toEqual(['third']);
  });

  it('may want the line exactly as it is listed, and miss what is not there', async () => {
    world = await startHexonet({ recordDeletion: 'exact', missingRecord: 'refuse' });
    await world.ok(update({ addrr: ['t IN TXT mine'] }));
    for (const delrr of ['t 60 IN TXT mine', 't IN TXT "mine"', 'nowhere 60 IN A 192.0.2.9']) {
      expect(await world.refused(update({ delrr: [delrr] }))).toBe(
        `541 Invalid attribute value; no such record [${delrr}]`,
      );
    }
    await world.ok(update({ delrr: await records({ rrtype: 'TXT' }) }));
    expect(world.sandbox.dns.records('t.example.test', 'TXT')).toEqual([]);
  });

  it('replaces everything with RRn, as in the example, repeated lines and all', async () => {
    world = await startHexonet();
    await world.ok(update({ addrr: ['gone IN A 192.0.2.1'] }));
    await world.ok(
      update({
        addrr0: 'example.test. 3600 IN A 192.168.0.2',
        delrr0: '@ 3600 IN A 192.168.0.1',
        rr: [
          '@ IN NS nameserver1',
          '@ IN NS nameserver2',
          'example.test. 3600 IN A 192.168.0.1',
          'example.test. IN MX 100 mx.example.test.',
          'mx.example.test. IN A 192.168.0.1',
          'example.test. 3600 IN A 192.168.0.1',
          '*.example.test. 3600 IN A 10.10.0.1',
        ],
        soaexpire: 3_600_000,
        soaserial: 2,
      }),
    );
    expect((await records()).slice(1).toSorted()).toEqual([
      '*.example.test. 3600 IN A 10.10.0.1',
      'example.test. 3600 IN A 192.168.0.2',
      'example.test. 60 IN MX 100 mx.example.test.',
      'example.test. 60 IN NS nameserver1.example.test.',
      'example.test. 60 IN NS nameserver2.example.test.',
      'mx.example.test. 60 IN A 192.168.0.1',
    ]);
  });

  it.each([
    ['no record', 'just a sentence', '505 Invalid attribute value syntax; resource record [just a sentence]'],
    [
      'a type nobody has',
      'a IN FOO bar',
      '505 Invalid attribute value syntax; resource record [a IN FOO bar]',
    ],
    [
      'an address that is none',
      'a A 999.1.1.1',
      '505 Invalid attribute value syntax; resource record [a A 999.1.1.1]',
    ],
    [
      'two TTLs',
      'a 60 IN 60 A 192.0.2.1',
      '505 Invalid attribute value syntax; resource record [a 60 IN 60 A 192.0.2.1]',
    ],
    ['quotes that do not end', 'a TXT "x', '505 Invalid attribute value syntax; resource record [a TXT "x]'],
    [
      'another zone',
      'a.example.org. A 192.0.2.1',
      '541 Invalid attribute value; resource record [a.example.org. A 192.0.2.1] is outside of the zone',
    ],
    [
      'an alias beside other data',
      'ns1 CNAME @',
      '541 Invalid attribute value; CNAME and other data [ns1.example.test. 60 IN CNAME example.test.]',
    ],
  ])('refuses %s', async (_, addrr, refusal) => {
    world = await startHexonet();
    expect(await world.refused(update({ addrr: ['fine A 192.0.2.1', addrr] }))).toBe(refusal);
    expect(world.sandbox.dns.records('fine.example.test', 'A')).toEqual([]);
  });
});

describe('zones come and go', () => {
  it('an account may have some only', async () => {
    world = await startHexonet({ hostedZones: [] });
    expect(await world.refused({ command: 'StatusDNSZone', ...ZONE })).toContain('545');
    await world.ok({ command: 'CreateDNSZone', ...ZONE });
    // The name server had it all along: it is the same zone.
    expect(await records()).toHaveLength(3);
    expect(await world.refused({ command: 'CreateDNSZone', ...ZONE })).toBe(
      '540 Attribute value is not unique; zone',
    );
  });

  it('one that is delegated elsewhere is in the books only', async () => {
    world = await startHexonet();
    const create: Input = {
      command: 'CreateDNSZone',
      dnszone: 'example.org.',
      rr: ['@ IN NS ns1', '@ IN NS ns2', 'www IN A 192.168.0.1', 'example.org. IN MX 100 mail.example.org.'],
      soattl: 7200,
    };
    expect((await world.ok(create)).properties).toEqual({});
    const lines = (answer: TextAnswer): readonly string[] => answer.properties['rr'] ?? [];
    const list = { command: 'QueryDNSZoneRRList', dnszone: 'example.org.' };
    expect(lines(await world.ok(list))).toEqual([
      'example.org. 3600 IN SOA ns1.example.org. hostmaster.example.org. 2 86400 7200 360000 172800',
      'example.org. 7200 IN NS ns1.example.org.',
      'example.org. 7200 IN NS ns2.example.org.',
      'www.example.org. 7200 IN A 192.168.0.1',
      'example.org. 7200 IN MX 100 mail.example.org.',
    ]);
    const changed = await world.ok({
      command: 'UpdateDNSZone',
      dnszone: 'example.org.',
      addrr0: 'a IN TXT b',
    });
    expect(first(changed, 'soaserial')).toBe('3');
    expect(() => world.sandbox.dns.records('a.example.org', 'TXT')).toThrow(/zone/);
    await world.ok({ command: 'DeleteDNSZone', dnszone: 'example.org.' });
    expect(await world.refused(list)).toContain('545');
  });

  it('one that is deleted is empty for everybody', async () => {
    world = await startHexonet();
    await world.ok(update({ addrr: ['a IN A 192.0.2.1'] }));
    await world.ok({ command: 'DeleteDNSZone', ...ZONE });
    expect(world.sandbox.dns.records('a.example.test', 'A')).toEqual([]);
    expect(await world.refused({ command: 'StatusDNSZone', ...ZONE })).toContain('545');
  });
});
