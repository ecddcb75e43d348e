/** Faults on the way to and from the resellers: connections lost before and after, answers cut, "try again" after all. */
import { describe, expect, test } from 'vitest';
import { injureRequests } from './everywhere.ts';
import { firstOrder, others, reissue, renewal } from './scenarios.ts';

describe.each([firstOrder, reissue, renewal, ...others])('$title', { timeout: 600_000 }, (scenario) => {
  test('any request goes wrong', async () => {
    expect(await injureRequests(scenario)).toEqual([]);
  });
});
