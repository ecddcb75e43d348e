/**
 * Which paid order stands behind a certificate that this store did not order? Asked once per certificate, by its public
 * key, before anything is bought for it: after a move to a new machine, or on the first day with an existing inventory.
 */
import type { OrderReading } from '../contracts/order.ts';
import type { Provider } from '../contracts/provider.ts';
import type { CertificateRecord } from '../contracts/store.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';

/** So many looks in a row a list that does not end is asked for again; some accounts have more than can be looked through. */
const looksMax = 5;

/**
 * `failedLooks`: how many came to nothing before this one. Throws RenewdError `provider-unavailable` while the list may be
 * whole the next time, and what `find` throws.
 */
export async function adoptOrder(
  managed: ManagedCertificate,
  spkiSha256: string | undefined,
  record: CertificateRecord,
  provider: Provider,
  now: Date,
  failedLooks: number,
  signal: AbortSignal,
): Promise<{ readonly record: CertificateRecord; readonly text: string }> {
  const query = {
    reference: '',
    spkiSha256: spkiSha256 ?? '',
    names: managed.names,
    product: managed.product,
  };
  const result =
    spkiSha256 === undefined ? { matches: [], complete: true } : await provider.find(query, signal);
  const usable = result.matches
    .filter((match) => match.handle.certificateId !== undefined && isUsable(match, now))
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  const match = usable[0];
  if (match === undefined && !result.complete && failedLooks < looksMax) {
    const text = `${managed.provider} did not list all of its orders, and those that it listed are not behind the certificate on disk`;
    throw new RenewdError('provider-unavailable', text);
  }
  if (match === undefined) {
    const none: CertificateRecord = {
      ...record,
      provider: managed.provider,
      product: managed.product,
      orderId: null,
      certificateId: null,
      paidUntil: null,
      orderReadAt: now,
    };
    const seen = result.complete ? '' : ', as far as it lists them';
    return {
      record: none,
      text: `${managed.provider} knows no order behind the certificate on disk${seen}`,
    };
  }
  const until = match.paidUntil?.toISOString().slice(0, 10) ?? 'an unknown day';
  return {
    record: {
      ...record,
      provider: managed.provider,
      product: managed.product,
      orderId: match.handle.orderId ?? null,
      certificateId: match.handle.certificateId ?? null,
      paidUntil: match.paidUntil ?? null,
      orderReadAt: now,
    },
    text: `${managed.provider} holds the certificate as ${match.handle.certificateId}, paid until ${until}`,
  };
}

/** A certificate may end inside its paid term: its order can still be reissued, and need not be bought again. */
function isUsable({ status, paidUntil }: OrderReading, now: Date): boolean {
  return status === 'issued' || (status === 'expired' && paidUntil !== undefined && paidUntil > now);
}
