import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import type { Processes, ProcessResult } from '../../../src/contracts/platform.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/core/durations.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { noticeLevels, type ChannelSettings } from '../../../src/core/notices.ts';
import { createNotifier } from '../../../src/notices/notifier.ts';
import { handClock } from '../../builders/clocks.ts';
import { faultyStore } from '../../builders/faulty-store.ts';
import { aStore, recordingLogger } from '../../builders/stage.ts';
import {
  aCertificateStatus,
  aHealth,
  aRenewalStatus,
  aStatusSource,
  type StatusFacts,
} from '../../builders/statuses.ts';
import { aToldNotice, after, noon } from '../../builders/store-records.ts';

const never = new AbortController().signal;

interface Told {
  readonly channel: string;
  readonly id: string;
  readonly notices: readonly string[];
}

/** Commands stand for all channels here: `tell NAME`. */
function tellers() {
  const told: Told[] = [];
  const broken = new Map<string, string>();
  const slow = new Map<string, Promise<void>>();
  const processes: Processes = {
    async run([, channel = ''], { input = '', signal }) {
      await slow.get(channel);
      signal?.throwIfAborted();
      const why = broken.get(channel);
      const data: unknown = JSON.parse(input);
      if (
        typeof data !== 'object' ||
        data === null ||
        !('notices' in data) ||
        !Array.isArray(data.notices) ||
        !('id' in data)
      )
        throw new Error('no notice');
      const notices = data.notices.map(
        (one: Record<string, unknown>) =>
          `${String(one['event'])} ${String(one['level'])} ${String(one['certificate'])}`,
      );
      told.push({ channel, id: String(data.id), notices });
      const result: ProcessResult = {
        exitCode: why === undefined ? 0 : 1,
        signal: null,
        timedOut: false,
        stdout: '',
        stderr: why ?? '',
      };
      return result;
    },
  };
  return { told, broken, slow, processes };
}

function aChannel(name: string, fields: Partial<ChannelSettings> = {}): ChannelSettings {
  return {
    name,
    levels: noticeLevels,
    repeatMs: dayMs,
    config: { type: 'command', command: ['tell', name], timeoutMs: 1000 },
    ...fields,
  };
}

/** Half of its lead is used, and it fails. */
function aLateOne(name = 'shop', message = 'why') {
  return aCertificateStatus({
    name,
    notAfter: after(9 * dayMs),
    dueAt: after(-11 * dayMs),
    decision: { action: 'wait', reason: 'waiting', sentence: 'waits' },
    renewal: aRenewalStatus({ failure: { code: 'dcv-not-visible', message, at: noon } }),
  });
}

const aWellOne = aCertificateStatus({ decision: { action: 'none', reason: 'healthy', sentence: 'valid' } });

async function stage(channels = [aChannel('team')], given?: Store) {
  const clock = handClock(noon);
  const facts: StatusFacts = {
    certificates: [aLateOne()],
    openRenewals: [],
    spending: [],
    health: aHealth(),
  };
  const store = given ?? (await aStore());
  const logger = recordingLogger();
  const counted: string[] = [];
  const tell = tellers();
  const begin = (of: Store = store) => {
    const notifier = createNotifier({
      store: of,
      status: aStatusSource(facts),
      clock,
      logger,
      instance: 'host-1',
      processes: tell.processes,
      secret: () => Promise.reject(new RenewdError('secret-unreadable', 'there is none')),
      scrub: (text) => text,
      count: (...of) => void counted.push(of.join(' ')),
    });
    notifier.configure(channels);
    return notifier;
  };
  const logged = () => logger.lines.map(({ level, message }) => `${level} ${message}`);
  return { clock, facts, store, logger, logged, counted, begin, notifier: begin(), ...tell };
}

test('tells, remembers, and says that it is over', async () => {
  const { notifier, facts, told, store, counted, begin } = await stage();
  await notifier.tell(never);
  await notifier.tell(never);
  // After a restart.
  await begin().tell(never);
  expect(told.map(({ notices }) => notices)).toEqual([['raised warning shop']]);
  expect(await store.toldNotices()).toEqual([
    aToldNotice({ cause: 'dcv-not-visible', since: noon, toldAt: noon }),
  ]);
  facts.certificates = [aWellOne];
  await begin().tell(never);
  await begin().tell(never);
  expect(told.map(({ notices }) => notices).slice(1)).toEqual([['recovered recovered shop']]);
  expect(await store.toldNotices()).toEqual([]);
  expect(counted).toEqual(['team warning sent 1', 'team recovered sent 1']);
});

test('a refused configuration is told, and its mending', async () => {
  const { notifier, facts, told } = await stage();
  facts.certificates = [aWellOne];
  facts.health = aHealth({ configValid: false });
  await notifier.tell(never);
  facts.health = aHealth();
  await notifier.tell(never);
  expect(told.map(({ notices }) => notices)).toEqual([['raised warning null'], ['recovered recovered null']]);
});

test('a thousand certificates with one cause are one message', async () => {
  const { notifier, facts, told, store, counted } = await stage();
  facts.certificates = Array.from({ length: 1000 }, (_, index) => aLateOne(`c${index}`));
  await notifier.tell(never);
  expect(told).toHaveLength(1);
  expect(counted).toEqual(['team warning sent 1000']);
  expect(await store.toldNotices()).toHaveLength(1000);
  await notifier.tell(never);
  expect(told).toHaveLength(1);
});

describe('a channel that fails', () => {
  test('delays nobody, is tried again after growing pauses, and is logged once', async () => {
    const { notifier, clock, told, broken, logged, counted } = await stage([
      aChannel('team'),
      aChannel('pager'),
    ]);
    broken.set('pager', 'no paper');
    const triesAt: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const before = told.filter(({ channel }) => channel === 'pager').length;
      await notifier.tell(never);
      if (told.filter(({ channel }) => channel === 'pager').length > before) triesAt.push(minute);
      clock.advance(minuteMs);
    }
    expect(triesAt.slice(0, 8)).toEqual([0, 1, 3, 7, 15, 31, 63, 123]);
    expect(told.filter(({ channel }) => channel === 'team')).toHaveLength(1);
    expect(logged().filter((line) => line.startsWith('warn'))).toEqual([
      'warn notices could not be delivered; they are tried again',
    ]);
    expect(counted.filter((line) => line === 'pager warning failed 1')).toHaveLength(triesAt.length);
    // The same notices, tried again: the same id, so that a receiver that had them can tell.
    expect(new Set(told.filter(({ channel }) => channel === 'pager').map(({ id }) => id)).size).toBe(1);
    broken.clear();
    clock.advance(hourMs);
    await notifier.tell(never);
    await notifier.tell(never);
    expect(told.filter(({ channel }) => channel === 'pager')).toHaveLength(triesAt.length + 1);
  });

  test('is not told of what is over before it works again', async () => {
    const { notifier, clock, facts, told, broken, store } = await stage();
    broken.set('team', 'no paper');
    await notifier.tell(never);
    facts.certificates = [aWellOne];
    broken.clear();
    clock.advance(hourMs);
    await notifier.tell(never);
    expect(told).toHaveLength(1);
    expect(await store.toldNotices()).toEqual([]);
  });

  test('because its secret cannot be read is one like others', async () => {
    const secret = { env: 'NOT_SET' };
    const config = { type: 'webhook', url: 'https://example.com/', secret, timeoutMs: 1000 } as const;
    const { notifier, told, logger, counted } = await stage([aChannel('chat', { config }), aChannel('team')]);
    await notifier.tell(never);
    expect(told.map(({ channel }) => channel)).toEqual(['team']);
    expect(logger.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({
      channel: 'chat',
      code: 'secret-unreadable',
    });
    expect(counted).toContain('chat warning failed 1');
  });

  test('is tried at once when the configuration is loaded anew', async () => {
    const { notifier, told, broken } = await stage();
    broken.set('team', 'no paper');
    await notifier.tell(never);
    notifier.configure([aChannel('team')]);
    await notifier.tell(never);
    expect(told).toHaveLength(2);
  });
});

test('one that is slow does not hold the others, and is not told twice meanwhile', async () => {
  const { notifier, facts, told, slow } = await stage([aChannel('team'), aChannel('pager')]);
  let go: () => void = () => undefined;
  slow.set('pager', new Promise<void>((resolve) => (go = resolve)));
  const first = notifier.tell(never);
  await expect.poll(() => told.length).toBe(1);
  facts.certificates = [aLateOne(), aLateOne('mail')];
  await expect
    .poll(async () => {
      await notifier.tell(never);
      return told.map(({ channel, notices }) => `${channel}: ${notices.join()}`);
    })
    .toEqual(['team: raised warning shop', 'team: raised warning mail']);
  go();
  await first;
  await notifier.tell(never);
  expect(told.filter(({ channel }) => channel === 'pager').map(({ notices }) => notices)).toEqual([
    ['raised warning shop'],
    ['raised warning mail'],
  ]);
});

test.each(['fail', 'applied-but-unanswered'] as const)(
  'a memory that cannot be written (%s) leads to at most one more telling',
  async (fault) => {
    const sound = await aStore();
    const { told, begin, logged } = await stage(undefined, sound);
    await begin(faultyStore(sound, [{ method: 'saveToldNotices', call: 1, fault }])).tell(never);
    expect(logged()).toContain('error what was told to whom could not be read or written');
    const afterwards = begin(sound);
    await afterwards.tell(never);
    await afterwards.tell(never);
    expect(told).toHaveLength(fault === 'fail' ? 2 : 1);
  },
);

test('a memory that cannot be read tells nobody, and goes on when it can', async () => {
  const sound = await aStore();
  const { told, begin } = await stage(undefined, sound);
  const notifier = begin(faultyStore(sound, [{ method: 'toldNotices', call: 1, fault: 'fail' }]));
  await notifier.tell(never);
  expect(told).toEqual([]);
  await notifier.tell(never);
  expect(told).toHaveLength(1);
});

test('what was told by channels that are gone is forgotten', async () => {
  const { notifier, store } = await stage();
  await store.saveToldNotices([aToldNotice({ channel: 'old' }), aToldNotice({ subject: 'gone' })], []);
  await notifier.tell(never);
  expect((await store.toldNotices()).map(({ channel, subject }) => `${channel} ${subject}`)).toEqual([
    'team shop',
  ]);
});

test('cut by our own end: nothing is remembered, counted or logged', async () => {
  const { notifier, told, slow, store, logged, counted } = await stage();
  let go: () => void = () => undefined;
  slow.set('team', new Promise<void>((resolve) => (go = resolve)));
  const ending = new AbortController();
  const telling = notifier.tell(ending.signal);
  ending.abort();
  go();
  await telling;
  expect([told, await store.toldNotices(), logged(), counted]).toEqual([[], [], [], []]);
});

test('without channels nothing is read', async () => {
  const { begin, told, logged } = await stage([]);
  await begin(faultyStore(await aStore(), [{ method: 'toldNotices', call: 1, fault: 'fail' }])).tell(never);
  expect([told, logged()]).toEqual([[], []]);
});
