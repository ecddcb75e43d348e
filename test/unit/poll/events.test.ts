/** A provider's queue: stored, then acknowledged; late, repeated and foreign events are harmless. */
import { expect, test } from 'vitest';
import type { EventFeed, ProviderEvent } from '../../../src/contracts/provider-events.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { pollEvents } from '../../../src/renewal/poll/events.ts';
import { handClock } from '../../builders/clocks.ts';
import { faultyStore } from '../../builders/faulty-store.ts';
import { aStore, recordingLogger } from '../../builders/stage.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';

function event(id: string, fields: Partial<ProviderEvent> = {}): ProviderEvent {
  return {
    id,
    type: 'SSL.STATUS',
    handle: { certificateId: 'c-9' },
    ours: true,
    raw: `raw ${id}`,
    ...fields,
  };
}

/** A queue that shows `window` events at a time and drops what is acknowledged. */
function feed(queue: ProviderEvent[], foreign: EventFeed['foreign'] = 'acknowledge', window = 50) {
  const log: string[] = [];
  const made: EventFeed = {
    foreign,
    fetch: (limit) => {
      log.push('fetch');
      return Promise.resolve(queue.slice(0, Math.min(limit, window)));
    },
    acknowledge: (id) => {
      log.push(`ack ${id}`);
      const index = queue.findIndex((one) => one.id === id);
      if (index >= 0) queue.splice(index, 1);
      return Promise.resolve();
    },
  };
  return { feed: made, log, queue };
}

const poll = (store: Store, made: EventFeed) =>
  pollEvents('cnr', made, store, handClock(noon), recordingLogger(), new AbortController().signal);

async function waiting(): Promise<Store> {
  const store = await aStore();
  await store.createRenewal(
    aRenewal({ state: 'awaiting-issuance', certificateId: 'c-9', nextAt: after(3_600_000) }),
    {},
  );
  return store;
}

test('an event makes its renewal due, and nothing else', async () => {
  const store = await waiting();
  const before = await store.renewal('r1');
  const { feed: made, log } = feed([event('1')]);
  expect(await poll(store, made)).toEqual({ stored: 1, madeDue: 1 });
  expect(log).toEqual(['fetch', 'ack 1', 'fetch']);
  const now = await store.renewal('r1');
  expect(now?.nextAt).toEqual(noon);
  expect(now).toMatchObject({ state: before?.state, leafPem: null, attempts: before?.attempts });
  expect(await store.unacknowledgedEvents('cnr')).toEqual([]);
});

test('repeated and late events change nothing more', async () => {
  const store = await waiting();
  await poll(store, feed([event('1')]).feed);
  expect(await poll(store, feed([event('1')]).feed)).toMatchObject({ stored: 0 });
  await store.updateRenewal(
    'r1',
    (await store.renewal('r1'))?.revision ?? 0,
    { state: 'failed', nextAt: null },
    {},
    noon,
  );
  expect(await poll(store, feed([event('2')]).feed)).toEqual({ stored: 1, madeDue: 0 });
  expect((await store.renewal('r1'))?.nextAt).toBeNull();
});

test('a queue that shows an event twice in one go does not hold us', async () => {
  const { feed: made, log } = feed([event('1')]);
  const sticky: EventFeed = { ...made, fetch: () => Promise.resolve([event('1')]) };
  expect(await poll(await waiting(), sticky)).toMatchObject({ stored: 1 });
  expect(log).toEqual(['ack 1']);
});

test('foreign events are stored and acknowledged where the queue is ours', async () => {
  const store = await waiting();
  const { feed: made, queue } = feed([event('1', { ours: false, handle: {} }), event('2')]);
  expect(await poll(store, made)).toEqual({ stored: 2, madeDue: 1 });
  expect(queue).toEqual([]);
});

test('a foreign event does not wake our renewal, whatever id it carries', async () => {
  const store = await waiting();
  expect(await poll(store, feed([event('1', { ours: false })]).feed)).toEqual({ stored: 1, madeDue: 0 });
});

test('foreign events are left alone where others read the queue too', async () => {
  const store = await waiting();
  const { feed: made, log, queue } = feed([event('1', { ours: false }), event('2')], 'leave');
  expect(await poll(store, made)).toMatchObject({ madeDue: 1 });
  expect(log.filter((line) => line.startsWith('ack'))).toEqual(['ack 2']);
  expect(queue.map(({ id }) => id)).toEqual(['1']);
});

test('a queue of one at a time ends at a foreign event that is left', async () => {
  const { feed: made, log } = feed([event('1', { ours: false }), event('2')], 'leave', 1);
  await poll(await waiting(), made);
  expect(log).toEqual(['fetch']);
});

test('it is stored before it is acknowledged; what a crash leaves between is acknowledged later', async () => {
  const store = await waiting();
  const { feed: made, log, queue } = feed([event('1')]);
  const broken = faultyStore(store, [{ method: 'saveEvents', call: 1, fault: 'fail' }]);
  await expect(poll(broken, made)).rejects.toMatchObject({ code: 'store-failed' });
  expect(log).toEqual(['fetch']);
  expect(queue).toHaveLength(1);

  const unanswered = faultyStore(store, [{ method: 'saveEvents', call: 1, fault: 'applied-but-unanswered' }]);
  await expect(poll(unanswered, made)).rejects.toMatchObject({ code: 'store-failed' });
  expect(await store.unacknowledgedEvents('cnr')).toHaveLength(1);

  // The event is not new any more, but it still makes the renewal due and goes from the queue.
  expect(await poll(store, made)).toEqual({ stored: 0, madeDue: 1 });
  expect(queue).toEqual([]);
  expect(await store.unacknowledgedEvents('cnr')).toEqual([]);
});

test('an acknowledgement that fails leaves the event to be fetched again', async () => {
  const store = await waiting();
  const { feed: made } = feed([event('1')]);
  const deaf: EventFeed = { ...made, acknowledge: () => Promise.reject(new Error('gone')) };
  await expect(poll(store, deaf)).rejects.toThrow('gone');
  expect(await store.unacknowledgedEvents('cnr')).toHaveLength(1);
  expect((await store.renewal('r1'))?.nextAt).toEqual(noon);
});

test('a queue that grows while it is read ends', async () => {
  let count = 0;
  const endless: EventFeed = {
    foreign: 'acknowledge',
    fetch: (limit) => Promise.resolve(Array.from({ length: limit }, () => event(String(count++)))),
    acknowledge: () => Promise.resolve(),
  };
  const { stored } = await poll(await waiting(), endless);
  expect(stored).toBe(200);
});
