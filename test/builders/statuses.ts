/** Status data with plain defaults. */
import type { CertificateDetail } from '../../src/status/detail.ts';
import type {
  CertificateStatus,
  Health,
  RenewalStatus,
  SpendingStatus,
  StatusSource,
} from '../../src/status/source.ts';
import { after, noon } from './store-records.ts';

const dayMs = 86_400_000;

export function aRenewalStatus(fields: Partial<RenewalStatus> = {}): RenewalStatus {
  return {
    id: 'r1',
    certificate: 'shop',
    provider: 'cnr',
    action: 'reissue',
    state: 'awaiting-dcv',
    createdAt: noon,
    updatedAt: noon,
    nextAt: noon,
    waitsFor: null,
    attempts: 0,
    failure: null,
    ...fields,
  };
}

export function aCertificateStatus(fields: Partial<CertificateStatus> = {}): CertificateStatus {
  return {
    name: 'shop',
    names: ['shop.example.com'],
    provider: 'cnr',
    product: 'ssl123dv',
    notBefore: after(-60 * dayMs),
    notAfter: after(30 * dayMs),
    dueAt: after(10 * dayMs),
    emergencyAt: after(26 * dayMs),
    slackMs: 30 * dayMs,
    paidUntil: null,
    servedMatches: true,
    revocation: null,
    compromise: null,
    servedCheckedAt: noon,
    orderLookupFailures: 0,
    decision: { action: 'none', reason: 'not-due', sentence: 'Not due yet.' },
    renewal: null,
    ...fields,
  };
}

export function aHealth(fields: Partial<Health> = {}): Health {
  return {
    now: noon,
    version: '0.1.0',
    instance: 'web1',
    startedAt: after(-60_000),
    lastPassAt: noon,
    configValid: true,
    ...fields,
  };
}

export interface StatusFacts {
  certificates: readonly CertificateStatus[];
  openRenewals: readonly RenewalStatus[];
  spending: readonly SpendingStatus[];
  health: Health;
  details?: readonly CertificateDetail[];
}

/** Reads `facts` anew on every call, so a test can change them. */
export function aStatusSource(facts: StatusFacts): StatusSource {
  return {
    certificates: async () => facts.certificates,
    openRenewals: async () => facts.openRenewals,
    spending: async () => facts.spending,
    certificate: async (name) => facts.details?.find(({ status }) => status.name === name),
    health: () => facts.health,
  };
}
