/**
 * Which paid order stands behind a certificate, and how long is it paid? Asked before anything is bought: by the public key
 * of what is on disk, where this store did not order it (a move to a new machine, the first day with an existing inventory,
 * an old backup), and of the order that is known, because a reseller may renew by itself, and a person at its pages.
 */
import type { OrderHandle, OrderReading } from '../contracts/order.ts';
import type { Provider } from '../contracts/provider.ts';
import type { CertificateRecord } from '../contracts/store.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';

/** So many looks in a row a list that does not end is asked for again; some accounts have more than can be looked through. */
const looksMax = 5;

export interface Adopted {
  readonly record: CertificateRecord;
  readonly text: string;
}

/** What a record says of an order. */
type KnownOrder = Pick<
  CertificateRecord,
  'orderId' | 'certificateId' | 'product' | 'paidUntil' | 'orderReadAt'
>;

/**
 * `earlier`: renewals of the certificate, newest first. `failedLooks`: how many looks came to nothing before this one.
 * Throws RenewdError `provider-unavailable` while the list may be whole the next time, and what `find` and `read` throw.
 */
export async function adoptOrder(
  managed: ManagedCertificate,
  spkiSha256: string | undefined,
  record: CertificateRecord,
  earlier: readonly Renewal[],
  provider: Provider,
  now: Date,
  failedLooks: number,
  signal: AbortSignal,
): Promise<Adopted> {
  const { provider: name } = managed;
  const known = knownOrder(managed, record, earlier);
  const base: CertificateRecord = {
    ...record,
    provider: name,
    product: managed.product,
    orderId: null,
    certificateId: null,
    paidUntil: null,
    orderReadAt: now,
  };
  const query = {
    reference: '',
    spkiSha256: spkiSha256 ?? '',
    names: managed.names,
    product: managed.product,
    // Beside a known order only a younger one is news.
    ...(known?.orderReadAt == null ? {} : { since: known.orderReadAt }),
  };
  const result =
    spkiSha256 === undefined ? { matches: [], complete: true } : await provider.find(query, signal);
  const [match] = result.matches
    .filter((one) => one.handle.certificateId !== undefined && isUsable(one, now))
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  if (match !== undefined) return adopted(base, match);
  if (!result.complete && failedLooks < looksMax) {
    const text = `${name} did not list all of its orders, and those that it listed are not behind the certificate on disk`;
    throw new RenewdError('provider-unavailable', text);
  }
  const still = known === undefined ? undefined : await readAgain(base, known, provider, signal);
  if (still !== undefined) return still;
  const seen = result.complete ? '' : ', as far as it lists them';
  return { record: base, text: `${name} knows no order behind the certificate on disk${seen}` };
}

function adopted(base: CertificateRecord, match: OrderReading): Adopted {
  const { handle, paidUntil } = match;
  const until = paidUntil?.toISOString().slice(0, 10) ?? 'an unknown day';
  return {
    record: {
      ...base,
      orderId: handle.orderId ?? null,
      certificateId: handle.certificateId ?? null,
      paidUntil: paidUntil ?? null,
    },
    text: `${base.provider} holds the certificate as ${handle.certificateId}, paid until ${until}`,
  };
}

/** The record's order; where another provider was asked in between, the one that was the last here. */
function knownOrder(
  { provider }: ManagedCertificate,
  record: CertificateRecord,
  earlier: readonly Renewal[],
): KnownOrder | undefined {
  if (record.provider === provider) return record.certificateId === null ? undefined : record;
  const last = earlier.find((one) => one.provider === provider && idOf(one) !== null);
  if (last === undefined) return undefined;
  const orderId = last.certificateId === null ? last.previousOrderId : last.orderId;
  const { product, paidUntil } = last;
  return { orderId, certificateId: idOf(last), product, paidUntil, orderReadAt: null };
}

function idOf({ certificateId, previousCertificateId }: Renewal): string | null {
  return certificateId ?? previousCertificateId;
}

/** How long the known order is paid by now. A term that was known does not become shorter by an answer that does not say. */
async function readAgain(
  base: CertificateRecord,
  { orderId, certificateId, product, paidUntil }: KnownOrder,
  provider: Provider,
  signal: AbortSignal,
): Promise<Adopted | undefined> {
  const handle: OrderHandle = {
    ...(certificateId === null ? {} : { certificateId }),
    ...(orderId === null ? {} : { orderId }),
  };
  let until: Date | null = null;
  try {
    until = (await provider.read(handle, signal)).paidUntil ?? null;
  } catch (thrown) {
    if (toRenewdError(thrown).kind !== 'not-found') throw thrown;
  }
  const longest = until === null || (paidUntil !== null && paidUntil > until) ? paidUntil : until;
  const text = `${base.provider} has the order ${certificateId}, paid until ${longest?.toISOString().slice(0, 10) ?? 'an unknown day'}`;
  return { record: { ...base, orderId, certificateId, product, paidUntil: longest }, text };
}

/** A certificate may end inside its paid term: its order can still be reissued, and need not be bought again. */
function isUsable({ status, paidUntil }: OrderReading, now: Date): boolean {
  return status === 'issued' || (status === 'expired' && paidUntil !== undefined && paidUntil > now);
}
