import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FindQuery, FindResult } from '../../../../src/contracts/order.ts';
import type { Provider } from '../../../../src/contracts/provider.ts';
import {
  certificate,
  failure,
  id,
  makeIdentity,
  never,
  plan,
  startProvider,
  startStub,
  type Answer,
  type Identity,
  type Stub,
} from './support.ts';

let stub: Stub;
let provider: Provider;
let identity: Identity;
let other: Identity;

const reference = 'rnwd-0123456789abcde';
const list = `GET /ssl-certificate?client_reference=${reference}`;
const everything = 'GET /ssl-certificate';
const otherId = 'aaaaaaaa-0f0e-4a53-8f5f-6a1e1a4a7c11';
const absent: Answer = { status: 404, body: '' };

beforeAll(async () => {
  identity = await makeIdentity();
  other = await makeIdentity();
});
beforeEach(async () => {
  stub = await startStub();
  ({ provider } = startProvider(stub.url));
  for (const one of [id, otherId]) {
    stub.on(`GET /ssl-certificate/${one}/validation-details`, absent);
    for (const format of ['crt', 'ca', 'csr', 'pkcs7', 'zip'])
      stub.on(`GET /ssl-certificate/${one}/download-${format}`, absent);
  }
  return async () => {
    await provider.close();
    await stub.close();
  };
});

function find(extra: Partial<FindQuery> = {}): Promise<FindResult> {
  const { spkiSha256, names } = identity;
  return provider.find({ reference, spkiSha256, names, product: plan, ...extra }, never);
}

function show(which: string, object: object): void {
  stub.on(`GET /ssl-certificate/${which}`, { body: object });
}

const ours = { matches: [expect.objectContaining({ handle: { certificateId: id } })], complete: true };

describe('by our reference', () => {
  test.each([
    ['a list', (row: object) => [row]],
    ['result', (row: object) => ({ result: [row] })],
    ['data', (row: object) => ({ data: [row] })],
    ['results', (row: object) => ({ count: 1, next: null, results: [row] })],
    ['items in data', (row: object) => ({ data: { items: [row] } })],
  ])('in %s', async (_, wrap) => {
    stub.on(list, { body: wrap(certificate(identity)) });
    show(id, certificate(identity));
    expect(await find()).toEqual(ours);
  });

  test('compared by us: what a loose filter lets through is not ours', async () => {
    const loose = [certificate(other, { id: otherId, client_reference: `${reference}x` })];
    stub.on(list, { body: loose });
    expect(await find()).toEqual({ matches: [], complete: true });
    stub.on(list, { body: [...loose, certificate(identity)] });
    show(id, certificate(identity));
    expect(await find()).toEqual(ours);
  });

  test('a list that does not show references: the certificate itself does', async () => {
    stub.on(list, {
      body: [
        { id, status: 'pending' },
        { id: otherId, status: 'active' },
      ],
    });
    show(id, certificate(identity));
    show(otherId, certificate(other, { id: otherId, status: 'active', client_reference: 'another' }));
    expect(await find()).toEqual(ours);
  });

  test('characters that a query would swallow', async () => {
    stub.on('GET /ssl-certificate?client_reference=%23123+%26a%3D1', { body: [] });
    expect(await find({ reference: '#123 &a=1' })).toEqual({ matches: [], complete: true });
  });

  test('nothing there is proof', async () => {
    stub.on(list, { body: [] });
    expect(await find()).toEqual({ matches: [], complete: true });
  });

  test('a certificate that vanished meanwhile proves nothing', async () => {
    stub.on(list, { body: [certificate(identity)] });
    stub.on(`GET /ssl-certificate/${id}`, absent);
    expect(await find()).toEqual({ matches: [], complete: false });
  });
});

describe('a lost renew or reissue', () => {
  const previous = { certificateId: id };
  const since = new Date('2026-11-21T11:00:00Z');
  const crt = `GET /ssl-certificate/${id}/download-crt`;

  beforeEach(() => stub.on(list, { body: [] }));

  test('was applied: the reference was overwritten', async () => {
    show(id, certificate(identity));
    expect(await find({ previous })).toEqual(ours);
  });

  test('was not applied: the earlier reference stands', async () => {
    show(id, certificate(other, { status: 'active', client_reference: 'rnwd-before' }));
    expect(await find({ previous })).toEqual({ matches: [], complete: true });
  });

  test('a pending certificate may still show what was before', async () => {
    show(id, certificate(other, { status: 'pending', client_reference: 'rnwd-before' }));
    expect(await find({ previous })).toEqual({ matches: [], complete: false });
  });

  test('the earlier certificate is gone', async () => {
    stub.on(`GET /ssl-certificate/${id}`, absent);
    expect(await find({ previous })).toEqual({ matches: [], complete: true });
  });

  describe('where no reference is shown', () => {
    const bare = (who: Identity, status: string): object =>
      certificate(who, { status, client_reference: undefined });

    test.each<[string, string, boolean, FindResult['matches'], boolean]>([
      ['pending', 'our key', true, ours.matches, true],
      ['pending', 'another key', false, [], false],
      ['active', 'another key', false, [], true],
    ])('%s with %s', async (status, _, own, matches, complete) => {
      show(id, bare(own ? identity : other, status));
      expect(await find({ previous })).toEqual({ matches, complete });
    });

    test('active with a kept key: told apart by the date of the leaf', async () => {
      show(id, bare(identity, 'active'));
      stub.on(crt, { body: identity.leafPem });
      // Made on 2026-11-20.
      expect((await find({ previous, since })).matches).toHaveLength(1);
      expect(await find({ previous, since: new Date('2026-12-21T00:00:00Z') })).toEqual({
        matches: [],
        complete: true,
      });
      expect(await find({ previous })).toEqual({ matches: [], complete: false });
    });

    test('no key to be seen: a person is asked', async () => {
      show(id, certificate(identity, { client_reference: undefined, csr: undefined }));
      expect(await find({ previous })).toEqual({ matches: [], complete: false });
    });
  });
});

describe('without a reference', () => {
  const query = { reference: '' };

  test('by the key of CSR or leaf, among certificates of the names', async () => {
    const foreign = certificate(other, { id: 'foreign', domain: 'mail.example.com' });
    stub.on(everything, { body: [foreign, certificate(other, { id: otherId }), certificate(identity)] });
    show(otherId, certificate(other, { id: otherId }));
    show(id, certificate(identity, { csr: undefined, status: 'active' }));
    stub.on(`GET /ssl-certificate/${id}/download-crt`, { body: identity.leafPem });
    const found = await find(query);
    expect(found).toEqual(ours);
    expect(found.matches[0]?.status).toBe('issued');
    expect(stub.count('GET /ssl-certificate/foreign')).toBe(0);
  });

  test('more than can be looked at is not complete', async () => {
    const rows = Array.from({ length: 41 }, (_, at) => certificate(other, { id: `c${at}` }));
    stub.on(everything, { body: rows });
    for (let at = 0; at < 41; at += 1) {
      show(`c${at}`, certificate(other, { id: `c${at}` }));
      stub.on(`GET /ssl-certificate/c${at}/download-crt`, absent);
    }
    expect(await find(query)).toEqual({ matches: [], complete: false });
  });
});

describe('pages', () => {
  const rest = 'GET /ssl-certificate?page=2';

  test.each<[string, (next: string) => Answer]>([
    ['next', (next) => ({ body: { results: [], next } })],
    ['links.next', (next) => ({ body: { items: [], links: { next } } })],
    ['a Link header', (next) => ({ body: [], headers: { link: `<x>; rel="prev", <${next}>; rel="next"` } })],
  ])('%s is followed', async (_, page) => {
    show(id, certificate(identity));
    stub.on(rest, { body: [certificate(identity)] });
    for (const next of [
      `${stub.url}/ssl-certificate?page=2`,
      '/api/ssl-certificate?page=2',
      'ssl-certificate?page=2',
    ]) {
      stub.on(list, page(next));
      expect(await find()).toEqual(ours);
    }
  });

  test('never to another place', async () => {
    for (const next of [
      'https://evil.example/api/ssl-certificate',
      'http://127.0.0.1:1/api/x',
      '/admin',
      '//evil.example/x',
    ]) {
      stub.on(list, { body: { results: [], next } });
      expect(await failure(find())).toMatchObject({ kind: 'protocol' });
    }
    expect(stub.seen.every(({ path }) => path.startsWith('/ssl-certificate?client_reference='))).toBe(true);
  });

  test('without end prove nothing', async () => {
    stub.on(list, { body: { results: [], next: `${stub.url}/ssl-certificate?page=2` } });
    stub.on(rest, { body: { results: [], next: `${stub.url}/ssl-certificate?page=2` } });
    expect(await find()).toEqual({ matches: [], complete: false });
  });
});

test('an answer that is no list, and a server that fails, are no proof', async () => {
  stub.on(list, { body: {} });
  expect((await failure(find())).kind).toBe('protocol');
  stub.on(list, { status: 502, body: '' });
  expect((await failure(find())).kind).toBe('unavailable');
});
