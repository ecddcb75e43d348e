/** Faults at every write point of a first order. */
import { describe, expect, test } from 'vitest';
import { injureCalls } from './everywhere.ts';
import { firstOrder } from './scenarios.ts';

describe.each([firstOrder])('$title', { timeout: 600_000 }, () => {
  test('the process ends after any of its calls', async () => {
    expect(await injureCalls(firstOrder, 'crashed')).toEqual([]);
  });

  test('a call fails', async () => {
    expect(await injureCalls(firstOrder, 'failed', { oneOf: 3, from: 0 })).toEqual([]);
  });

  test('a call is applied, but its answer is lost', async () => {
    expect(await injureCalls(firstOrder, 'unanswered', { oneOf: 3, from: 1 })).toEqual([]);
  });
});
