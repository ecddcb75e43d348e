import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryDns } from '../../../src/sandbox/dns/client.ts';
import { startSandboxDns } from '../../../src/sandbox/dns/index.ts';
import type { SandboxDns } from '../../../src/sandbox/dns/index.ts';
import { RCODE, rdataToText, TYPE } from '../../../src/sandbox/dns/rdata.ts';
import { createResponder } from '../../../src/sandbox/dns/responder.ts';
import { decodeMessage, encodeMessage } from '../../../src/sandbox/dns/wire.ts';
import { createZone } from '../../../src/sandbox/dns/zone.ts';
import { handClock } from './support.ts';

/** The name server by itself; how it gets on with BIND's tools is in dns-tools.test.ts. */

let dns: SandboxDns;
beforeEach(async () => {
  dns = await startSandboxDns({
    clock: handClock(),
    zones: ['example.test', 'Sub.Example.test.', 'other.test'],
  });
});
afterEach(() => dns.close());

const ask = (name: string, type: number) => queryDns(dns.address, name, type, { timeoutMs: 2_000 });

async function summary(name: string, type: number): Promise<Record<string, unknown>> {
  const answer = await ask(name, type);
  const texts = (records: typeof answer.answers): string[] =>
    records.map((record) => `${record.name} ${record.type} ${rdataToText(record.type, record.data)}`);
  return {
    rcode: answer.rcode,
    aa: answer.authoritative,
    answers: texts(answer.answers),
    authorities: answer.authorities.map((record) => `${record.name} ${record.type}`),
  };
}

describe('answers', () => {
  it('begins within 50 ms of CPU', async () => {
    // The best of a few, because some begin while garbage is collected.
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = process.cpuUsage();
      const quick = await startSandboxDns({ clock: handClock(), zones: ['example.test'] });
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
      await quick.close();
    }
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('knows its SOA, name server and its address', async () => {
    expect(await summary('example.test', TYPE.SOA)).toMatchObject({
      rcode: 0,
      aa: true,
      answers: ['example.test 6 ns1.example.test hostmaster.example.test 1 3600 600 86400 5'],
    });
    expect(await summary('example.test', TYPE.NS)).toMatchObject({
      answers: ['example.test 2 ns1.example.test'],
    });
    expect(await summary('ns1.example.test', TYPE.A)).toMatchObject({
      answers: ['ns1.example.test 1 127.0.0.1'],
    });
  });

  it('tells no name from no data, and REFUSED from both', async () => {
    dns.addRecord({ name: 'a.b.example.test', type: 'A', value: '192.0.2.1' });
    const soa = ['example.test 6'];
    expect(await summary('none.example.test', TYPE.A)).toEqual({
      rcode: 3,
      aa: true,
      answers: [],
      authorities: soa,
    });
    expect(await summary('a.b.example.test', TYPE.TXT)).toEqual({
      rcode: 0,
      aa: true,
      answers: [],
      authorities: soa,
    });
    expect(await summary('b.example.test', TYPE.A)).toEqual({
      rcode: 0,
      aa: true,
      answers: [],
      authorities: soa,
    });
    expect(await summary('elsewhere.invalid', TYPE.A)).toEqual({
      rcode: 5,
      aa: false,
      answers: [],
      authorities: [],
    });
    expect(await summary('example.test', TYPE.AXFR)).toMatchObject({ rcode: 5 });
  });

  it('takes the zone with the longest name', async () => {
    dns.addRecord({ name: 'x.sub.example.test', type: 'TXT', value: 'here' });
    expect(await summary('x.sub.example.test', TYPE.TXT)).toMatchObject({
      answers: ['x.sub.example.test 16 here'],
    });
    expect(await summary('y.sub.example.test', TYPE.TXT)).toMatchObject({
      authorities: ['sub.example.test 6'],
    });
  });

  it('follows aliases through its own zones only', async () => {
    dns.addRecord({ name: 'w.example.test', type: 'CNAME', value: 'x.other.test' });
    dns.addRecord({ name: 'x.other.test', type: 'CNAME', value: 'y.sub.example.test' });
    dns.addRecord({ name: 'y.sub.example.test', type: 'TXT', value: 'end' });
    expect(await summary('W.example.test', TYPE.TXT)).toMatchObject({
      rcode: 0,
      aa: true,
      answers: [
        'w.example.test 5 x.other.test',
        'x.other.test 5 y.sub.example.test',
        'y.sub.example.test 16 end',
      ],
    });
    expect(await summary('w.example.test', TYPE.CNAME)).toMatchObject({
      answers: ['w.example.test 5 x.other.test'],
    });
    dns.removeRecord({ name: 'y.sub.example.test', type: 'TXT' });
    expect(await summary('w.example.test', TYPE.TXT)).toMatchObject({
      rcode: 3,
      authorities: ['sub.example.test 6'],
    });
    dns.addRecord({ name: 'out.example.test', type: 'CNAME', value: 'far.invalid' });
    expect(await summary('out.example.test', TYPE.A)).toMatchObject({
      rcode: 0,
      answers: ['out.example.test 5 far.invalid'],
    });
    dns.addRecord({ name: 'loop.example.test', type: 'CNAME', value: 'loop.example.test' });
    expect(await summary('loop.example.test', TYPE.A)).toMatchObject({ rcode: RCODE.SERVFAIL });
  });

  it('refers to the name servers below a cut', async () => {
    dns.addRecord({ name: 'cut.example.test', type: 'NS', value: 'ns.cut.example.test' });
    dns.addRecord({ name: 'ns.cut.example.test', type: 'A', value: '192.0.2.53' });
    const answer = await ask('deep.cut.example.test', TYPE.TXT);
    expect(answer).toMatchObject({ rcode: 0, authoritative: false, answers: [] });
    expect(answer.authorities.map((record) => record.type)).toEqual([TYPE.NS]);
    expect(answer.additionals.map((record) => rdataToText(record.type, record.data))).toEqual(['192.0.2.53']);
  });

  it('cuts what does not fit into UDP, and gives it over TCP', async () => {
    for (let count = 0; count < 20; count += 1) {
      dns.addRecord({ name: 'many.example.test', type: 'TXT', value: `${count} ${'x'.repeat(100)}` });
    }
    expect((await ask('many.example.test', TYPE.TXT)).answers).toHaveLength(20);
    expect(dns.queries.map((query) => query.transport)).toEqual(['udp', 'tcp']);
  });
});

describe('records by call', () => {
  it.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:DB8:0:0::1', '2001:db8::1'],
    ['AAAA', '::ffff:192.0.2.1', '::ffff:c000:201'],
    ['CNAME', 'Target.Example.net.', 'target.example.net'],
    ['MX', '10 mail.example.test', '10 mail.example.test'],
    ['NS', 'ns2.example.test', 'ns2.example.test'],
    ['TXT', 'v=1; a "quoted" ü', 'v=1; a "quoted" ü'],
    ['TXT', 'x'.repeat(700), 'x'.repeat(700)],
  ] as const)('%s %s', (type, value, seen) => {
    dns.addRecord({ name: 'R.example.test.', type, value });
    expect(dns.records('r.example.test', type)).toEqual([seen]);
    expect(dns.removeRecord({ name: 'r.example.test', type, value })).toBe(1);
    expect(dns.records('r.example.test', type)).toEqual([]);
  });

  it('several values live side by side, each change makes the serial grow, no change does not', () => {
    const record = { name: 't.example.test', type: 'TXT' } as const;
    dns.addRecord({ ...record, value: 'one' });
    dns.addRecord({ ...record, value: ['t', 'wo'] });
    expect(dns.serial('example.test')).toBe(3);
    dns.addRecord({ ...record, value: 'one' });
    expect(dns.removeRecord({ ...record, value: 'three' })).toBe(0);
    expect(dns.serial('example.test')).toBe(3);
    expect(dns.removeRecord({ ...record, value: 'two' })).toBe(1);
    expect(dns.records(record.name, 'TXT')).toEqual(['one']);
    expect(dns.removeRecord(record)).toBe(1);
    expect(dns.serial('example.test')).toBe(5);
  });

  it.each([
    [{ name: 'x.elsewhere.test', type: 'A', value: '192.0.2.1' }, /none of the sandbox's zones/],
    [{ name: 'x.example.test', type: 'A', value: '192.0.2.256' }, /IPv4/],
    [{ name: 'x.example.test', type: 'AAAA', value: 'fe80::1%eth0' }, /IPv6/],
    [{ name: 'x.example.test', type: 'MX', value: 'mail' }, /MX/],
    [{ name: 'x.example.test', type: 'CNAME', value: '' }, /domain name/],
    [{ name: 'x.example.test', type: 'TXT', value: ['x'.repeat(256)] }, /255/],
    [{ name: `${'x'.repeat(64)}.example.test`, type: 'A', value: '192.0.2.1' }, /63/],
    [{ name: 'example.test', type: 'CNAME', value: 'x.test' }, /alias/],
  ] as const)('refuses %j', (record, message) => {
    expect(() => dns.addRecord(record)).toThrow(message);
  });
});

describe('sockets', () => {
  it('answers several questions on one TCP connection, however the bytes are cut', async () => {
    const query = encodeMessage({
      id: 7,
      isResponse: false,
      opcode: 0,
      authoritative: false,
      truncated: false,
      recursionDesired: false,
      rcode: 0,
      questions: [{ name: 'example.test', type: TYPE.SOA, class: 1 }],
      answers: [],
      authorities: [],
      additionals: [],
    });
    const framed = Buffer.concat([Buffer.of(0, query.length), query]);
    const both = Buffer.concat([framed, framed]);
    const socket = connect(dns.address.port, '127.0.0.1');
    const received = await new Promise<Buffer>((resolve) => {
      let all = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        all = Buffer.concat([all, chunk]);
        const length = all.readUInt16BE(0) + 2;
        if (all.length === 2 * length) resolve(all);
      });
      socket.write(both.subarray(0, 1));
      socket.write(both.subarray(1, framed.length + 5));
      socket.write(both.subarray(framed.length + 5));
    });
    socket.destroy();
    expect(decodeMessage(received.subarray(2, received.length / 2))).toMatchObject({ id: 7, rcode: 0 });
  });

  it('leaves nothing listening, and closes twice without complaint', async () => {
    const { port } = dns.address;
    await dns.close();
    await dns.close();
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind({ port, address: '127.0.0.1', exclusive: true }, resolve));
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
    expect([udp.address().port, tcp.listening]).toEqual([port, true]);
    await Promise.all([
      new Promise<void>((resolve) => udp.close(() => resolve())),
      new Promise<void>((resolve) => tcp.close(() => resolve())),
    ]);
  });

  it('says which port is taken', async () => {
    await expect(startSandboxDns({ clock: handClock(), zones: [], port: dns.address.port })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });
});

describe('whatever comes in', () => {
  const respond = createResponder({
    clock: handClock(),
    zones: new Map([['example.test', createZone('example.test')]]),
    keys: [],
    onUpdate: () => undefined,
    onQuery: () => undefined,
  });

  /** Dropped, or answered with something that is itself in order. */
  function isHandled(packet: Buffer): boolean {
    const answer = respond(packet, 'udp');
    if (answer === undefined) return true;
    const decoded = decodeMessage(answer);
    return decoded.isResponse && decoded.id === packet.readUInt16BE(0) && answer.length <= 1232;
  }

  it('random bytes are dropped or answered, never more', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => isHandled(Buffer.from(bytes)));
    expect(fc.check(property, { numRuns: 3_000 })).toMatchObject({ failed: false });
  });

  it('so are good questions and updates with some bytes changed or cut off', () => {
    const questions = [{ name: '_dcv.example.test', type: TYPE.TXT, class: 1 }];
    const record = {
      name: 'a.example.test',
      type: TYPE.MX,
      class: 1,
      ttl: 5,
      data: Buffer.from('000a0161c00c', 'hex'),
    };
    const base = {
      id: 1,
      isResponse: false,
      authoritative: false,
      truncated: false,
      recursionDesired: true,
      rcode: 0,
      answers: [],
    };
    const opt = { name: '', type: TYPE.OPT, class: 4096, ttl: 0, data: Buffer.alloc(0) };
    const tsig = { name: 'key', type: TYPE.TSIG, class: 255, ttl: 0, data: Buffer.alloc(30, 1) };
    const seeds = [
      encodeMessage({ ...base, opcode: 0, questions, authorities: [], additionals: [opt] }),
      encodeMessage({
        ...base,
        opcode: 5,
        questions: [{ name: 'example.test', type: 6, class: 1 }],
        authorities: [record],
        additionals: [tsig],
      }),
    ];
    const property = fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(100)),
      (seed, changes, cut) => {
        const packet = Buffer.from(seed);
        for (const [at, value] of changes) packet[at % packet.length] = value;
        return isHandled(cut === null ? packet : packet.subarray(0, cut));
      },
    );
    expect(fc.check(property, { numRuns: 5_000 })).toMatchObject({ failed: false });
  });

  it('names that point at themselves or ahead are format errors', () => {
    const header = '000100000001000000000000';
    for (const name of ['c00c', 'c00e00', '01610161c00c', 'c0ff', '40', `3f${'61'.repeat(10)}`]) {
      const answer = respond(Buffer.from(`${header}${name}00010001`, 'hex'), 'udp');
      expect(decodeMessage(answer ?? Buffer.alloc(0)).rcode).toBe(RCODE.FORMERR);
    }
  });

  it('answers are not answered', () => {
    expect(respond(Buffer.from('000180000000000000000000', 'hex'), 'udp')).toBeUndefined();
  });
});
