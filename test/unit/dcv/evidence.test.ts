/** Which publisher gets a challenge, and what is taken away from where. */
import { describe, expect, test } from 'vitest';
import type { DnsPublisher, FilePublisher, NamedPublisher } from '../../../src/contracts/publisher.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { dnsPublisherFor, filePublisherFor, withdrawChallenge } from '../../../src/renewal/dcv/evidence.ts';
import { withdrawLeftovers } from '../../../src/renewal/withdraw.ts';
import { handClock } from '../../builders/clocks.ts';
import { aStore, recordingLogger, refusing } from '../../builders/stage.ts';
import { aChallenge, aRenewal, noon } from '../../builders/store-records.ts';

const signal = new AbortController().signal;
const aDnsChallenge = {
  kind: 'dns',
  identifier: 'shop.example.com',
  recordName: '_dnsauth.shop.example.com',
  recordType: 'TXT',
} as const;

function dns(name: string, zones: readonly string[], withdrawn: string[] = []): NamedPublisher {
  const publisher = refusing<DnsPublisher>('DNS publisher', {
    kind: 'dns',
    zones,
    withdraw: ({ name: at, type, value }) => {
      withdrawn.push(`${name}: ${at} ${type} ${value}`);
      return Promise.resolve();
    },
  });
  return { name, publisher };
}

function file(name: string, hosts: readonly string[], withdrawn: string[] = []): NamedPublisher {
  const publisher = refusing<FilePublisher>('file publisher', {
    kind: 'file',
    hosts,
    withdraw: ({ host, path }) => {
      withdrawn.push(`${name}: ${host}${path}`);
      return Promise.resolve();
    },
  });
  return { name, publisher };
}

function broken(name: string, reason = `no secret for ${name}`): NamedPublisher {
  return { name, publisher: { kind: 'unavailable', failure: new RenewdError('secret-unreadable', reason) } };
}

describe('DNS publishers', () => {
  const all = [
    dns('com', ['example.com']),
    dns('shop', ['other.test', 'shop.example.com']),
    dns('net', ['example.net']),
    file('web', []),
  ];

  test.each([
    { name: '_a.shop.example.com', wanted: undefined, chosen: 'shop' },
    { name: 'shop.example.com', wanted: undefined, chosen: 'shop' },
    { name: '_a.example.com', wanted: undefined, chosen: 'com' },
    { name: '_a.myshop.example.com', wanted: undefined, chosen: 'com' },
    { name: '_a.shop.example.com', wanted: 'com', chosen: 'com' },
    // After a CNAME the target's zone decides, whatever the inventory named.
    { name: 'x.example.net', wanted: 'com', chosen: 'net' },
    { name: 'x.example.net', wanted: 'web', chosen: 'net' },
  ])('$name ($wanted): $chosen', ({ name, wanted, chosen }) => {
    expect(dnsPublisherFor(all, name, wanted).name).toBe(chosen);
  });

  test.each(['notexample.com', 'com', 'example.org', ''])('nobody has a zone for "%s"', (name) => {
    expect(() => dnsPublisherFor(all, name, undefined)).toThrow(
      expect.objectContaining({ code: 'dcv-no-publisher', kind: 'configuration' }),
    );
  });
});

describe('one that cannot be set up', () => {
  test("stands in nobody else's way", () => {
    const all = [broken('first'), dns('com', ['example.com']), file('web', [])];
    expect(dnsPublisherFor(all, 'a.example.com', 'first').name).toBe('com');
    expect(filePublisherFor(all, 'a.example.com', 'first').name).toBe('web');
  });

  test.each([
    { wanted: 'second', named: 'second' },
    { wanted: 'com', named: 'first' },
    { wanted: undefined, named: 'first' },
  ])('is the reason where nobody else will do (wanted: $wanted)', ({ wanted, named }) => {
    const all = [broken('first'), dns('com', ['example.com']), broken('second')];
    const failure = (what: string) =>
      expect.objectContaining({
        code: 'secret-unreadable',
        message: `${what}, and the publisher "${named}" could not be set up: no secret for ${named}`,
      });
    expect(() => dnsPublisherFor(all, 'a.example.net', wanted)).toThrow(
      failure('no DNS publisher has a zone that holds a.example.net'),
    );
    expect(() => filePublisherFor(all, 'a.example.net', wanted)).toThrow(
      failure('no file publisher serves a.example.net'),
    );
  });

  test('what it holds is not taken for withdrawn', async () => {
    const row = aChallenge({ state: 'published', publisher: 'first' });
    await expect(withdrawChallenge(row, [broken('first')], signal)).rejects.toMatchObject({
      code: 'secret-unreadable',
      message: 'the publisher "first" could not be set up: no secret for first',
    });
  });
});

describe('file publishers', () => {
  const any = file('any', []);
  const own = file('own', ['shop.example.com']);

  test.each([
    { list: [any, own], host: 'shop.example.com', wanted: undefined, chosen: 'own' },
    { list: [any, own], host: 'www.example.com', wanted: undefined, chosen: 'any' },
    { list: [own, any], host: 'shop.example.com', wanted: 'any', chosen: 'any' },
    // Said by name, it is taken at its word.
    { list: [own], host: 'www.example.com', wanted: 'own', chosen: 'own' },
  ])('$host ($wanted): $chosen', ({ list, host, wanted, chosen }) => {
    expect(filePublisherFor(list, host, wanted).name).toBe(chosen);
  });

  test('none for a host that nobody serves', () => {
    expect(() => filePublisherFor([own, dns('d', ['example.com'])], 'www.example.com', undefined)).toThrow(
      expect.objectContaining({ code: 'dcv-no-publisher' }),
    );
  });
});

describe('withdrawing', () => {
  test('takes away the value at the place where it was put', async () => {
    const gone: string[] = [];
    const publishers = [dns('ns1', ['example.net'], gone), file('web', [], gone)];
    await withdrawChallenge(
      aChallenge({ state: 'published', publisher: 'ns1', targetName: 'x.example.net' }),
      publishers,
      signal,
    );
    await withdrawChallenge(aChallenge({ state: 'published', publisher: 'ns1' }), publishers, signal);
    const challenge = { kind: 'file', identifier: 'a', host: 'h.test', path: '/p', content: 'c' } as const;
    await withdrawChallenge(
      aChallenge({ challenge, state: 'published', publisher: 'web' }),
      publishers,
      signal,
    );
    expect(gone).toEqual([
      'ns1: x.example.net TXT token',
      'ns1: _dnsauth.shop.example.com TXT token',
      'web: h.test/p',
    ]);
  });

  test('is quiet about what was never put anywhere', async () => {
    await expect(withdrawChallenge(aChallenge(), [], signal)).resolves.toBeUndefined();
    const challenge = { kind: 'email', identifier: 'a', addresses: [] } as const;
    const row = aChallenge({ challenge, publisher: 'ns1' });
    await expect(withdrawChallenge(row, [], signal)).resolves.toBeUndefined();
  });

  test('a publisher that is gone from the configuration is a failure, not silence', async () => {
    await expect(withdrawChallenge(aChallenge({ publisher: 'gone' }), [], signal)).rejects.toMatchObject({
      code: 'dcv-no-publisher',
    });
  });

  async function leftovers() {
    const store = await aStore();
    const row = aChallenge({ state: 'published', publisher: 'ns1', targetName: '_a.example.net' });
    await store.createRenewal(aRenewal({ id: 'old', certificate: 'shop' }), {
      challenges: [{ ...row, renewalId: 'old' }],
    });
    await store.updateRenewal('old', 1, { state: 'failed', nextAt: null }, {}, noon);
    return { store, row };
  }
  const states = async (store: Awaited<ReturnType<typeof aStore>>, id: string) =>
    (await store.challenges(id)).map(({ state }) => state);

  test('what no renewal needs goes, and is remembered as gone', async () => {
    const { store } = await leftovers();
    const gone: string[] = [];
    const publishers = () => Promise.resolve([dns('ns1', ['example.net'], gone)]);
    expect(await withdrawLeftovers(store, publishers, handClock(noon), recordingLogger(), signal)).toBe(0);
    expect(gone).toEqual(['ns1: _a.example.net TXT token']);
    expect(await states(store, 'old')).toEqual(['withdrawn']);
    expect(await withdrawLeftovers(store, publishers, handClock(noon), recordingLogger(), signal)).toBe(0);
    expect(gone).toHaveLength(1);
  });

  test('a value that another open renewal needs stays', async () => {
    const { store, row } = await leftovers();
    await store.createRenewal(aRenewal({ id: 'new', certificate: 'other', state: 'awaiting-dcv' }), {
      challenges: [{ ...row, renewalId: 'new' }],
    });
    const gone: string[] = [];
    await withdrawLeftovers(
      store,
      () => Promise.resolve([dns('ns1', [], gone)]),
      handClock(noon),
      recordingLogger(),
      signal,
    );
    expect(gone).toEqual([]);
    expect(await states(store, 'old')).toEqual(['withdrawn']);
    expect(await states(store, 'new')).toEqual(['published']);
  });

  test('another value at the same name does not keep it', async () => {
    const { store, row } = await leftovers();
    const other = aChallenge({ ...row, renewalId: 'new', challenge: { ...aDnsChallenge, value: 'another' } });
    await store.createRenewal(aRenewal({ id: 'new', certificate: 'other', state: 'awaiting-dcv' }), {
      challenges: [other],
    });
    const gone: string[] = [];
    await withdrawLeftovers(
      store,
      () => Promise.resolve([dns('ns1', [], gone)]),
      handClock(noon),
      recordingLogger(),
      signal,
    );
    expect(gone).toEqual(['ns1: _a.example.net TXT token']);
  });

  test('a failure is told, counted and tried again', async () => {
    const { store } = await leftovers();
    const logger = recordingLogger();
    expect(await withdrawLeftovers(store, () => Promise.resolve([]), handClock(noon), logger, signal)).toBe(
      1,
    );
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { code: 'dcv-no-publisher' } }]);
    expect(await states(store, 'old')).toEqual(['published']);
    expect(
      await withdrawLeftovers(
        store,
        () => Promise.resolve([dns('ns1', [])]),
        handClock(noon),
        logger,
        signal,
      ),
    ).toBe(0);
  });

  test('nothing to withdraw makes no publisher', async () => {
    const never = () => Promise.reject(new Error('not to be asked'));
    expect(await withdrawLeftovers(await aStore(), never, handClock(noon), recordingLogger(), signal)).toBe(
      0,
    );
  });
});
