import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxClock } from '../../../src/sandbox/contract.ts';
import { startSandboxDns } from '../../../src/sandbox/dns/index.ts';
import type { SandboxDns, TsigKey } from '../../../src/sandbox/dns/index.ts';
import { realClock, run } from './support.ts';

/** BIND's dig and nsupdate (Debian: bind9-dnsutils) as the other side, so that no misunderstanding is shared. */

function toolsMissing(): string | undefined {
  for (const [tool, option] of [
    ['dig', '-v'],
    ['nsupdate', '-V'],
  ] as const) {
    try {
      execFileSync(tool, [option], { stdio: 'ignore' });
    } catch {
      return `${tool} is not installed (Debian: apt-get install bind9-dnsutils)`;
    }
  }
  return undefined;
}

const missing = toolsMissing();
if (missing !== undefined && process.env['CI'] !== 'true') {
  process.stderr.write(`skipped: ${missing}\n`);
}

const SHA256: TsigKey = {
  name: 'key-256',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('secret of key 256').toString('base64'),
};
const SHA512: TsigKey = {
  name: 'key-512',
  algorithm: 'hmac-sha512',
  secret: Buffer.from('secret of key 512').toString('base64'),
  zones: ['example.test'],
};

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('with the tools of BIND', () => {
  let dns: SandboxDns;
  let clock: SandboxClock;
  beforeEach(async () => {
    clock = realClock;
    dns = await startSandboxDns({
      clock: { now: () => clock.now() },
      zones: ['example.test', 'other.test'],
      tsigKeys: [SHA256, SHA512],
    });
  });
  afterEach(() => dns.close());

  const dig = async (...args: string[]): Promise<string> => {
    const server = ['@127.0.0.1', '-p', String(dns.address.port), '+tries=1', '+time=3', '+norecurse'];
    return (await run('dig', [...server, ...args])).output;
  };

  function nsupdate(lines: readonly string[], key: TsigKey | undefined, ...options: string[]) {
    const script = [`server 127.0.0.1 ${dns.address.port}`, ...lines, 'send', ''].join('\n');
    const auth = key === undefined ? [] : ['-y', `${key.algorithm}:${key.name}:${key.secret}`];
    return run('nsupdate', ['-t', '5', '-r', '0', ...auth, ...options], script);
  }

  describe('dig', () => {
    it('reads every type without a warning', async () => {
      dns.addRecord({ name: 'example.test', type: 'MX', value: '10 mail.example.test' });
      dns.addRecord({ name: 'v6.example.test', type: 'AAAA', value: '2001:db8::25' });
      dns.addRecord({ name: 'strings.example.test', type: 'TXT', value: ['a b', 'c"d'] });
      dns.addRecord({ name: '_x.example.test', type: 'CNAME', value: 'strings.example.test', ttl: 7 });
      expect(await dig('+short', 'example.test', 'MX')).toBe('10 mail.example.test.\n');
      expect(await dig('+short', 'v6.example.test', 'AAAA')).toBe('2001:db8::25\n');
      expect(await dig('+short', 'strings.example.test', 'TXT')).toBe('"a b" "c\\"d"\n');
      const alias = await dig('_x.example.test', 'TXT');
      expect(alias).toMatch(/status: NOERROR/);
      expect(alias).toMatch(/flags: qr aa;/);
      expect(alias).toMatch(/_x\.example\.test\.\s+7\s+IN\s+CNAME\s+strings\.example\.test\./);
      expect(alias).not.toMatch(/WARNING|malformed|bad packet/i);
    });

    it('reads NXDOMAIN with the SOA, with and without EDNS', async () => {
      for (const option of ['+edns', '+noedns']) {
        const text = await dig(option, 'none.example.test', 'TXT');
        expect(text).toMatch(/status: NXDOMAIN/);
        expect(text).toMatch(/example\.test\.\s+5\s+IN\s+SOA/);
        expect(text.includes('EDNS: version: 0')).toBe(option === '+edns');
      }
    });

    it('meets an EDNS version, an opcode and options it has not, and is told so', async () => {
      expect(await dig('+edns=1', '+noednsneg', 'example.test', 'SOA')).toMatch(/status: BADVERS/);
      expect(await dig('+opcode=4', '+noedns', 'example.test', 'SOA')).toMatch(/status: NOTIMP/);
      expect(await dig('+cookie', '+nsid', 'example.test', 'SOA')).toMatch(/status: NOERROR/);
    });

    it('comes back over TCP when the answer was cut', async () => {
      const values = Array.from({ length: 12 }, (_, index) => `${index}-${'y'.repeat(240)}`);
      for (const value of values) dns.addRecord({ name: 'big.example.test', type: 'TXT', value });
      expect(await dig('+ignore', 'big.example.test', 'TXT')).toMatch(/flags: qr aa tc;/);
      const text = await dig('big.example.test', 'TXT');
      expect(text).toContain('Truncated, retrying in TCP mode');
      expect(text).toMatch(/ANSWER: 12,/);
    });

    it('signs its question and gets a signed answer', async () => {
      const key = `${SHA512.algorithm}:${SHA512.name}:${SHA512.secret}`;
      const text = await dig('-y', key, 'example.test', 'SOA');
      expect(text).toMatch(/TSIG PSEUDOSECTION/);
      expect(text).toMatch(/NOERROR/);
      expect(text).not.toMatch(/verify|couldn't/i);
    });
  });

  describe('nsupdate', () => {
    it.each([
      ['hmac-sha256', SHA256, []],
      ['hmac-sha512', SHA512, []],
      ['hmac-sha256 over TCP', SHA256, ['-v']],
    ] as const)('adds and removes one value, %s', async (_what, key, options) => {
      const name = '_acme.example.test';
      const long = 'z'.repeat(200);
      const added = await nsupdate(
        [
          'zone example.test',
          `update add ${name} 60 TXT "one"`,
          `update add ${name} 60 TXT "${long}" "${long}" "${long}"`,
        ],
        key,
        ...options,
      );
      expect(added).toEqual({ code: 0, output: '' });
      expect(dns.records(name, 'TXT')).toEqual(['one', long.repeat(3)]);
      expect(dns.serial('example.test')).toBe(2);
      expect(await nsupdate([`update delete ${name} TXT "one"`], key, ...options)).toEqual({
        code: 0,
        output: '',
      });
      expect(dns.records(name, 'TXT')).toEqual([long.repeat(3)]);
      expect(await nsupdate([`update delete ${name} TXT`], key, ...options)).toEqual({ code: 0, output: '' });
      expect(dns.records(name, 'TXT')).toEqual([]);
      expect(dns.updates.map(({ result, key: by, serial }) => ({ result, by, serial }))).toEqual([
        { result: 'NOERROR', by: key.name, serial: 2 },
        { result: 'NOERROR', by: key.name, serial: 3 },
        { result: 'NOERROR', by: key.name, serial: 4 },
      ]);
      expect(dns.updates[1]?.changes).toEqual([{ action: 'delete-record', name, type: 'TXT', value: 'one' }]);
      // nsupdate itself changes to TCP for what is longer than 512 bytes.
      expect(dns.updates.map(({ transport }) => transport)).toEqual([
        'tcp',
        ...Array<string>(2).fill(options.length > 0 ? 'tcp' : 'udp'),
      ]);
    });

    it('adds aliases and other types, and keeps them apart', async () => {
      const done = await nsupdate(
        [
          'zone example.test',
          'update add w.example.test 30 CNAME a.example.net.',
          'update add w.example.test 30 CNAME b.example.net.',
          'update add w.example.test 30 TXT "never"',
          'update add m.example.test 30 MX 5 mail.example.test.',
          'update add m.example.test 30 CAA 0 issue "nobody"',
        ],
        SHA256,
      );
      expect(done).toEqual({ code: 0, output: '' });
      expect(dns.records('w.example.test', 'CNAME')).toEqual(['b.example.net']);
      expect(dns.records('w.example.test', 'TXT')).toEqual([]);
      expect(await dig('+short', 'm.example.test', 'CAA')).toBe('0 issue "nobody"\n');
    });

    it('cannot take the SOA or the last NS away', async () => {
      await nsupdate(['zone example.test', 'update delete example.test'], SHA256);
      await nsupdate(['zone example.test', 'update delete example.test NS ns1.example.test.'], SHA256);
      expect(dns.records('example.test', 'NS')).toEqual(['ns1.example.test']);
      expect(await dig('+short', 'example.test', 'SOA')).toMatch(/^ns1\.example\.test\./);
    });

    it('has its prerequisites checked, and nothing is done when one fails', async () => {
      dns.addRecord({ name: 'p.example.test', type: 'TXT', value: 'there' });
      const add = 'update add q.example.test 60 TXT "done"';
      for (const [prerequisite, result] of [
        ['prereq nxdomain p.example.test', 'YXDOMAIN'],
        ['prereq yxdomain n.example.test', 'NXDOMAIN'],
        ['prereq nxrrset p.example.test TXT', 'YXRRSET'],
        ['prereq yxrrset p.example.test A', 'NXRRSET'],
        ['prereq yxrrset p.example.test TXT "other"', 'NXRRSET'],
      ] as const) {
        const { code, output } = await nsupdate(['zone example.test', prerequisite, add], SHA256);
        expect({ code, output }).toEqual({ code: 2, output: `update failed: ${result}\n` });
      }
      expect(dns.records('q.example.test', 'TXT')).toEqual([]);
      expect(
        await nsupdate(
          [
            'zone example.test',
            'prereq yxrrset p.example.test TXT "there"',
            'prereq yxdomain p.example.test',
            'prereq nxdomain q.example.test',
            add,
          ],
          SHA256,
        ),
      ).toEqual({ code: 0, output: '' });
      expect(dns.records('q.example.test', 'TXT')).toEqual(['done']);
    });

    const add = (zone: string) => [`zone ${zone}`, `update add t.${zone} 60 TXT "x"`];

    it.each([
      ['unsigned', undefined, 'example.test', 'REFUSED', 'REFUSED'],
      ['an unknown key', { ...SHA256, name: 'nobody' }, 'example.test', 'BADKEY', 'BADKEY'],
      ['the wrong algorithm', { ...SHA256, algorithm: 'hmac-sha512' }, 'example.test', 'BADKEY', 'BADKEY'],
      ['a wrong secret', { ...SHA256, secret: SHA512.secret }, 'example.test', 'BADSIG', 'BADSIG'],
      ['a zone that is not ours', SHA256, 'elsewhere.test', 'NOTAUTH', 'NOTAUTH'],
      ['a zone the key may not touch', SHA512, 'other.test', 'REFUSED', 'REFUSED'],
    ] as const)('is refused with %s', async (_what, key, zone, said, kept) => {
      const { code, output } = await nsupdate(add(zone), key);
      expect(code).not.toBe(0);
      expect(output).toContain(said);
      expect(dns.updates.map(({ result }) => result)).toEqual([kept]);
      expect(JSON.stringify(dns.snapshot()['zones'])).not.toContain('"name":"t.');
    });

    it.each([301, -301])(
      'is refused with a clock %i seconds off, and within the fudge it is not',
      async (seconds) => {
        clock = { now: () => new Date(Date.now() + seconds * 1000) };
        const { code, output } = await nsupdate(add('example.test'), SHA256);
        expect({ code, output }).toEqual({
          code: 2,
          output: expect.stringMatching(/BADTIME|NOTAUTH|clock skew/i),
        });
        expect(dns.updates.at(-1)).toMatchObject({ result: 'BADTIME', key: SHA256.name });
        clock = { now: () => new Date(Date.now() + Math.sign(seconds) * 250_000) };
        // nsupdate checks the answer's time too, with the same fudge: both sides forgive.
        expect(await nsupdate(add('example.test'), SHA256)).toEqual({ code: 0, output: '' });
        expect(dns.records('t.example.test', 'TXT')).toEqual(['x']);
      },
    );

    it('is refused outside the zone it named', async () => {
      const { output } = await nsupdate(['zone example.test', 'update add t.other.test 60 TXT "x"'], SHA256);
      expect(output).toContain('NOTZONE');
    });
  });
});
