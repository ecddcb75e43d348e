/** What follows a pass: the dead man's switch is told only while all is as it was configured, people in any case. */
import { expect, test } from 'vitest';
import { createTelling } from '../../../src/composition/telling.ts';
import type { Processes } from '../../../src/contracts/platform.ts';
import { dayMs, minuteMs } from '../../../src/core/durations.ts';
import { noticeLevels } from '../../../src/core/notices.ts';
import { handClock } from '../../builders/clocks.ts';
import { httpReceiver } from '../../builders/http-receiver.ts';
import { aStore, recordingLogger } from '../../builders/stage.ts';
import { aHealth, aStatusSource, type StatusFacts } from '../../builders/statuses.ts';
import { noon } from '../../builders/store-records.ts';

const intervalMs = 5 * minuteMs;

async function stage() {
  const receiver = await httpReceiver();
  const clock = handClock(noon);
  const facts: StatusFacts = { certificates: [], openRenewals: [], spending: [], health: aHealth() };
  const told: string[] = [];
  const logger = recordingLogger();
  const processes: Processes = {
    run: (_, { input = '' }) => {
      told.push(input);
      return Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '' });
    },
  };
  const telling = createTelling({
    store: await aStore(),
    status: aStatusSource(facts),
    clock,
    logger,
    processes,
    secret: () => Promise.reject(new Error('no secret is asked for')),
    scrub: (text) => text,
    count: () => undefined,
  });
  telling.configure({
    notices: [
      {
        name: 'team',
        levels: noticeLevels,
        repeatMs: dayMs,
        config: { type: 'command', command: ['tell'], timeoutMs: 1000 },
      },
    ],
    heartbeat: { url: `${receiver.url}/beat`, intervalMs },
  });
  return { telling, receiver, clock, facts, told, logger };
}

test('a pass is a heartbeat', async () => {
  const { telling, receiver, clock, told } = await stage();
  await telling.passMade();
  clock.advance(intervalMs);
  await telling.passMade();
  expect(receiver.received.map(({ path }) => path)).toEqual(['/beat', '/beat']);
  expect(told).toEqual([]);
});

test('while the configuration is refused there is none, and people are told', async () => {
  const { telling, receiver, clock, facts, told } = await stage();
  facts.health = aHealth({ configValid: false });
  await telling.passMade();
  clock.advance(intervalMs);
  await telling.passMade();
  expect(receiver.received).toEqual([]);
  expect(told.join('\n')).toContain('"event":"raised"');
  facts.health = aHealth();
  clock.advance(intervalMs);
  await telling.passMade();
  expect(receiver.received).toHaveLength(1);
});

test('what hangs is cut when the daemon stops', async () => {
  const { telling, receiver, logger } = await stage();
  receiver.answer = () => undefined;
  const pass = telling.passMade();
  await expect.poll(() => receiver.received.length).toBe(1);
  await telling.close();
  await pass;
  // Cut by us, which is no failure of the receiver.
  expect(logger.lines).toEqual([]);
});
