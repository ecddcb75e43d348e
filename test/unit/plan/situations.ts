/** Situations that the decision is asked about, by name. */
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import type { RevocationRecord } from '../../../src/core/revocation.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { after } from '../../builders/store-records.ts';
import { aRecord, anIssued, days, noon } from './facts.ts';

export const failure = { code: 'provider-rejected', kind: 'rejected', message: 'no such contact', at: noon };
export const never = { cron: '0 3 30 2 *', durationMs: hourMs, timezone: 'UTC' };
const at13 = { cron: '0 13 * * *', durationMs: hourMs, timezone: 'UTC' };
export const withWindow = aManagedCertificate({ windows: { order: [at13], deploy: [at13] } });
export const moreNames = aManagedCertificate({ names: ['shop.example.com', 'new.example.com'] });
export const windowDays = (renewWindowDays: number) => someCapabilities({ renewWindowDays });
export const unasked = aRecord({
  provider: null,
  product: null,
  certificateId: null,
  paidUntil: null,
  orderReadAt: null,
});
export const noOrder = aRecord({ orderId: null, certificateId: null, paidUntil: null });
/** Issued so many days ago, and once before that; the certificate ended long ago, so that it is no refuge. */
export const twins = (newest: number, earlier: number) =>
  anIssued({ begunAt: days(newest), twinBegunAt: days(earlier), notAfter: days(-1), fingerprint256: 'bb' });
export const keepsEnd = {
  invoice: 'free',
  paidUntil: 'unchanged',
  notAfter: 'unchanged',
  key: 'new',
  earlierCertificates: 'kept',
  certificateId: 'new',
} as const;
export const aRevocation = (fields: Partial<RevocationRecord> = {}): RevocationRecord => ({
  fingerprint256: 'aa'.repeat(32),
  certificate: 'shop',
  status: 'revoked',
  reason: 'keyCompromise',
  revokedAt: after(-hourMs),
  source: 'http://crl.example/1',
  detail: 'the list http://crl.example/1',
  checkedAt: noon,
  answeredAt: noon,
  nextAt: days(1),
  notAfter: days(190),
  ...fields,
});
export const aCompromise = { spkiSha256: 'cc'.repeat(32), certificate: 'shop', at: noon, by: 'ada' };
export const longLead = aManagedCertificate({ leadMs: 20 * dayMs });
export const closed = { closed: 'sells nothing, go elsewhere' };
export const nothingNew = someCapabilities({
  verbs: { ...someCapabilities().verbs, create: closed, renew: closed },
});
export const missing = { state: 'missing', reason: '/srv/tls/shop/fullchain.pem does not exist' } as const;
export const broken = { state: 'broken', reason: 'line 3 is no PEM' } as const;
