import { describe, expect, test } from 'vitest';
import { sleepMsMax, systemClock } from '../../../src/platform/clock.ts';
import { systemRandom } from '../../../src/platform/random.ts';

describe('clock', () => {
  test('sleeps at least as long as asked', async () => {
    const before = performance.now();
    await systemClock.sleep(20);
    // Timers are cut to whole milliseconds.
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
    await systemClock.sleep(-5);
  });

  test("is woken by a signal, with the signal's own reason", async () => {
    const abort = new AbortController();
    const reason = new Error('shutting down');
    const sleeping = systemClock.sleep(1_000_000, abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(1_000_000, abort.signal)).rejects.toBe(reason);
  });

  test.each([sleepMsMax + 1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d, which a timer would fire at once',
    async (ms) => {
      await expect(systemClock.sleep(ms)).rejects.toThrow(RangeError);
    },
  );
});

test('random bytes and fractions', () => {
  expect(systemRandom.bytes(16)).toHaveLength(16);
  const fractions = Array.from({ length: 1000 }, () => systemRandom.fraction());
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...fractions)).toBeLessThan(1);
  expect(new Set(fractions).size).toBe(1000);
});
