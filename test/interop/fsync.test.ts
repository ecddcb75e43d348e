/**
 * A real renewal under strace(1): what must be on the disk before the next step is synced before it. A rename that
 * outlives a power cut while the content behind it does not is exactly what no test with a killed process can see.
 */
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { missingForKeys, missingInSet, missingInStore, renamesOf, sentTo } from './durability.ts';
import { createClosers, renewdProgram, shouldSkip, start } from './processes.ts';
import { products, seedOnDisk } from './seeds.ts';
import { readTrace, straceMissing, straceParameters, type SystemCall } from './strace.ts';

const zone = 'example.test';
const host = `shop.${zone}`;
const secrets = { CNR_PASSWORD: sandboxAccounts.rrpproxy.password, TSIG_SECRET: sandboxTsigKey.secret };

describe.skipIf(shouldSkip('test/interop/fsync.test.ts', straceMissing()))('on the disk before', () => {
  const closers = createClosers();
  let calls: readonly SystemCall[] = [];
  let directory = '';
  let port = 0;
  let version = '';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'renewd-fsync-'));
    closers.add(() => rmSync(directory, { recursive: true, force: true }));
    const sandbox = await startFullSandbox({ clock: { now: () => new Date() }, zones: [zone], tickMs: 50 });
    closers.add(() => sandbox.close());
    mkdirSync(join(directory, 'tls'));
    const own = { directory: join(directory, 'tls/shop'), names: [host] };
    await seedOnDisk(sandbox, { vendor: 'rrpproxy', daysLeft: 6, paidDays: 8, ...own });
    const url = sandbox.vendors.get('rrpproxy')?.baseUrl ?? '';
    port = Number(new URL(url).port);
    const dns = `127.0.0.1:${sandbox.dns.address.port}`;
    const configPath = join(directory, 'renewd.yaml');
    writeFileSync(
      configPath,
      stringify({
        store: { sqlite: 'renewd.db' },
        keys: 'keys',
        listen: false,
        resolvers: [dns],
        authoritative: { [zone]: [dns] },
        providers: {
          cnr: {
            type: 'rrpproxy',
            url: `${url}/api/call.cgi`,
            login: sandboxAccounts.rrpproxy.login,
            password: { env: 'CNR_PASSWORD' },
            requestsPerSecond: 20,
            defaultTechContact: {
              firstName: 'Jane',
              lastName: 'Doe',
              phone: '+49.301234567',
              email: 'hostmaster@example.test',
            },
          },
        },
        publishers: {
          ns: {
            type: 'rfc2136',
            server: dns,
            zones: [zone],
            key: { name: sandboxTsigKey.name, algorithm: 'hmac-sha256', secret: { env: 'TSIG_SECRET' } },
          },
        },
        certificates: [
          {
            name: 'shop',
            names: [host],
            provider: 'cnr',
            product: products.rrpproxy,
            deploy: [{ directory: 'tls/shop', reload: ['/bin/true'] }],
          },
        ],
      }),
    );
    const output = join(directory, 'trace');
    const parameters = [renewdProgram, 'once', '--wait', '60s', '-c', configPath];
    const renewing = start('strace', straceParameters(output, process.execPath, parameters), {
      env: secrets,
      cwd: directory,
    });
    closers.add(() => renewing.stop());
    const { code, stdout, stderr } = await renewing.ended;
    if (code !== 10 || stdout !== 'shop: renew is served\n') throw new Error(`${stdout}${stderr}`);
    calls = readTrace(readFileSync(output, 'latin1'));
    version = basename(readlinkSync(join(directory, 'tls/shop/.current')));
  }, 120_000);
  afterAll(() => closers.close());

  function order(seen = calls): SystemCall {
    const request = sentTo(seen, port, 'RenewCertificate');
    if (request === undefined) throw new Error('no order was sent');
    return request;
  }

  /** Everything that is checked, of one trace. */
  function missing(seen: readonly SystemCall[]): readonly string[] {
    const request = order(seen);
    const target = join(directory, 'tls/shop');
    return [
      ...missingForKeys(seen, join(directory, 'keys'), request),
      ...missingInStore(seen, join(directory, 'renewd.db'), 'submit renew', request),
      ...missingInSet(seen, target, version),
      ...missingInSet(seen, target, '0-adopted'),
    ];
  }

  test('the order leaves: its key, the name of the key, and the intent', () => {
    const request = order();
    expect(missingForKeys(calls, join(directory, 'keys'), request)).toEqual([]);
    expect(missingInStore(calls, join(directory, 'renewd.db'), 'submit renew', request)).toEqual([]);
  });

  test.each(['new', 'adopted'])('readers see the %s set: its files, its directory, its name', (which) => {
    const set = which === 'new' ? version : '0-adopted';
    expect(missingInSet(calls, join(directory, 'tls/shop'), set)).toEqual([]);
  });

  test('whatever gets its place by a rename is not written in place', () => {
    const switched = renamesOf(calls).filter(({ to }) => to.startsWith(`${directory}/tls/shop/`));
    expect(switched.length).toBeGreaterThanOrEqual(9);
    for (const { from } of switched) expect(from).toContain('/.renewd-tmp-');
  });

  test('a trace that lacks one of these syncs is found out', () => {
    const synced = calls.filter(({ name }) => name === 'fsync' || name === 'fdatasync');
    const ours = [
      ...['cert', 'chain', 'fullchain', 'privkey', 'combined'].map((file) => `${file}.pem`),
      '/keys',
      '/.sets',
      `/.renewd-tmp-${version}`,
    ];
    for (const end of ours) {
      const without = calls.filter((call) => !(synced.includes(call) && call.on.endsWith(end)));
      expect(without.length, end).toBeLessThan(calls.length);
      expect(missing(without), `without ${end}`).not.toEqual([]);
    }
    const beforeOrder = calls.filter(
      (call) => !(synced.includes(call) && call.on.endsWith('-wal') && call.endedAt < order().beganAt),
    );
    expect(missing(beforeOrder)).toEqual([`${directory}/renewd.db-wal before the order`]);
    const keyUnsynced = calls.filter((call) => !(synced.includes(call) && call.on.includes('/keys/')));
    expect(missing(keyUnsynced)).toHaveLength(1);
  });
});
