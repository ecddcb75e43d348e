/** The key that the provider was asked to make: kept as ours the moment it is seen with its certificate. */
import type { OrderReading } from '../../contracts/order.ts';
import type { RenewalPatch } from '../../contracts/store.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageContext } from '../stage-context.ts';

/**
 * Empty unless this renewal still lacks the key and the reading brings it. The provider hands it out again as often as
 * it is asked: a crash before the commit costs a file that nobody uses, never the key.
 */
export async function takeVendorKey(
  renewal: Renewal,
  { status, vendorKeyPem }: OrderReading,
  context: StageContext,
): Promise<Pick<RenewalPatch, 'keyId' | 'spkiSha256'>> {
  if (renewal.keyId !== null || status !== 'issued' || vendorKeyPem === undefined) return {};
  return context.keys.keep(renewal.certificate, vendorKeyPem);
}
