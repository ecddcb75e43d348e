import { describe, expect, test } from 'vitest';
import { createThrottle } from '../../../../src/vendors/common/throttle.ts';
import { manualClock, settle, startMs, thrownBy } from '../support.ts';

const never = new AbortController().signal;

describe('createThrottle', () => {
  test('spaces requests and keeps their order', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 9, clock });
    const started: [string, number][] = [];
    for (const name of ['a', 'b', 'c']) {
      void throttle.run(never, () => {
        started.push([name, clock.now().getTime() - startMs]);
        return Promise.resolve();
      });
    }
    await clock.advance(999);
    expect(started).toEqual([['a', 0]]);
    await clock.advance(5000);
    expect(started).toEqual([
      ['a', 0],
      ['b', 1000],
      ['c', 2000],
    ]);
    expect(clock.sleeping()).toBe(0);
  });

  test('bounds what is in flight', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 100, concurrency: 2, clock });
    const ends: (() => void)[] = [];
    const run = (): Promise<void> => throttle.run(never, () => new Promise((resolve) => ends.push(resolve)));
    const all = [run(), run(), run()];
    await settle();
    expect(ends).toHaveLength(2);
    ends[0]?.();
    await settle();
    expect(ends).toHaveLength(3);
    ends[1]?.();
    ends[2]?.();
    await Promise.all(all);
  });

  test('a failure frees its place', async () => {
    const throttle = createThrottle({ requestsPerSecond: 100, concurrency: 1, clock: manualClock() });
    await thrownBy(throttle.run(never, () => Promise.reject(new Error('no'))));
    await expect(throttle.run(never, () => Promise.resolve('next'))).resolves.toBe('next');
  });

  test('a cancelled waiter is gone, with its timer, and others go on', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock });
    await throttle.run(never, () => Promise.resolve());
    const cancel = new AbortController();
    let called = false;
    const waiting = thrownBy(
      throttle.run(cancel.signal, () => {
        called = true;
        return Promise.resolve();
      }),
    );
    const other = throttle.run(never, () => Promise.resolve('other'));
    await settle();
    cancel.abort();
    expect(await waiting).toMatchObject({ code: 'provider-unavailable' });
    await clock.advance(1000);
    await expect(other).resolves.toBe('other');
    expect(called).toBe(false);
    expect(clock.sleeping()).toBe(0);
  });

  test('is cancelled at once when the signal has fired already', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock: manualClock() });
    expect(await thrownBy(throttle.run(AbortSignal.abort(), () => Promise.resolve()))).toMatchObject({
      kind: 'unavailable',
    });
  });

  test('a short pause is waited out', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock });
    throttle.pause(10_000);
    let doneAtMs = 0;
    void throttle.run(never, () => {
      doneAtMs = clock.now().getTime() - startMs;
      return Promise.resolve();
    });
    await clock.advance(9999);
    expect(doneAtMs).toBe(0);
    await clock.advance(1);
    expect(doneAtMs).toBe(10_000);
  });

  test('a long pause refuses with the time that is left, also those who wait already', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock });
    await throttle.run(never, () => Promise.resolve());
    const waiting = thrownBy(throttle.run(never, () => Promise.resolve()));
    await settle();
    throttle.pause(600_000);
    expect(await waiting).toMatchObject({ code: 'provider-rate-limited', retryAfterMs: 600_000 });
    await clock.advance(60_000);
    const later = await thrownBy(throttle.run(never, () => Promise.resolve()));
    expect(later).toMatchObject({ code: 'provider-rate-limited', retryAfterMs: 540_000 });
    await clock.advance(540_000);
    await expect(throttle.run(never, () => Promise.resolve('on'))).resolves.toBe('on');
  });

  test('a shorter pause does not shorten a longer one', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock });
    throttle.pause(600_000);
    throttle.pause(1000);
    expect(await thrownBy(throttle.run(never, () => Promise.resolve()))).toMatchObject({
      retryAfterMs: 600_000,
    });
  });

  test('a clock set back does not prolong a pause beyond what was asked', async () => {
    const clock = manualClock();
    const throttle = createThrottle({ requestsPerSecond: 1, concurrency: 1, clock });
    throttle.pause(60_000);
    clock.set(startMs - 86_400_000);
    expect(await thrownBy(throttle.run(never, () => Promise.resolve()))).toMatchObject({
      retryAfterMs: 60_000,
    });
  });
});
