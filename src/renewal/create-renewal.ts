/** From a decision to the row that everything after it works on. */
import type { Random } from '../contracts/platform.ts';
import type { CertificateRecord } from '../contracts/store.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import type { Renewal, RenewalAction } from '../core/renewal.ts';
import { isUrgent } from './plan/condemned.ts';
import type { Decision } from './plan/decide.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomText(random: Random, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random.fraction() * alphabet.length)]).join('');
}

/** Sorts by time: milliseconds in base 36, then chance. */
function renewalId(now: Date, random: Random): string {
  return `${now.getTime().toString(36).padStart(9, '0')}-${randomText(random, 8)}`;
}

export function newRenewal(
  managed: ManagedCertificate,
  action: RenewalAction,
  decision: Pick<Decision, 'reason' | 'sentence'>,
  record: CertificateRecord | undefined,
  issued: Renewal | undefined,
  now: Date,
  random: Random,
): Renewal {
  const id = renewalId(now, random);
  const sameProvider = record?.provider === managed.provider;
  const base: Renewal = {
    id,
    certificate: managed.name,
    action,
    reason: decision.reason,
    sentence: decision.sentence,
    state: 'planned',
    revision: 1,
    createdAt: now,
    updatedAt: now,
    nextAt: now,
    attempts: 0,
    failure: null,
    provider: managed.provider,
    // A reissue and a renew stay with the product of their order.
    product: action === 'create' ? managed.product : (record?.product ?? managed.product),
    names: managed.names,
    dcvMethod: managed.dcv.method,
    reference: `rnwd-${randomText(random, 15)}`,
    keyId: null,
    csrPem: null,
    spkiSha256: null,
    previousOrderId: action === 'create' || !sameProvider ? null : (record?.orderId ?? null),
    previousCertificateId: action === 'create' || !sameProvider ? null : (record?.certificateId ?? null),
    orderId: null,
    certificateId: null,
    jobId: null,
    prepared: null,
    paidUntil: null,
    price: null,
    orderedAt: null,
    leafPem: null,
    chainPem: null,
    fingerprint256: null,
    notBefore: null,
    notAfter: null,
    forced: decision.reason === 'requested' || isUrgent(decision.reason),
    waitsFor: null,
    discard: null,
  };
  if (action !== 'deploy' || issued === undefined) return base;
  return {
    ...base,
    keyId: issued.keyId,
    csrPem: issued.csrPem,
    spkiSha256: issued.spkiSha256,
    orderId: issued.orderId,
    certificateId: issued.certificateId,
    paidUntil: issued.paidUntil,
    leafPem: issued.leafPem,
    chainPem: issued.chainPem,
    fingerprint256: issued.fingerprint256,
    notBefore: issued.notBefore,
    notAfter: issued.notAfter,
  };
}
