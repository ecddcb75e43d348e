import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../../src/vendors/common/retry-after.ts';
import { manualClock, middling, startMs } from '../support.ts';

test.each<[string | string[] | undefined, number]>([
  ['2', 2000],
  [['30', '40'], 30_000],
  ['0', 1000],
  ['999999999', 3_600_000],
  [new Date(startMs + 90_000).toUTCString(), 90_000],
  [new Date(startMs - 90_000).toUTCString(), 1000],
  [undefined, 7500],
  ['soon', 7500],
  ['', 7500],
  ['-5', 7500],
])('Retry-After %j is %i ms', (header, expected) => {
  expect(retryAfterMs(header, manualClock(), middling)).toBe(expected);
});
