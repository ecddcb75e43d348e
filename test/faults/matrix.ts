/**
 * Faults at every write point and every provider call. A clean run of each flow is recorded first; then the same flow
 * runs once for each call in the record and each injury. Since the list is the record, a new write point is covered
 * from the day it exists.
 */
import { describe, expect, test } from 'vitest';
import type { ProviderName } from '../builders/accounts.ts';
import { choose, isWanted, troubleWith } from './choice.ts';
import { flowsOf } from './flows.ts';
import { allOf, record, runInjured } from './run.ts';

/** `file`: the test file, for the command that repeats one fault. */
export function describeMatrix(file: string, accounts: readonly ProviderName[]): void {
  describe.each(accounts)('%s', { timeout: 3_600_000 }, (account) => {
    test('any call fails, is applied but unanswered, is the last of its process, or comes twice', async ({
      annotate,
    }) => {
      const flows = flowsOf(account).filter(isWanted);
      const recordings = await allOf(flows, record);
      for (const { calls } of recordings) expect(calls.length).toBeGreaterThan(30);
      const cells = choose(recordings, account);
      const troubles = await allOf(cells, (cell) =>
        troubleWith(cell.label, file, () => runInjured(cell.flow, cell)),
      );
      // Shown by the reporter: how much ran.
      await annotate(`${account}: ${cells.length} faults in ${flows.length} flows`);
      expect(troubles.filter((one) => one !== undefined).join('\n\n')).toBe('');
    });
  });
}
