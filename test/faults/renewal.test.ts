/** Faults at every write point of a renewal. */
import { describe, expect, test } from 'vitest';
import { injureCalls } from './everywhere.ts';
import { renewal } from './scenarios.ts';

describe.each([renewal])('$title', { timeout: 600_000 }, () => {
  test('the process ends after any of its calls', async () => {
    expect(await injureCalls(renewal, 'crashed')).toEqual([]);
  });

  test('a call fails', async () => {
    expect(await injureCalls(renewal, 'failed', { oneOf: 3, from: 2 })).toEqual([]);
  });

  test('a call is applied, but its answer is lost', async () => {
    expect(await injureCalls(renewal, 'unanswered', { oneOf: 3, from: 0 })).toEqual([]);
  });
});
