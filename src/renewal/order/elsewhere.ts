/** A renewal that waited before its order while the inventory went over to another provider. */
import type { ManagedCertificate } from '../../core/certificate.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageOutcome } from '../outcome.ts';

/** Only for state `planned`: an order that exists is followed where it is. */
export function endElsewhere(renewal: Renewal, managed: ManagedCertificate): StageOutcome | undefined {
  if (managed.provider === renewal.provider) return undefined;
  const text = `nothing was ordered yet at ${renewal.provider}, and the inventory names ${managed.provider} by now: begun anew`;
  return { event: 'superseded', text };
}
