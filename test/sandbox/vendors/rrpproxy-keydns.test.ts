/** KeyDNS of CentralNic Reseller on the zones of the sandbox's own name server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandboxDns } from '../../../src/sandbox/dns/index.ts';
import type { SandboxDns } from '../../../src/sandbox/dns/index.ts';
import type { RrpproxyOptions } from '../../../src/sandbox/rrpproxy/index.ts';
import { DAY_MS, handClock } from './kit.ts';
import type { HandClock } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import { first } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let dns: SandboxDns;
let clock: HandClock;
let send: (input: CommandInput) => Promise<TextAnswer>;

function open(options: Partial<RrpproxyOptions> = {}): void {
  const desk = newDesk(options, dns, clock);
  send = (input) => desk.sendOld(input);
}

beforeEach(async () => {
  clock = handClock();
  dns = await startSandboxDns({ clock, zones: ['example.test', 'other.test'] });
  open();
});

afterEach(() => dns.close());

const ZONE = 'example.test';

const modify = (extra: CommandInput): Promise<TextAnswer> =>
  send({ command: 'ModifyDNSZone', dnszone: ZONE, ...extra });

const list = (extra: CommandInput = {}): Promise<TextAnswer> =>
  send({ command: 'QueryDNSZoneRRList', dnszone: ZONE, ...extra });

const lines = async (extra: CommandInput = {}): Promise<readonly string[]> =>
  (await list(extra)).properties['rr'] ?? [];

const snapshot = (): string => JSON.stringify(dns.snapshot());

describe('ModifyDNSZone', () => {
  it('adds single records to what the name server serves, and deletes the line it lists', async () => {
    expect(
      (await modify({ addrr0: '_acme 3600 IN TXT "first"', addrr1: '_acme 3600 IN TXT second' })).code,
    ).toBe(200);
    expect(dns.records('_acme.example.test', 'TXT')).toEqual(['first', 'second']);
    const found = await lines({ type: 'TXT' });
    expect(found).toEqual(['_acme 3600 IN TXT "first"', '_acme 3600 IN TXT "second"']);
    expect((await modify({ delrr0: found[0] ?? '' })).code).toBe(200);
    expect(dns.records('_acme.example.test', 'TXT')).toEqual(['second']);
  });

  it.each([
    ['another TTL', '_acme 60 IN TXT "value"'],
    ['no quotes', '_acme 3600 IN TXT value'],
    ['no TTL', '_acme IN TXT "value"'],
    ['another value', '_acme 3600 IN TXT "VALUE"'],
  ])('does not delete a line with %s', async (_what, delrr0) => {
    await modify({ addrr0: '_acme 3600 IN TXT "value"' });
    expect((await modify({ delrr0 })).code).toBe(541);
    expect(dns.records('_acme.example.test', 'TXT')).toEqual(['value']);
  });

  it.each([
    ['_x.example.test. 3600 IN TXT "a"', '_x.example.test', 'TXT', 'a'],
    ['@ 3600 IN TXT a b  c', 'example.test', 'TXT', 'a b c'],
    ['@ 3600 IN TXT "a  b" "c\\"d"', 'example.test', 'TXT', 'a  bc"d'],
    ['_X IN 3600 txt a', '_x.example.test', 'TXT', 'a'],
    ['www A 192.0.2.1', 'www.example.test', 'A', '192.0.2.1'],
    ['c 3600 IN CNAME dcv.digicert.com.', 'c.example.test', 'CNAME', 'dcv.digicert.com'],
    // As in every zone file: below the zone without the final dot.
    ['c 3600 IN CNAME dcv.digicert.com', 'c.example.test', 'CNAME', 'dcv.digicert.com.example.test'],
    ['@ 3600 IN MX 10 mail', 'example.test', 'MX', '10 mail.example.test'],
  ] as const)('reads %s', async (addrr0, name, type, value) => {
    expect((await modify({ addrr0 })).code).toBe(200);
    expect(dns.records(name, type)).toEqual([value]);
    const listed = await lines({ type, name: name === ZONE ? '@' : name });
    expect(listed).toHaveLength(1);
    expect((await modify({ delrr0: listed[0] ?? '' })).code).toBe(200);
    expect(dns.records(name, type)).toEqual([]);
  });

  it('raises a TTL below a minute, so that the line comes back another', async () => {
    await modify({ addrr0: '_x 5 IN TXT "v"' });
    expect(await lines({ type: 'TXT' })).toEqual(['_x 60 IN TXT "v"']);
    expect((await modify({ delrr0: '_x 5 IN TXT "v"' })).code).toBe(541);
    await modify({ addrr0: '_y IN TXT "v"' });
    expect(await lines({ name: '_y' })).toEqual(['_y 28800 IN TXT "v"']);
  });

  it('puts RR in the place of everything that is not locked', async () => {
    dns.addRecord({ name: 'www.example.test', type: 'A', value: '192.0.2.1' });
    dns.addRecord({ name: 'mail.example.test', type: 'TXT', value: 'precious' });
    expect((await modify({ rr0: '_x 3600 IN TXT "only"' })).code).toBe(200);
    expect(dns.records('www.example.test', 'A')).toEqual([]);
    expect(dns.records('mail.example.test', 'TXT')).toEqual([]);
    expect((await lines()).filter((line) => !/ (SOA|NS) /.test(line))).toEqual(['_x 3600 IN TXT "only"']);
    expect(dns.records(ZONE, 'NS')).toEqual(['ns1.example.test']);
  });

  it('does all of it or nothing', async () => {
    await modify({ addrr0: '_x 3600 IN TXT "v"', addrr1: 'www 3600 IN A 192.0.2.1' });
    const before = snapshot();
    const refused: readonly (readonly [CommandInput, number])[] = [
      [{ delrr0: '_x 3600 IN TXT "v"', addrr0: 'nonsense' }, 505],
      [{ addrr0: 'a 60 IN A 192.0.2.300' }, 505],
      [{ addrr0: 'a 60 IN SRV 0 5 5060 b' }, 505],
      [{ addrr0: '_y 60 IN TXT' }, 505],
      [{ addrr0: 'www.example.net. 60 IN A 192.0.2.1' }, 541],
      [{ addrr0: '_z 60 IN TXT "z"', delrr0: '_gone 60 IN TXT "v"' }, 541],
      [{ addrr0: 'www 60 IN CNAME other' }, 541],
      [{ delrr0: '@ 60 IN NS ns1.example.test.' }, 557],
      [{ addrr0: '@ 60 IN SOA a b 1 2 3 4 5' }, 505],
      [{ soarefresh: '1', addrr0: '_y 60 IN TXT "v"' }, 505],
      [{ masteripaddress0: '192.0.2.1' }, 549],
    ];
    for (const [input, code] of refused) expect([input, (await modify(input)).code]).toEqual([input, code]);
    expect(snapshot()).toBe(before);
    expect((await modify({ addrr0: `a 60 IN TXT "${'x'.repeat(6000)}"` })).code).toBe(505);
  });

  it('does not touch locked records', async () => {
    open({ lockedRecords: ['www.example.test A'] });
    dns.addRecord({ name: 'www.example.test', type: 'A', value: '192.0.2.1' });
    const [line = ''] = await lines({ name: 'www' });
    expect((await modify({ delrr0: line })).code).toBe(557);
    expect((await modify({ addrr0: line })).code).toBe(557);
    const wide = await list({ wide: 1, name: 'www' });
    expect(first(wide, 'locked')).toBe('1');
    await modify({ rr0: '_x 60 IN TXT "v"' });
    expect(dns.records('www.example.test', 'A')).toEqual(['192.0.2.1']);
  });

  it('can be strict about duplicates, and lenient about dots', async () => {
    await modify({ addrr0: '_x 60 IN TXT "v"' });
    expect((await modify({ addrr0: '_x 60 IN TXT "v"' })).code).toBe(200);
    expect(dns.records('_x.example.test', 'TXT')).toEqual(['v']);
    open({ duplicateRecord: 541, undottedTargets: 'absolute', keyDnsOwners: 'absolute' });
    expect((await modify({ addrr0: '_x 60 IN TXT "v"' })).code).toBe(541);
    await modify({ addrr0: 'c 60 IN CNAME dcv.digicert.com' });
    expect(dns.records('c.example.test', 'CNAME')).toEqual(['dcv.digicert.com']);
    expect(await lines({ type: 'CNAME' })).toEqual(['c.example.test. 60 IN CNAME dcv.digicert.com.']);
    expect((await modify({ delrr0: 'c 60 IN CNAME dcv.digicert.com.' })).code).toBe(200);
  });

  it('takes a client’s number for a request once', async () => {
    const answer = await modify({ addrr0: '_x 60 IN TXT "v"', cltrid: 'R-1' });
    expect(first(answer, 'cltrid')).toBe('R-1');
    expect(first(answer, 'svtrid')).toMatch(/^SVTRID-\d+$/);
    expect((await modify({ addrr0: '_y 60 IN TXT "v"', cltrid: 'R-1' })).code).toBe(540);
    expect((await modify({ addrr0: '_y 60 IN TXT "v"' })).properties['svtrid']).toBeUndefined();
  });
});

describe('lists', () => {
  it('shows records in columns, filtered, ordered and in pages', async () => {
    await modify({ addrr0: '_a 60 IN TXT "1"', addrr1: '_b 120 IN TXT "2"', addrr2: '@ 60 IN MX 10 mail' });
    clock.advance(DAY_MS);
    await modify({ addrr0: '_c 180 IN TXT "3"' });
    const wide = await list({ wide: 1, orderby: 'changed_date', order: 'DESC', limit: 1 });
    expect(wide.properties).toMatchObject({
      name: ['_c'],
      type: ['TXT'],
      content: ['"3"'],
      ttl: ['180'],
      prio: [''],
      locked: ['0'],
      'updated date': ['2026-10-02 08:00:00'],
      column: ['name', 'type', 'content', 'ttl', 'prio', 'locked', 'updated date'],
      count: ['1'],
      // SOA, NS and the name server's address are there from the start.
      total: ['7'],
    });
    expect((await list({ type: 'MX', wide: 1 })).properties).toMatchObject({
      name: ['@'],
      content: ['10 mail.example.test.'],
      prio: ['10'],
    });
    expect(await lines({ content: '2' })).toEqual(['_b 120 IN TXT "2"']);
    expect(await lines({ content: '"2"' })).toEqual(['_b 120 IN TXT "2"']);
    expect(await lines({ ttl: '180' })).toEqual(['_c 180 IN TXT "3"']);
    expect(await lines({ prio: '10' })).toEqual(['@ 60 IN MX 10 mail.example.test.']);
    expect(await lines({ name: '_*', orderby: 'ttl', order: 'desc', first: 1 })).toEqual([
      '_b 120 IN TXT "2"',
      '_a 60 IN TXT "1"',
    ]);
    expect((await list({ name: 'nothing' })).properties).toMatchObject({
      column: ['rr'],
      total: ['0'],
      last: ['-1'],
    });
    expect((await send({ command: 'ExportDNSZone', dnszone: ZONE })).properties['line']).toContain(
      '_a.example.test. 60 IN TXT "1"',
    );
    expect((await list({ dnszone: 'nobody.test' })).code).toBe(545);
  });

  it('lists zones', async () => {
    const zones = await send({ command: 'QueryDNSZoneList', wide: 1, dnszone: 'exam*' });
    expect(zones.properties).toMatchObject({
      dnszone: [ZONE],
      zonetype: ['Master'],
      column: ['dnszone', 'zonetype', 'updated date', 'external'],
    });
    const page = await send({ command: 'QueryDNSZoneList', first: 1, limit: 1 });
    expect(page.properties).toMatchObject({ dnszone: ['other.test'], total: ['2'] });
  });
});

describe('zones', () => {
  it('finds, checks and describes them', async () => {
    const of = (domain: string): Promise<TextAnswer> => send({ command: 'GetDNSZone', domain });
    expect(first(await of('a.b.example.test'), 'dnszone')).toBe(ZONE);
    expect(first(await of(ZONE), 'dnszone')).toBe(ZONE);
    expect((await of('example.com')).code).toBe(545);
    const check = async (dnszone: string): Promise<number> =>
      (await send({ command: 'CheckDNSZone', dnszone })).code;
    expect([await check(ZONE), await check('free.test'), await check('example.test.')]).toEqual([
      211, 210, 505,
    ]);
    const status = await send({ command: 'StatusDNSZone', dnszone: ZONE });
    expect(first(status, 'soamname')).toBe('ns1.example.test');
    expect(first(status, 'soaserial')).toBe(String(dns.serial(ZONE)));
    await modify({ soaminttl: '600' });
    expect(first(await send({ command: 'StatusDNSZone', dnszone: ZONE }), 'soaminttl')).toBe('600');
  });

  it('adds one that nobody delegated, and takes it away again', async () => {
    const add = (extra: CommandInput = {}): Promise<TextAnswer> =>
      send({ command: 'AddDNSZone', dnszone: 'new.example', rr0: 'www 3600 IN A 192.0.2.7', ...extra });
    expect((await add({ rr0: 'www 3600 IN A 1.2.3' })).code).toBe(505);
    expect((await add({ rr1: 'www 3600 IN CNAME other' })).code).toBe(541);
    expect((await add()).code).toBe(200);
    expect((await add()).code).toBe(549);
    expect((await send({ command: 'AddDNSZone', dnszone: ZONE })).code).toBe(549);
    const rows = await list({ dnszone: 'new.example' });
    expect(rows.properties['rr']).toContain('www 3600 IN A 192.0.2.7');
    expect(snapshot()).not.toContain('192.0.2.7');
    expect((await send({ command: 'DeleteDNSZone', dnszone: 'new.example' })).code).toBe(200);
    expect((await list({ dnszone: 'new.example' })).code).toBe(545);
    open({ zoneNeedsSoa: true });
    expect((await add()).code).toBe(504);
    expect((await add({ soattl: '33200', soaserial: '0000000000' })).code).toBe(200);
  });

  it('cuts a zone out of one that is served, and empties a served one', async () => {
    await modify({ addrr0: '_x 60 IN TXT "above"' });
    await send({ command: 'AddDNSZone', dnszone: 'sub.example.test', rr0: '_x 60 IN TXT "below"' });
    expect(dns.records('_x.sub.example.test', 'TXT')).toEqual(['below']);
    expect(await lines({ type: 'TXT' })).toEqual(['_x 60 IN TXT "above"']);
    const name = { command: 'GetDNSZone', domain: '_x.sub.example.test' };
    expect(first(await send(name), 'dnszone')).toBe('sub.example.test');
    expect((await send({ command: 'DeleteDNSZone', dnszone: ZONE })).code).toBe(200);
    expect(dns.records('_x.example.test', 'TXT')).toEqual([]);
    expect(dns.records(ZONE, 'NS')).toEqual(['ns1.example.test']);
    expect(dns.records('_x.sub.example.test', 'TXT')).toEqual(['below']);
    expect((await modify({ addrr0: '_x 60 IN TXT "v"' })).code).toBe(545);
  });

  it('can hold some of the served zones only', async () => {
    open({ keyDnsZones: ['other.test'] });
    expect((await list()).code).toBe(545);
    expect((await send({ command: 'QueryDNSZoneList' })).properties['dnszone']).toEqual(['other.test']);
  });
});
