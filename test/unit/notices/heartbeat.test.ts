import { expect, test } from 'vitest';
import { minuteMs } from '../../../src/core/durations.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createHeartbeat } from '../../../src/notices/heartbeat.ts';
import { handClock } from '../../builders/clocks.ts';
import { httpReceiver } from '../../builders/http-receiver.ts';
import { recordingLogger } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';

const never = new AbortController().signal;
const intervalMs = 5 * minuteMs;

async function stage() {
  const receiver = await httpReceiver();
  const clock = handClock(noon);
  const logger = recordingLogger();
  let url = `${receiver.url}/ping/TOKEN`;
  const heartbeat = createHeartbeat({
    clock,
    logger,
    secret: (source) =>
      'env' in source && source.env === 'BEAT'
        ? Promise.resolve(url)
        : Promise.reject(new RenewdError('secret-unreadable', 'there is none')),
  });
  heartbeat.configure({ url: { env: 'BEAT' }, intervalMs });
  const setUrl = (next: string): void => {
    url = next;
  };
  return { receiver, clock, logger, heartbeat, setUrl };
}

test('a GET after a pass, at most once in about an interval', async () => {
  const { receiver, clock, heartbeat } = await stage();
  await heartbeat.beat(never);
  expect(receiver.received).toMatchObject([{ method: 'GET', path: '/ping/TOKEN', body: '' }]);
  for (const [ms, beats] of [
    [0, 1],
    [intervalMs * 0.9 - 1, 1],
    [1, 2],
    // The clock was set back.
    [-intervalMs, 3],
  ] as const) {
    clock.advance(ms);
    await heartbeat.beat(never);
    expect(receiver.received).toHaveLength(beats);
  }
});

test('a failure is logged once, and the end of it', async () => {
  const { receiver, clock, logger, heartbeat } = await stage();
  receiver.answer = (response) => void response.writeHead(302, { location: '/' }).end();
  for (let beats = 0; beats < 3; beats += 1) {
    await heartbeat.beat(never);
    clock.advance(intervalMs);
  }
  receiver.answer = (response) => void response.writeHead(200).end();
  await heartbeat.beat(never);
  clock.advance(intervalMs);
  await heartbeat.beat(never);
  expect(receiver.received).toHaveLength(5);
  expect(logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn the heartbeat was not taken',
    'info the heartbeat is taken again',
  ]);
  expect(JSON.stringify(logger.lines)).not.toContain('TOKEN');
});

test('a secret that cannot be read is such a failure', async () => {
  const { receiver, logger, heartbeat } = await stage();
  heartbeat.configure({ url: { env: 'OTHER' }, intervalMs });
  await heartbeat.beat(never);
  expect(receiver.received).toEqual([]);
  expect(logger.lines).toMatchObject([{ level: 'warn', fields: { code: 'secret-unreadable' } }]);
});

test('nothing is sent when none is configured, or while one is on its way', async () => {
  const { receiver, clock, heartbeat } = await stage();
  let release: () => void = () => undefined;
  receiver.answer = (response) => {
    release = () => void response.writeHead(204).end();
  };
  const first = heartbeat.beat(never);
  await expect.poll(() => receiver.received.length).toBe(1);
  clock.advance(intervalMs);
  await heartbeat.beat(never);
  expect(receiver.received).toHaveLength(1);
  release();
  await first;
  heartbeat.configure(null);
  clock.advance(intervalMs);
  await heartbeat.beat(never);
  expect(receiver.received).toHaveLength(1);
});
