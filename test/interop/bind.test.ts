/** Our DNS code against BIND 9: an implementation that shares nothing with ours. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock, Logger } from '../../src/contracts/platform.ts';
import type { DnsPublisher, DnsRecord } from '../../src/contracts/publisher.ts';
import { Secret } from '../../src/core/certificate.ts';
import { RenewdError } from '../../src/core/errors.ts';
import { followDelegation } from '../../src/dns/delegation.ts';
import type { Message } from '../../src/dns/message.ts';
import { checkPropagation, type PropagationOptions } from '../../src/dns/propagation.ts';
import { query } from '../../src/dns/query.ts';
import { createResolver } from '../../src/dns/resolver.ts';
import { createTsigKey } from '../../src/dns/tsig.ts';
import { addValue } from '../../src/dns/update.ts';
import { findZone } from '../../src/dns/zone-cut.ts';
import { createRfc2136 } from '../../src/publishers/rfc2136/publisher.ts';
import { sendUpdate } from '../../src/publishers/rfc2136/send.ts';
import { freePort } from '../builders/free-port.ts';
import { namedMissing, startNamed, type Named } from './named.ts';

const zone = 'example.test';
const secrets = {
  'key-256.': Buffer.alloc(32, 1).toString('base64'),
  'key-512.': Buffer.alloc(64, 2).toString('base64'),
  'stranger.': Buffer.alloc(32, 3).toString('base64'),
};
const keys = `
key "key-256." { algorithm hmac-sha256; secret "${secrets['key-256.']}"; };
key "key-512." { algorithm hmac-sha512; secret "${secrets['key-512.']}"; };
key "stranger." { algorithm hmac-sha256; secret "${secrets['stranger.']}"; };`;
const updatable = 'type primary; allow-update { key "key-256."; key "key-512."; };';

const { signal } = new AbortController();
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

function clockOff(byMs: number): Clock {
  return { now: () => new Date(Date.now() + byMs), sleep: () => Promise.reject(new Error('not used')) };
}

interface Choice {
  readonly server?: string;
  readonly zones?: readonly string[];
  readonly key?: string;
  readonly algorithm?: 'hmac-sha256' | 'hmac-sha512';
  readonly secret?: string;
  readonly clockOffMs?: number;
}

const missing = namedMissing();
if (missing !== undefined && process.env['CI'] !== 'true') {
  process.stderr.write(`skipped: test/interop/bind.test.ts: ${missing}\n`);
}

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('BIND 9', () => {
  let primary: Named;
  let secondary: Named;

  beforeAll(async () => {
    if (missing !== undefined) throw new Error(missing);
    const port = await freePort();
    primary = await startNamed({
      port,
      statements: keys,
      zones: [
        {
          name: zone,
          options: updatable,
          records: [
            'occupied IN A 192.0.2.1',
            'alias IN CNAME elsewhere.example.test.',
            '_dnsauth.www IN CNAME _dnsauth.www.acme.other.test.',
            'loop-a IN CNAME loop-b.example.test.',
            'loop-b IN CNAME loop-a.example.test.',
            '_dnsauth IN TXT "foreign value"',
          ].join('\n'),
        },
        {
          name: 'policy.test',
          options: 'type primary; update-policy { grant key-256. zonesub TXT CNAME; };',
          records: '',
        },
        { name: 'other.test', options: updatable, records: '_dnsauth.www.acme IN CNAME deep.other.test.' },
      ],
    });
    secondary = await startNamed({
      port: await freePort(),
      statements: '',
      zones: [{ name: zone, options: `type secondary; primaries { 127.0.0.1 port ${port}; };` }],
    });
  });

  afterAll(async () => {
    await secondary?.stop();
    await primary?.stop();
  });

  function publisher(choice: Choice = {}): DnsPublisher {
    const key = choice.key ?? 'key-256.';
    const known = key === 'key-256.' || key === 'key-512.' || key === 'stranger.' ? secrets[key] : undefined;
    const config = {
      server: choice.server ?? primary.address,
      zones: [...(choice.zones ?? [zone])],
      key: {
        name: key,
        algorithm: choice.algorithm ?? 'hmac-sha256',
        secret: new Secret(choice.secret ?? known ?? secrets['key-256.']),
      },
      ttlSeconds: 60,
      timeout: 30_000,
    };
    return createRfc2136('ns1', config, { clock: clockOff(choice.clockOffMs ?? 0), logger: silent });
  }

  function record(label: string, value: string, type: 'TXT' | 'CNAME' = 'TXT'): DnsRecord {
    return { name: `${label}.${zone}`, type, value, ttlSeconds: 60 };
  }

  async function ask(name: string, type: 'TXT' | 'CNAME'): Promise<Message> {
    return await query({ host: '127.0.0.1', port: primary.port }, name, type, {
      recursionDesired: false,
      timeoutMs: 30_000,
      signal,
    });
  }

  async function texts(name: string): Promise<string[]> {
    const { answers } = await ask(name, 'TXT');
    return answers
      .flatMap(({ data }) => (data.kind === 'TXT' ? [Buffer.concat(data.segments).toString()] : []))
      .sort();
  }

  async function failureOf(promise: Promise<unknown>): Promise<RenewdError> {
    try {
      await promise;
    } catch (error) {
      if (error instanceof RenewdError) return error;
      throw error;
    }
    throw new Error('did not fail');
  }

  test.for([
    ['key-256.', 'hmac-sha256'],
    ['key-512.', 'hmac-sha512'],
  ] as const)('two values at one name come and go one by one, signed with %s', async ([key, algorithm]) => {
    const ns = publisher({ key, algorithm });
    const [one, two] = [record(`_two-${algorithm}`, 'one'), record(`_two-${algorithm}`, 'two')];
    await Promise.all([ns.publish(one, signal), ns.publish(two, signal)]);
    await ns.publish(one, signal);
    expect(await texts(one.name)).toEqual(['one', 'two']);
    await ns.withdraw(one, signal);
    expect(await texts(one.name)).toEqual(['two']);
    await ns.withdraw(one, signal);
    await ns.withdraw(two, signal);
    expect(await texts(one.name)).toEqual([]);
  });

  test('a key that may change TXT and CNAME only is enough', async () => {
    const ns = publisher({ zones: ['policy.test'] });
    const text: DnsRecord = { name: '_d.policy.test', type: 'TXT', value: 'x', ttlSeconds: 60 };
    const alias: DnsRecord = { name: '_c.policy.test', type: 'CNAME', value: 'ca.test', ttlSeconds: 60 };
    for (const one of [text, alias, alias]) await ns.publish(one, signal);
    expect(await texts(text.name)).toEqual(['x']);
    for (const one of [text, alias]) await ns.withdraw(one, signal);
    expect((await ask(alias.name, 'CNAME')).answers).toEqual([]);
    const elsewhere = publisher({ zones: ['policy.test'], key: 'key-512.', algorithm: 'hmac-sha512' });
    expect((await failureOf(elsewhere.publish(text, signal))).message).toContain('REFUSED');
  });

  test('a foreign value at the same name stays', async () => {
    const ns = publisher();
    const ours = record('_dnsauth', 'ours');
    await ns.publish(ours, signal);
    expect(await texts(ours.name)).toEqual(['foreign value', 'ours']);
    await ns.withdraw(ours, signal);
    expect(await texts(ours.name)).toEqual(['foreign value']);
  });

  test('a value of 700 octets arrives whole and goes again', async () => {
    const long = record('_long', 'abcdefg'.repeat(100));
    await publisher().publish(long, signal);
    expect(await texts(long.name)).toEqual([long.value]);
    await publisher().withdraw(long, signal);
    expect(await texts(long.name)).toEqual([]);
  });

  test('an answer too large for UDP is fetched over TCP', async () => {
    const values = Array.from({ length: 12 }, (_, index) => record('_many', `${index} ${'x'.repeat(200)}`));
    for (const value of values) await publisher().publish(value, signal);
    expect(await texts(`_many.${zone}`)).toHaveLength(12);
    for (const value of values) await publisher().withdraw(value, signal);
  });

  test('values with quotes, backslashes and UTF-8 come back as they were', async () => {
    const odd = record('_odd', 'a "b" \\c; ü');
    await publisher().publish(odd, signal);
    expect(await texts(odd.name)).toEqual([odd.value]);
    await publisher().withdraw(odd, signal);
  });

  test('a CNAME comes, may come twice, and goes', async () => {
    const alias = record('_cname', 'Proof.CA.test', 'CNAME');
    const ns = publisher();
    await ns.publish(alias, signal);
    await ns.publish(alias, signal);
    const { answers } = await ask(alias.name, 'CNAME');
    expect(answers.map(({ data }) => data)).toEqual([{ kind: 'CNAME', target: 'Proof.CA.test' }]);
    await ns.withdraw(alias, signal);
    expect((await ask(alias.name, 'CNAME')).answers).toEqual([]);
  });

  test('what cannot stand side by side is an error that says so, and changes nothing', async () => {
    const besideData = await failureOf(publisher().publish(record('occupied', 'ca.test', 'CNAME'), signal));
    expect(besideData).toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
    expect(besideData.message).toContain(
      'a CNAME record cannot be added beside other data at occupied.example.test',
    );
    const otherAlias = await failureOf(publisher().publish(record('alias', 'ca.test', 'CNAME'), signal));
    expect(otherAlias.message).toContain('cannot be added beside other data');
    const besideAlias = await failureOf(publisher().publish(record('alias', 'text'), signal));
    expect(besideAlias.message).toContain(
      'a TXT record cannot stand beside the CNAME record at alias.example.test',
    );
    const { answers } = await ask(`alias.${zone}`, 'CNAME');
    expect(answers.map(({ data }) => data)).toEqual([{ kind: 'CNAME', target: 'elsewhere.example.test' }]);
  });

  test.for<[string, Choice, string, string]>([
    ['REFUSED', { key: 'stranger.' }, 'authentication', 'refuses to let key "stranger" change'],
    ['NOTAUTH', { zones: ['test'] }, 'configuration', 'is not authoritative for zone test'],
    ['BADKEY', { key: 'nobody.' }, 'authentication', 'does not know the TSIG key "nobody"'],
    ['BADKEY', { algorithm: 'hmac-sha512' }, 'authentication', 'with hmac-sha512'],
    ['BADSIG', { secret: secrets['stranger.'] }, 'authentication', 'the secret differs'],
    ['BADTIME', { clockOffMs: 3_600_000 }, 'authentication', 'ahead of'],
    ['BADTIME', { clockOffMs: -3_600_000 }, 'authentication', 'behind'],
  ])('%s is told in words: %o', async ([rcode, choice, kind, words]) => {
    const error = await failureOf(publisher(choice).publish(record('_refused', 'x'), signal));
    expect(error).toMatchObject({ code: 'dcv-publish-failed', kind });
    expect(error.message).toContain(rcode);
    expect(error.message).toContain(words);
    expect(error.message).toContain(primary.address);
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
    for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
    expect(await texts(`_refused.${zone}`)).toEqual([]);
  });

  test('a name outside the zone of the update is told in words', async () => {
    const sender = {
      server: { host: '127.0.0.1', port: primary.port },
      key: createTsigKey('key-256', 'hmac-sha256', new Secret(secrets['key-256.'])),
      timeoutMs: 30_000,
      clock: clockOff(0),
    };
    const stray = { name: '_x.other.test', type: 'TXT', value: 'x' } as const;
    const update = { zone, prerequisites: [], changes: [addValue(stray, 60)] };
    const error = await failureOf(sendUpdate(sender, update, stray.name, [], signal));
    expect(error).toMatchObject({ code: 'dcv-publish-failed', kind: 'configuration' });
    expect(error.message).toContain('says that _x.other.test is not in zone example.test');
  });

  test('a name in none of the zones is not sent anywhere', async () => {
    const error = await failureOf(
      publisher().publish({ ...record('_x', 'x'), name: '_x.example.com' }, signal),
    );
    expect(error).toMatchObject({ code: 'dcv-no-publisher', kind: 'configuration' });
  });

  test('a server that is not there is unavailable', async () => {
    const server = `127.0.0.1:${await freePort()}`;
    const error = await failureOf(publisher({ server }).publish(record('_gone', 'x'), signal));
    expect(error).toMatchObject({ code: 'dcv-publish-failed', kind: 'unavailable' });
    expect(error.message).toContain(server);
  });

  function looking(servers: readonly string[]): PropagationOptions {
    const resolver = createResolver({ servers: [primary.address] });
    return { resolver, authoritative: { [zone]: servers }, timeoutMs: 10_000, signal };
  }

  test('a secondary that lags is seen, and is seen to have caught up', async () => {
    const value = record('_seen', 'value');
    const both = looking([primary.address, secondary.address]);
    const before = await checkPropagation(value, both);
    expect(before.visible).toBe(false);
    await publisher().publish(value, signal);

    const lagging = await checkPropagation(value, both);
    expect(lagging.visible).toBe(false);
    expect(lagging.servers).toMatchObject([
      { server: primary.address, visible: true, detail: expect.stringMatching(/^serial \d+: our value$/) },
      {
        server: secondary.address,
        visible: false,
        detail: expect.stringMatching(/^serial \d+: the name does not exist$/),
      },
    ]);

    await secondary.rndc('retransfer', zone);
    await expect.poll(async () => (await checkPropagation(value, both)).visible).toBe(true);

    const other = await checkPropagation({ ...value, value: 'Value' }, both);
    expect(other.visible).toBe(false);
    expect(other.servers[0]?.detail).toMatch(/1 other value$/);
    await publisher().withdraw(value, signal);
  });

  test('the servers are found through the zone when the configuration names none', async () => {
    const value = record('_found', 'value');
    await publisher().publish(value, signal);
    const resolver = createResolver({ servers: [primary.address] });
    const report = await checkPropagation(value, {
      resolver,
      authoritative: {},
      nameServerPort: primary.port,
      timeoutMs: 10_000,
      signal,
    });
    expect(report).toMatchObject({ visible: true, servers: [{ server: `ns1.${zone} ${primary.address}` }] });
    await publisher().withdraw(value, signal);
  });

  test('a server without the zone is not believed', async () => {
    const elsewhere = { name: '_x.unknown.test', type: 'TXT', value: 'x', ttlSeconds: 60 } as const;
    const report = await checkPropagation(elsewhere, {
      ...looking([]),
      authoritative: { 'unknown.test': [primary.address] },
    });
    expect(report).toMatchObject({
      visible: false,
      servers: [{ visible: false, detail: 'answers REFUSED' }],
    });
  });

  test('aliases are followed to the name that is written, in another zone', async () => {
    const resolver = createResolver({ servers: [primary.address] });
    const { target, hops } = await followDelegation(`_dnsauth.www.${zone}`, resolver, signal);
    expect(target).toBe('deep.other.test');
    expect(hops).toEqual([
      { from: '_dnsauth.www.example.test', to: '_dnsauth.www.acme.other.test' },
      { from: '_dnsauth.www.acme.other.test', to: 'deep.other.test' },
    ]);
    expect((await findZone(target, resolver, signal)).name).toBe('other.test');

    const ns = publisher({ zones: [zone, 'other.test'] });
    const value: DnsRecord = { name: target, type: 'TXT', value: 'token', ttlSeconds: 60 };
    await ns.publish(value, signal);
    expect(await texts(target)).toEqual(['token']);
    await ns.withdraw(value, signal);
  });

  test('a loop of aliases is an error with its path', async () => {
    const resolver = createResolver({ servers: [primary.address] });
    const error = await failureOf(followDelegation(`loop-a.${zone}`, resolver, signal));
    expect(error.message).toContain(
      'is a loop: loop-a.example.test → loop-b.example.test → loop-a.example.test',
    );
  });

  test('zones are found from names that exist, do not exist, are aliases, or are the zone itself', async () => {
    const resolver = createResolver({ servers: [primary.address] });
    for (const name of [`_x.deep.down.${zone}`, `occupied.${zone}`, `alias.${zone}`, zone]) {
      expect((await findZone(name, resolver, signal)).name).toBe(zone);
    }
  });
});
