import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventFeed } from '../../../../src/contracts/provider-events.ts';
import { eventOf as eventOfMessage } from '../../../../src/providers/internetx/events.ts';
import { pollMessageSchema, seen } from '../../../../src/providers/internetx/schema.ts';
import {
  failure,
  password,
  refusal,
  signal,
  startProvider,
  startStub,
  success,
  type VendorStub,
} from './support.ts';

let stub: VendorStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

function feed(extra: Record<string, unknown> = {}): EventFeed {
  const { events } = startProvider(stub.url, extra).provider;
  if (events === undefined) throw new Error('InterNetX has events');
  return events;
}

function eventOf(row: unknown): ReturnType<typeof eventOfMessage> {
  return eventOfMessage(seen(pollMessageSchema, row, 'a message'));
}

// The poll answer of the reissue walkthrough (page version 29), trimmed: contacts, CSR and certificate left out.
const documented = {
  id: 1_405_661,
  job: {
    created: '2018-12-12T10:53:23.000+0100',
    updated: '2018-12-12T10:53:36.000+0100',
    status: 'SUCCESS',
    id: 9_218_783,
    type: 'ssl',
    subType: 'QUICKSSLPREMIUM',
    action: 'create',
  },
  stid: '20181212-app1-demo-9520',
  object: {
    type: 'Certificate',
    value: 'example.com',
    data: { id: 571, orderId: '2743098', name: 'example.com', product: 'QUICKSSLPREMIUM', hasCsr: false },
  },
};

const domainMessage = {
  id: 1_855_680,
  created: '2018-10-15T14:03:02.000+0200',
  job: { id: 4_295_625_406, status: 'SUCCESS', action: 'create' },
  object: {
    type: 'domain',
    value: 'example.com',
    data: { name: 'example.com', authinfo: 'S0Lygv+ZkNbniICm' },
  },
};

describe('fetch', () => {
  test('the documented message', async () => {
    stub.on('GET /poll', {
      body: success([documented], { object: { type: 'message', value: '1405661', summary: 1 } }),
    });
    expect(await feed().fetch(10, signal)).toEqual([
      {
        id: '1405661',
        type: 'certificate/create/SUCCESS',
        handle: { jobId: '9218783', certificateId: '571', orderId: '2743098' },
        ours: true,
        raw: JSON.stringify(documented),
      },
    ]);
  });

  test.each([
    ['no data', success(undefined)],
    ['an empty list', success([])],
    ['a summary that says otherwise', success(undefined, { object: { type: 'message', summary: 4 } })],
  ])('an empty queue: %s', async (_, body) => {
    stub.on('GET /poll', { body });
    expect(await feed().fetch(10, signal)).toEqual([]);
  });

  test('nothing is asked for when nothing is wanted', async () => {
    expect(await feed().fetch(0, signal)).toEqual([]);
    expect(stub.requests).toHaveLength(0);
  });

  test('a message without an id cannot be acknowledged and is an error', async () => {
    stub.on('GET /poll', { body: success([{ job: {} }]) });
    expect((await failure(feed().fetch(1, signal))).code).toBe('provider-protocol');
  });
});

describe('messages', () => {
  test('about other objects are recognised, empty of ids, and without their secrets', () => {
    const event = eventOf(domainMessage);
    expect(event).toMatchObject({ id: '1855680', type: 'domain/create/SUCCESS', ours: false, handle: {} });
    expect(event.at).toEqual(new Date('2018-10-15T12:03:02Z'));
    expect(event.raw).not.toContain('S0Lygv');
    expect(event.raw).toContain('[secret]');
  });

  test.each([
    [
      'a notice',
      { id: 1, notify: { type: 'TRANSFER_OUT' }, object: { type: 'domain' } },
      'domain/notify/TRANSFER_OUT',
      false,
    ],
    [
      'a notice about a certificate',
      { id: 1, notify: {}, object: { type: 'CERTIFICATE', data: { id: 5 } } },
      'certificate/notify',
      true,
    ],
    ['nothing at all', { id: 'a-1' }, 'unknown/notify', false],
    [
      'a job that still runs',
      { id: 1, job: { id: 2, status: 'RUNNING' }, object: { type: 'certificate' } },
      'certificate/job/RUNNING',
      true,
    ],
    [
      'a status nobody knows',
      { id: 1, job: { id: 2, status: 'HUH' }, object: { type: 'certificate' } },
      'certificate/job/HUH',
      true,
    ],
    [
      'a certificate that is none',
      { id: 1, job: { id: 2 }, object: { type: 'certificate', data: 'x' } },
      'certificate/job',
      true,
    ],
  ])('%s', (_, message, type, ours) => {
    expect(eventOf(message)).toMatchObject({ type, ours });
  });

  test.each([
    ['job', { job: 'none' }],
    ['job id', { job: { id: { deep: 1 }, status: 5 } }],
    ['object', { object: ['certificate'] }],
    ['date', { created: 1_544_608_403_000 }],
    ['notice', { notify: 7, ctid: {} }],
  ])('a strange %s does not hold up the queue', (_, strange) => {
    expect(eventOf({ id: 1, ...strange })).toMatchObject({ id: '1', handle: {}, ours: false });
  });

  test('our reference comes back as the client transaction id', () => {
    expect(eventOf({ ...documented, ctid: 'renewd-0123456789abc' }).reference).toBe('renewd-0123456789abc');
    expect(eventOf(documented)).not.toHaveProperty('reference');
  });

  test('ids that are no ids are left out', () => {
    const data = { id: '../../1', orderId: { deep: 1 } };
    expect(eventOf({ ...documented, object: { type: 'certificate', data } }).handle).toEqual({
      jobId: '9218783',
    });
  });

  test('the raw message is bounded', () => {
    const event = eventOf({ id: 1, object: { type: 'certificate', data: { csr: 'x'.repeat(100_000) } } });
    expect(Buffer.byteLength(event.raw)).toBeLessThanOrEqual(16 * 1024);
    const wide = eventOf({ id: 1, object: { type: 'certificate', data: { csr: 'ü'.repeat(100_000) } } });
    expect(Buffer.byteLength(wide.raw)).toBeLessThanOrEqual(16 * 1024);
  });
});

describe('acknowledge', () => {
  test('confirms by id, without a body', async () => {
    stub.on('PUT /poll/1405661', {
      body: success(undefined, { object: { type: 'message', value: '1405661' } }),
    });
    await feed().acknowledge('1405661', signal);
    expect(stub.requests).toMatchObject([{ method: 'PUT', path: '/poll/1405661', body: undefined }]);
  });

  test('a second time is quiet when another message, or none, is in front', async () => {
    stub.on('PUT /poll/1405661', refusal('EF99999', 400, 'E0906'));
    stub.on('GET /poll', { body: success([domainMessage]) }, { body: success(undefined) });
    await feed().acknowledge('1405661', signal);
    await feed().acknowledge('1405661', signal);
    expect(stub.requests).toHaveLength(4);
  });

  test('a refusal while the message is still in front is an error', async () => {
    stub.on('PUT /poll/1405661', refusal('EF99999', 400, 'E0906'));
    stub.on('GET /poll', { body: success([documented]) });
    expect((await failure(feed().acknowledge('1405661', signal))).kind).toBe('rejected');
  });

  test('is sent again when its answer is lost: confirming twice is confirming once', async () => {
    stub.on('PUT /poll/1405661', { body: undefined }, { body: success(undefined) });
    await feed().acknowledge('1405661', signal);
    expect(stub.requests).toHaveLength(2);
  });
});

test('what happens to foreign messages is a setting', () => {
  expect(feed().foreign).toBe('acknowledge');
  expect(feed({ foreignEvents: 'leave' }).foreign).toBe('leave');
});

test('no event holds the password', async () => {
  stub.on('GET /poll', {
    body: success([{ ...domainMessage, object: { type: 'user', data: { password, pin: '1234' } } }]),
  });
  expect(JSON.stringify(await feed().fetch(1, signal))).not.toContain(password);
});
