/** Faults at every write point of a reissue. */
import { describe, expect, test } from 'vitest';
import { injureCalls } from './everywhere.ts';
import { reissue } from './scenarios.ts';

describe.each([reissue])('$title', { timeout: 600_000 }, () => {
  test('the process ends after any of its calls', async () => {
    expect(await injureCalls(reissue, 'crashed')).toEqual([]);
  });

  test('a call fails', async () => {
    expect(await injureCalls(reissue, 'failed', { oneOf: 3, from: 1 })).toEqual([]);
  });

  test('a call is applied, but its answer is lost', async () => {
    expect(await injureCalls(reissue, 'unanswered', { oneOf: 3, from: 2 })).toEqual([]);
  });
});
