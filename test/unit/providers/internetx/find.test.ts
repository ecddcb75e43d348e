import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FindQuery } from '../../../../src/contracts/order.ts';
import {
  failure,
  makeIdentity,
  makeLeaf,
  refusal,
  signal,
  startProvider,
  startStub,
  success,
  type Identity,
  type VendorStub,
} from './support.ts';

const certificateList = 'POST /certificate/_search?keys[]=created';
const jobList = 'POST /job/_search?keys[]=object';
const historyList = 'POST /job/history/_search?keys[]=object';
const since = new Date('2026-11-01T11:59:00Z');

let stub: VendorStub;
let ours: Identity;
let other: Identity;
beforeEach(async () => {
  stub = await startStub();
  ours = await makeIdentity(['example.com']);
  other = await makeIdentity(['example.com']);
  stub.on(certificateList, { body: listed([]) });
  stub.on(jobList, { body: listed([]) });
  stub.on(historyList, { body: listed([]) });
});
afterEach(() => stub.close());

function listed(rows: readonly object[], summary = rows.length): object {
  return success(rows, { object: { type: 'x', summary } });
}

function find(
  extra: Partial<FindQuery> = {},
): ReturnType<ReturnType<typeof startProvider>['provider']['find']> {
  const query = {
    reference: 'renewd-1',
    spkiSha256: ours.spkiSha256,
    names: ['example.com'],
    product: 'SSL123',
    since,
  };
  return startProvider(stub.url).provider.find({ ...query, ...extra }, signal);
}

function row(id: number, created = '2026-11-01T00:00:00.000+0100'): object {
  return { id, name: 'example.com', created };
}

function runningJob(id: number, csr?: string, extra: object = {}): object {
  const data = csr === undefined ? undefined : { csr };
  return {
    job: { id, status: 'RUNNING', created: '2026-11-01T13:00:00.000+0100' },
    object: { type: 'Certificate', value: 'example.com', data },
    ...extra,
  };
}

test('nothing listed anywhere proves that the order does not exist', async () => {
  expect(await find()).toEqual({ matches: [], complete: true });
  expect(stub.requests.map((request) => request.path)).toHaveLength(3);
  expect(stub.requests[1]?.body).toMatchObject({
    filters: [{ key: 'object', operator: 'EQUAL', value: 'example.com' }],
  });
});

describe('certificates', () => {
  test('ours by its leaf, others told apart', async () => {
    stub.on(certificateList, { body: listed([row(3), row(2)]) });
    stub.on('GET /certificate/3', { body: success([{ id: 3, server: await makeLeaf(other) }]) });
    stub.on('GET /certificate/2', { body: success([{ id: 2, server: await makeLeaf(ours) }]) });
    const found = await find();
    expect(found).toMatchObject({
      complete: true,
      matches: [{ status: 'issued', handle: { certificateId: '2' } }],
    });
    expect(found.matches).toHaveLength(1);
  });

  test('ours by its CSR while the leaf is missing', async () => {
    stub.on(certificateList, { body: listed([row(2)]) });
    stub.on('GET /certificate/2', { body: success([{ id: 2, csr: ours.csrPem }]) });
    expect((await find()).matches).toMatchObject([{ status: 'pending', spkiSha256: ours.spkiSha256 }]);
  });

  test('ours by its CSR while the leaf is still the earlier one: pending, and that leaf is not shown', async () => {
    stub.on('GET /certificate/2', {
      body: success([{ id: 2, csr: ours.csrPem, server: await makeLeaf(other) }]),
    });
    const { matches } = await find({ previous: { certificateId: '2' } });
    expect(matches).toMatchObject([
      { status: 'pending', spkiSha256: ours.spkiSha256, handle: { certificateId: '2' } },
    ]);
    expect(matches[0]?.leafPem).toBeUndefined();
  });

  test('with a kept key the earlier leaf is no proof of the new order', async () => {
    const server = await makeLeaf(ours, {
      notBefore: '2026-05-01T00:00:00Z',
      notAfter: '2026-11-17T00:00:00Z',
    });
    stub.on('GET /certificate/2', { body: success([{ id: 2, csr: ours.csrPem, server }]) });
    expect(await find({ previous: { certificateId: '2' } })).toEqual({ matches: [], complete: true });
  });

  test('older ones of the name are not even read; a date cut to the day and shifted is not older', async () => {
    stub.on(certificateList, {
      body: listed([row(3, '2026-10-31T00:00:00.000+0100'), row(2, '2026-10-01T00:00:00.000+0200')]),
    });
    stub.on('GET /certificate/3', { body: success([{ id: 3, server: await makeLeaf(ours) }]) });
    expect((await find()).matches).toHaveLength(1);
    expect(stub.requests.some((request) => request.path === '/certificate/2')).toBe(false);
  });

  test('a certificate that vanished meanwhile proves nothing', async () => {
    stub.on(certificateList, { body: listed([row(3)]) });
    stub.on('GET /certificate/3', refusal('EF99999', 404));
    expect((await find()).complete).toBe(false);
  });

  test('an international name is looked for in both spellings', async () => {
    await find({ names: ['xn--mller-kva.example'] });
    const values = stub.requests.map(
      (request) => JSON.stringify(request.body).match(/"value":"([^"]+)"/)?.[1],
    );
    expect(values).toEqual([
      'xn--mller-kva.example',
      'müller.example',
      'xn--mller-kva.example',
      'müller.example',
      'xn--mller-kva.example',
      'müller.example',
    ]);
  });
});

describe('lists to the end', () => {
  const page = (from: number, count: number): object[] =>
    Array.from({ length: count }, (_, index) => row(from - index, '2020-01-01T00:00:00.000+0100'));

  test('goes on from where the page ended', async () => {
    stub.on(certificateList, { body: listed(page(150, 100), 130) }, { body: listed(page(50, 30), 130) });
    expect((await find()).complete).toBe(true);
    const offsets = stub.requests
      .filter((request) => request.path.startsWith('/certificate'))
      .map((request) => request.body);
    expect(offsets).toMatchObject([
      { view: { limit: 100, offset: 0 } },
      { view: { limit: 100, offset: 100 } },
    ]);
  });

  test('without a summary only an empty page is the end', async () => {
    stub.on(
      certificateList,
      { body: success(page(9, 5)) },
      { body: success(page(4, 2)) },
      { body: success(undefined) },
    );
    expect((await find()).complete).toBe(true);
    expect(stub.requests.filter((request) => request.path.startsWith('/certificate'))).toHaveLength(3);
  });

  test('an end before the announced number, and a list without end, prove nothing', async () => {
    stub.on(certificateList, { body: listed(page(9, 5), 7) }, { body: listed([], 7) });
    expect((await find()).complete).toBe(false);
    stub.on(certificateList, { body: success(page(9, 5)) });
    expect((await find()).complete).toBe(false);
  });

  test('more candidates than can be looked at prove nothing', async () => {
    stub.on(certificateList, { body: listed(Array.from({ length: 61 }, (_, index) => row(index + 1))) });
    for (let id = 1; id <= 61; id += 1) stub.on(`GET /certificate/${id}`, { body: success([{ id }]) });
    expect((await find()).complete).toBe(false);
    expect(stub.requests.filter((request) => request.method === 'GET')).toHaveLength(60);
  });
});

describe('jobs', () => {
  test('a running one is ours by the CSR in it', async () => {
    stub.on(jobList, { body: listed([runningJob(78, other.csrPem), runningJob(77, ours.csrPem)]) });
    const found = await find();
    expect(found).toMatchObject({
      complete: true,
      matches: [{ status: 'pending', handle: { jobId: '77' } }],
    });
    expect(found.matches).toHaveLength(1);
  });

  test('rows without data are looked at one by one', async () => {
    stub.on(jobList, { body: listed([runningJob(77)]) });
    stub.on('GET /job/77', { body: success([runningJob(77, ours.csrPem)]) });
    expect(await find()).toMatchObject({ complete: true, matches: [{ handle: { jobId: '77' } }] });
  });

  test('a running one of the name that shows no CSR might be ours: a person must look', async () => {
    stub.on(jobList, { body: listed([runningJob(77)]) });
    stub.on('GET /job/77', { body: success([runningJob(77)]) });
    expect(await find()).toEqual({ matches: [], complete: false });
  });

  test('a finished one without a CSR is known by its certificate', async () => {
    stub.on(historyList, {
      body: listed([
        { job: { id: 77, status: 'SUCCESS' }, object: { type: 'Certificate', value: 'example.com' } },
      ]),
    });
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', {
      body: success([
        { job: { id: 77, status: 'SUCCESS' }, object: { type: 'Certificate', value: 'example.com' } },
      ]),
    });
    expect(await find()).toEqual({ matches: [], complete: true });
  });

  test('of other names, other objects or earlier days are left alone', async () => {
    stub.on(jobList, {
      body: listed([
        { job: { id: 1, status: 'RUNNING' }, object: { type: 'domain', value: 'example.com' } },
        { job: { id: 2, status: 'RUNNING' }, object: { type: 'Certificate', value: 'other.example' } },
        {
          job: { id: 3, status: 'RUNNING', created: '2026-10-01T13:00:00.000+0200' },
          object: { type: 'Certificate', value: 'example.com' },
        },
      ]),
    });
    expect(await find()).toEqual({ matches: [], complete: true });
  });

  test('a provider that refuses the search key is asked for everything', async () => {
    const all = listed([
      runningJob(77, ours.csrPem),
      runningJob(78, other.csrPem, { object: { type: 'Certificate', value: 'other.example' } }),
    ]);
    stub.on(jobList, refusal('EF00022', 400, 'E300115'), { body: all });
    expect(await find()).toMatchObject({ complete: true, matches: [{ handle: { jobId: '77' } }] });
    expect(
      stub.requests.find(
        (request) =>
          request.path.startsWith('/job/_search') && !JSON.stringify(request.body).includes('filters'),
      ),
    ).toBeDefined();
  });
});

test('a job that left between list and look proves nothing', async () => {
  stub.on(jobList, { body: listed([runningJob(77)]) });
  stub.on('GET /job/77', refusal('EF300101'));
  stub.on('GET /job/history/77', refusal('EF300101'));
  expect(await find()).toEqual({ matches: [], complete: false });
});

test('a list that fails for another reason than its key is no empty list', async () => {
  stub.on(jobList, refusal('EF01000', 400, 'E300115'));
  expect((await failure(find())).kind).toBe('rejected');
});

test('a passing failure in the middle is tried again', async () => {
  stub.on(historyList, { status: 503, body: '' }, { body: listed([]) });
  expect(await find()).toEqual({ matches: [], complete: true });
});

describe('one order, seen from two sides', () => {
  test('job and certificate are one match', async () => {
    stub.on(certificateList, { body: listed([row(2)]) });
    stub.on('GET /certificate/2', { body: success([{ id: 2, csr: ours.csrPem }]) });
    stub.on(jobList, { body: listed([runningJob(77, ours.csrPem)]) });
    expect((await find()).matches).toMatchObject([
      { status: 'pending', statusWord: 'RUNNING', handle: { jobId: '77', certificateId: '2' } },
    ]);
  });

  test('a reissue keeps the certificate’s id', async () => {
    stub.on('GET /certificate/2', {
      body: success([{ id: 2, csr: ours.csrPem, server: await makeLeaf(other) }]),
    });
    stub.on(jobList, { body: listed([runningJob(77, ours.csrPem)]) });
    const { matches } = await find({ previous: { certificateId: '2' } });
    expect(matches).toHaveLength(1);
    expect(matches).toMatchObject([{ status: 'pending', handle: { jobId: '77', certificateId: '2' } }]);
  });

  test('a finished job and its certificate are one match', async () => {
    const server = await makeLeaf(ours);
    stub.on(certificateList, { body: listed([row(2)]) });
    stub.on('GET /certificate/2', { body: success([{ id: 2, csr: ours.csrPem, server }]) });
    stub.on(historyList, {
      body: listed([
        {
          job: { id: 77, status: 'SUCCESS' },
          object: { type: 'Certificate', value: 'example.com', data: { id: 2, csr: ours.csrPem } },
        },
      ]),
    });
    const { matches } = await find();
    expect(matches).toHaveLength(1);
    expect(matches).toMatchObject([{ status: 'issued', handle: { jobId: '77', certificateId: '2' } }]);
  });

  test('a failed attempt with the same key does not compete with the one that counts, but is told of alone', async () => {
    const failed = {
      job: { id: 76, status: 'FAILED' },
      object: { type: 'Certificate', value: 'example.com', data: { csr: ours.csrPem } },
    };
    stub.on(historyList, { body: listed([failed]) });
    expect((await find()).matches).toMatchObject([{ status: 'failed', handle: { jobId: '76' } }]);
    stub.on(jobList, { body: listed([runningJob(77, ours.csrPem)]) });
    const { matches } = await find();
    expect(matches).toHaveLength(1);
    expect(matches).toMatchObject([{ status: 'pending', handle: { jobId: '77' } }]);
  });
});
