/** Choices that only some providers offer, and that need a word from the inventory. */
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import { complainOf } from '../entry.ts';
import type { Entry } from '../entry.ts';

export function checkApprover(entry: Entry): void {
  const { method, approver } = entry.draft.dcv;
  if (method !== 'email' || approver !== undefined) return;
  complainOf(entry, ['dcv'], {
    severity: 'warning',
    message: 'no approver is named: where the provider offers a choice, the first order stops and asks',
    hint: 'set `approver`; renewd approvers NAME lists the addresses on offer',
  });
}

export function checkKeyMaker(entry: Entry, { makesKeys = [] }: ProviderCapabilities): void {
  const { madeBy, reuse } = entry.draft.key;
  if (madeBy === 'us' || entry.broken.has('key')) return;
  if (makesKeys.length === 0) {
    complainOf(entry, ['key', 'madeBy'], {
      message: 'this provider makes no keys',
      hint: 'leave it out: renewd makes the key',
    });
  } else if (reuse) {
    complainOf(entry, ['key', 'reuse'], {
      message: 'a key that the provider makes is another one each time',
      hint: 'leave out reuse, or let renewd make the key',
    });
  }
}
