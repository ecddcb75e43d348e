/**
 * The gate in front of ordering and deploying: a key that somebody else may have goes no further. What was on its way
 * with it is dropped, an order that exists is kept as an order, and its certificate is revoked like the others.
 */
import type { LedgerEntry } from '../contracts/store.ts';
import { RenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';
import { revocationDueOf } from './compromise.ts';
import { ledgerEntry, type StageOutcome } from './outcome.ts';
import type { StageContext } from './stage-context.ts';

/** Undefined: go on. Asks the store itself, because the word may be a moment old. */
export async function refuseLostKey(
  renewal: Renewal,
  { store, clock }: Pick<StageContext, 'store' | 'clock'>,
): Promise<StageOutcome | undefined> {
  const { state, spkiSha256 } = renewal;
  if (spkiSha256 === null || (state !== 'planned' && state !== 'verified')) return undefined;
  const lost = (await store.compromisedKeys()).find((key) => key.spkiSha256 === spkiSha256);
  if (lost === undefined) return undefined;
  const now = clock.now();
  const due = revocationDueOf(renewal, lost);
  const note = {
    kind: 'note',
    subject: 'compromise',
    text: `${due?.serialHex} is to be revoked as well`,
  } as const;
  const ledger: LedgerEntry[] = due === undefined ? [] : [ledgerEntry(renewal, now, note)];
  const effects = { ledger, ...(due === undefined ? {} : { revocationsDue: [due] }) };
  const key = `${spkiSha256.slice(0, 16)}…`;
  // Begun after the key was lost, and it came back: only a provider that makes keys can do that, and would again.
  if (state === 'verified' && renewal.action !== 'deploy' && renewal.createdAt > lost.at) {
    const text = `${renewal.provider} issued for the key ${key}, which is compromised; nothing was deployed`;
    const failure = new RenewdError('key-compromised', text);
    return { event: 'needs-person', text, failure, nextAt: null, effects };
  }
  const text = `the key ${key} is compromised: nothing is ordered or deployed with it`;
  return { event: 'superseded', text, effects };
}
