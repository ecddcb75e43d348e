/** A renewal that waited before its order while the inventory got more names. */
import type { ManagedCertificate } from '../../core/certificate.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageOutcome } from '../outcome.ts';

/**
 * Ends what would order too few names: after it another order, often a paid one, would follow for the others at once.
 * Only for state `planned`, in which nothing is ordered. Names that were dropped are no reason: that needs a person's word
 * first, and until then the certificate is to be renewed as it was.
 */
export function endOutgrown(renewal: Renewal, { names }: ManagedCertificate): StageOutcome | undefined {
  const added = names.filter((name) => !renewal.names.includes(name));
  if (added.length === 0) return undefined;
  const shown = `${added.slice(0, 3).join(', ')}${added.length > 3 ? ', …' : ''}`;
  const text = `nothing was ordered yet, and the inventory has more names by now (${shown}): begun anew`;
  return { event: 'superseded', text };
}
