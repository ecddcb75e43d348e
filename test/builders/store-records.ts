/** Records with plain defaults, so that a test shows only what it is about. */
import type {
  CertificateRecord,
  LedgerEntry,
  OperatorRequest,
  StoredEvent,
  ToldNotice,
} from '../../src/contracts/store.ts';
import type { Renewal, StoredChallenge } from '../../src/core/renewal.ts';

export const noon = new Date('2026-11-22T12:00:00Z');

/** `ms` after noon (negative: before). */
export function after(ms: number): Date {
  return new Date(noon.getTime() + ms);
}

export function aCertificate(fields: Partial<CertificateRecord> = {}): CertificateRecord {
  return {
    name: 'shop',
    jitter: 0.25,
    jitterFingerprint: null,
    provider: null,
    product: null,
    orderId: null,
    certificateId: null,
    paidUntil: null,
    orderReadAt: null,
    failures: 0,
    lastFailureAt: null,
    servedMatches: null,
    servedCheckedAt: null,
    ...fields,
  };
}

export function aRenewal(fields: Partial<Renewal> = {}): Renewal {
  const id = fields.id ?? 'r1';
  return {
    id,
    certificate: 'shop',
    action: 'create',
    reason: 'no-certificate',
    sentence: 'There is no certificate yet.',
    state: 'planned',
    revision: 1,
    createdAt: noon,
    updatedAt: noon,
    nextAt: noon,
    attempts: 0,
    failure: null,
    provider: 'cnr',
    product: 'ssl123dv',
    names: ['shop.example.com'],
    dcvMethod: 'dns',
    reference: `ref-${id}`,
    keyId: null,
    csrPem: null,
    spkiSha256: null,
    previousOrderId: null,
    previousCertificateId: null,
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
    forced: false,
    waitsFor: null,
    discard: null,
    ...fields,
  };
}

export function aChallenge(fields: Partial<StoredChallenge> = {}): StoredChallenge {
  return {
    renewalId: 'r1',
    index: 0,
    challenge: {
      kind: 'dns',
      identifier: 'shop.example.com',
      recordName: '_dnsauth.shop.example.com',
      recordType: 'TXT',
      value: 'token',
    },
    state: 'wanted',
    publisher: null,
    targetName: null,
    visibleAt: null,
    ...fields,
  };
}

export function aLedgerEntry(fields: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at: noon,
    certificate: 'shop',
    renewalId: 'r1',
    kind: 'note',
    subject: 'state',
    text: 'Something happened.',
    provider: null,
    charged: null,
    paid: false,
    detail: {},
    ...fields,
  };
}

export function anEvent(fields: Partial<StoredEvent> = {}): StoredEvent {
  return {
    provider: 'cnr',
    eventId: 'e1',
    type: 'SSLCERT.STATUS',
    ours: true,
    raw: 'raw message',
    receivedAt: noon,
    acknowledgedAt: null,
    ...fields,
  };
}

export function aRequest(fields: Partial<OperatorRequest> = {}): OperatorRequest {
  return { id: 'q1', at: noon, certificate: 'shop', kind: 'renew', options: {}, by: 'ada', ...fields };
}

export function aToldNotice(fields: Partial<ToldNotice> = {}): ToldNotice {
  return {
    channel: 'team',
    subject: 'shop',
    cause: 'dcv-not-visible',
    level: 'warning',
    since: noon,
    toldAt: noon,
    ...fields,
  };
}
