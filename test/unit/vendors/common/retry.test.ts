import { describe, expect, test } from 'vitest';
import { RenewdError } from '../../../../src/core/errors.ts';
import type { ErrorCode } from '../../../../src/core/error-table.ts';
import { retryRepeatable } from '../../../../src/vendors/common/retry.ts';
import { jumpingClock, middling, thrownBy } from '../support.ts';

function failing(times: number, error: RenewdError): { calls: () => number; fn: () => Promise<string> } {
  let calls = 0;
  return {
    calls: () => calls,
    fn: () => {
      calls += 1;
      return calls <= times ? Promise.reject(error) : Promise.resolve('done');
    },
  };
}

describe('retryRepeatable', () => {
  const signal = new AbortController().signal;

  test('tries three times with growing pauses', async () => {
    const clock = jumpingClock();
    const subject = failing(2, new RenewdError('provider-unavailable', 'no'));
    await expect(retryRepeatable(subject.fn, { clock, random: middling, signal })).resolves.toBe('done');
    expect(clock.pauses).toEqual([500, 1000]);
  });

  test('throws the last failure as it came', async () => {
    const error = new RenewdError('provider-unavailable', 'no');
    const subject = failing(9, error);
    expect(
      await thrownBy(retryRepeatable(subject.fn, { clock: jumpingClock(), random: middling, signal })),
    ).toBe(error);
    expect(subject.calls()).toBe(3);
  });

  test.each([
    [10_000, 3, [10_000, 10_000]],
    [10_001, 1, []],
  ])('a wish to wait %i ms makes %i calls', async (retryAfterMs, calls, pauses) => {
    const clock = jumpingClock();
    const subject = failing(9, new RenewdError('provider-rate-limited', 'slow', { retryAfterMs }));
    await thrownBy(retryRepeatable(subject.fn, { clock, random: middling, signal }));
    expect(subject.calls()).toBe(calls);
    expect(clock.pauses).toEqual(pauses);
  });

  test.each<ErrorCode>([
    'provider-outcome-unknown',
    'provider-rejected',
    'provider-unauthorized',
    'provider-protocol',
  ])('%s is not tried again', async (code) => {
    const subject = failing(9, new RenewdError(code, 'no'));
    await thrownBy(retryRepeatable(subject.fn, { clock: jumpingClock(), random: middling, signal }));
    expect(subject.calls()).toBe(1);
  });

  test('stops when cancelled', async () => {
    const subject = failing(9, new RenewdError('provider-unavailable', 'no'));
    await thrownBy(
      retryRepeatable(subject.fn, { clock: jumpingClock(), random: middling, signal: AbortSignal.abort() }),
    );
    expect(subject.calls()).toBe(1);
  });
});
