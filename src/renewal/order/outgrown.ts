/** A renewal that waited before its order while the inventory came to want something else. */
import type { ManagedCertificate } from '../../core/certificate.ts';
import type { Renewal } from '../../core/renewal.ts';
import { csrKeyType } from '../../pki/csr-key-type.ts';
import type { StageOutcome } from '../outcome.ts';

/**
 * Ends what would order too few names: after it another order, often a paid one, would follow for the others at once.
 * Only for state `planned`, in which nothing is ordered. Names that were dropped are no reason: that needs a person's word
 * first, and until then the certificate is to be renewed as it was. Ends, too, what was begun for another type of key than
 * the one that is wanted now: what is on disk may be of that type already.
 */
export function endOutgrown(renewal: Renewal, managed: ManagedCertificate): StageOutcome | undefined {
  const added = managed.names.filter((name) => !renewal.names.includes(name));
  if (added.length > 0) {
    const shown = `${added.slice(0, 3).join(', ')}${added.length > 3 ? ', …' : ''}`;
    return begunAnew(`the inventory has more names by now (${shown})`);
  }
  if (renewal.reason === 'key-type-changed' && hasOutgrownKey(renewal, managed))
    return begunAnew(`the inventory wants ${managed.key.type} by now`);
  return undefined;
}

function begunAnew(why: string): StageOutcome {
  return { event: 'superseded', text: `nothing was ordered yet, and ${why}: begun anew` };
}

/** Its request is for a key of another type than the inventory wants now: a reissue would follow the order at once. */
export function hasOutgrownKey({ csrPem }: Renewal, { key }: ManagedCertificate): boolean {
  const type = csrPem === null ? undefined : csrKeyType(csrPem);
  return type !== undefined && type !== key.type;
}
