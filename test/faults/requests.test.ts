/** Faults on the way to and from the resellers: each verb at each account. */
import { describe, expect, test } from 'vitest';
import { accountNames } from '../builders/accounts.ts';
import { isWanted } from './choice.ts';
import { flowsOf } from './flows.ts';
import { injureRequests } from './requests.ts';

// How it is proved makes no difference to the requests of an order; of the two ways one is taken in turn.
const flows = accountNames
  .flatMap((account) => flowsOf(account).filter(({ wanted }) => wanted.order === undefined))
  .filter((_, index) => index % 4 === 0 || index % 4 === 3)
  .filter(isWanted);

describe.each(flows)('$title', { timeout: 600_000 }, (flow) => {
  test('any request goes wrong', async () => {
    expect(await injureRequests(flow)).toBe('');
  });
});
