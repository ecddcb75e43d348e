/** The ledger's word that an intended order was proved not to have been placed: what the intent counted is taken back. */
import { isCharged, type ProviderCapabilities } from '../../contracts/capabilities.ts';
import type { LedgerEntry } from '../../contracts/store.ts';
import type { Renewal } from '../../core/renewal.ts';
import { ledgerEntry } from '../outcome.ts';

export function notPlacedEntry(
  renewal: Renewal,
  capabilities: ProviderCapabilities,
  now: Date,
  subject: string,
  text: string,
): LedgerEntry {
  const paid = renewal.action !== 'deploy' && isCharged(capabilities, renewal.action);
  const counted = paid ? renewal.price : null;
  return ledgerEntry(renewal, now, {
    kind: 'outcome',
    subject,
    text,
    paid,
    charged: counted === null ? null : { ...counted, hundredths: -counted.hundredths },
  });
}
