/** The daemon's loop: passes never overlap, nothing is forgotten, nothing spins. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { RenewdError } from '../../../src/core/errors.ts';
import { startLoop, type LoopWork } from '../../../src/daemon/loop.ts';
import { recordingLogger } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';
import { worldClock } from '../../builders/world-clock.ts';

/** Lets everything that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function setUp(work: Partial<LoopWork> = {}) {
  const clock = worldClock(noon);
  clock.byHand = true;
  const calls: string[] = [];
  const finished: Date[] = [];
  const logger = recordingLogger();
  const all: LoopWork = {
    pass: () => Promise.resolve(void calls.push('pass')),
    advanceDue: () => Promise.resolve(void calls.push('advance')),
    nextWake: () => undefined,
    ...work,
  };
  const failed: string[] = [];
  const loop = startLoop(
    all,
    clock,
    logger,
    (at) => finished.push(at),
    () => failed.push('pass'),
  );
  onTestFinished(async () => {
    const ended = loop.stop();
    clock.advance(60_000);
    await ended;
  });
  return { clock, calls, loop, finished, failed, logger };
}

/** Work that ends when told to. */
function held() {
  let running = 0;
  let most = 0;
  let started = 0;
  const ends: (() => void)[] = [];
  const run = () => {
    running += 1;
    started += 1;
    most = Math.max(most, running);
    return new Promise<void>((resolve) => {
      ends.push(() => {
        running -= 1;
        resolve();
      });
    });
  };
  return { run, end: () => ends.shift()?.(), started: () => started, most: () => most };
}

describe('the loop', () => {
  test('begins with a pass, and says when it ended', async () => {
    const { calls, finished } = setUp();
    await settle();
    expect(calls).toEqual(['pass']);
    expect(finished).toEqual([noon]);
  });

  test('wakes at the next deadline, not before', async () => {
    let wakeAt: Date | undefined = new Date(noon.getTime() + 10_000);
    const { calls, clock } = setUp({ nextWake: () => wakeAt });
    await settle();
    clock.advance(9999);
    await settle();
    expect(calls).toEqual(['pass']);
    wakeAt = undefined;
    clock.advance(1);
    await settle();
    expect(calls).toEqual(['pass', 'advance']);
  });

  test('looks at least once a minute, whatever the deadlines say', async () => {
    const { calls, clock } = setUp({ nextWake: () => new Date('2030-01-01T00:00:00Z') });
    await settle();
    clock.advance(59_999);
    await settle();
    expect(calls).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(calls).toEqual(['pass', 'advance']);
  });

  test('a deadline in the past is no hot loop', async () => {
    const { calls } = setUp({ nextWake: () => new Date(0) });
    await settle();
    expect(calls).toEqual(['pass']);
  });

  test('a clock that is set back does not leave it asleep', async () => {
    const { calls, clock } = setUp({ nextWake: () => new Date(noon.getTime() + 1000) });
    await settle();
    clock.set(new Date(noon.getTime() - 3_600_000));
    clock.advance(3_600_000 + 60_000);
    await settle();
    expect(calls).toEqual(['pass', 'advance']);
  });

  test('passes never overlap; what is asked for meanwhile is done once, afterwards', async () => {
    const work = held();
    const { loop } = setUp({ pass: work.run });
    await settle();
    loop.requestPass();
    loop.requestPass();
    loop.requestPass();
    await settle();
    expect(work.started()).toBe(1);
    work.end();
    await settle();
    expect(work.started()).toBe(2);
    work.end();
    await settle();
    expect(work.started()).toBe(2);
    expect(work.most()).toBe(1);
  });

  test('a nudge ends a pause; one during work is not needed and does no harm', async () => {
    const { loop, calls } = setUp();
    await settle();
    loop.nudge();
    await settle();
    expect(calls).toEqual(['pass', 'advance']);
    const work = held();
    const busy = setUp({ advanceDue: work.run });
    await settle();
    busy.loop.nudge();
    await settle();
    expect(work.started()).toBe(1);
    busy.loop.nudge();
    await settle();
    expect(work.started()).toBe(1);
    work.end();
  });

  test('a nudge during work: the deadlines are read after it', async () => {
    const work = held();
    let wakeAt: Date | undefined;
    const { loop, calls, clock } = setUp({ pass: work.run, nextWake: () => wakeAt });
    await settle();
    wakeAt = new Date(noon.getTime() + 5);
    loop.nudge();
    work.end();
    await settle();
    wakeAt = undefined;
    clock.advance(5);
    await settle();
    expect(calls).toEqual(['advance']);
  });
});

describe('failures', () => {
  test('a pass that fails is told, and the loop goes on after a second', async () => {
    let failing = true;
    const { calls, clock, logger, finished } = setUp({
      pass: () =>
        failing ? Promise.reject(new RenewdError('store-failed', 'disk full')) : Promise.resolve(),
    });
    await settle();
    expect(logger.lines).toMatchObject([
      { level: 'error', fields: { code: 'store-failed', reason: 'disk full' } },
    ]);
    expect(finished).toEqual([]);
    failing = false;
    clock.advance(999);
    await settle();
    expect(calls).toEqual([]);
    clock.advance(1);
    await settle();
    clock.advance(60_000);
    await settle();
    expect(calls).toEqual(['advance']);
  });

  test('nudges and requests do not turn failing into spinning', async () => {
    let passes = 0;
    const { loop } = setUp({
      pass: () => {
        passes += 1;
        return Promise.reject(new Error('no'));
      },
    });
    for (let turn = 0; turn < 50; turn++) {
      loop.nudge();
      loop.requestPass();
      await settle();
    }
    expect(passes).toBe(1);
  });

  test('work that throws at once is a failure like any other', async () => {
    const { logger } = setUp({
      pass: () => {
        throw new Error('at once');
      },
    });
    await settle();
    expect(logger.lines).toMatchObject([{ level: 'error' }]);
  });
});

describe('stopping', () => {
  test('ends a pause at once', async () => {
    const { loop, calls } = setUp();
    await settle();
    await loop.stop();
    expect(calls).toEqual(['pass']);
  });

  test('waits for the work under way, and begins no more', async () => {
    const work = held();
    const { loop } = setUp({ pass: work.run });
    await settle();
    loop.requestPass();
    let ended = false;
    const stopping = loop.stop().then(() => (ended = true));
    await settle();
    expect(ended).toBe(false);
    work.end();
    await stopping;
    expect(work.started()).toBe(1);
  });

  test('ends the pause after a failure too', async () => {
    const { loop } = setUp({ pass: () => Promise.reject(new Error('no')) });
    await settle();
    await expect(loop.stop()).resolves.toBeUndefined();
  });
});

test('a pass that fails is counted as failed, and is no finished one', async () => {
  const { finished, failed } = setUp({ pass: () => Promise.reject(new Error('the store is gone')) });
  await settle();
  expect(failed).toEqual(['pass']);
  expect(finished).toEqual([]);
});
