/** Facts for decisions: a healthy certificate of 199 days inside a paid year, unless a test says otherwise. */
import { dayMs } from '../../../src/core/durations.ts';
import type { CertificateRecord, IssuedSummary } from '../../../src/contracts/store.ts';
import { decide, type Decision } from '../../../src/renewal/plan/decide.ts';
import type { CrtLook, CurrentCertificate, DecisionFacts } from '../../../src/renewal/plan/facts.ts';
import { ruleCalendar, type RuleCalendar } from '../../../src/renewal/plan/rule-calendar.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aCertificate, noon } from '../../builders/store-records.ts';

export { noon };

export function days(count: number): Date {
  return new Date(noon.getTime() + count * dayMs);
}

export function aCurrent(fields: Partial<CurrentCertificate> = {}): CurrentCertificate {
  return {
    names: ['shop.example.com'],
    notBefore: days(-9),
    notAfter: days(190),
    fingerprint256: 'aa'.repeat(32),
    keyType: 'ecdsa-p256',
    ...fields,
  };
}

export function ok(
  fields: Partial<CurrentCertificate> = {},
  keyMatches: boolean | undefined = true,
): CrtLook {
  return { state: 'ok', certificate: aCurrent(fields), keyMatches };
}

/** A certificate that ends `daysLeft` from noon and lives `lifetimeDays` in all. */
export function ending(daysLeft: number, lifetimeDays = 199): CrtLook {
  return ok({ notBefore: days(daysLeft - lifetimeDays), notAfter: days(daysLeft) });
}

export function aRecord(fields: Partial<CertificateRecord> = {}): CertificateRecord {
  return aCertificate({
    jitter: 0,
    provider: 'cnr',
    product: 'ssl123dv',
    orderId: 'o-1',
    certificateId: 'c-1',
    paidUntil: days(356),
    // After whatever certificate a test has was issued.
    orderReadAt: days(4000),
    ...fields,
  });
}

export function anIssued(fields: Partial<IssuedSummary> = {}): IssuedSummary {
  return {
    certificate: 'shop',
    renewalId: 'r0',
    fingerprint256: 'aa'.repeat(32),
    spkiSha256: 'cc'.repeat(32),
    notAfter: days(190),
    action: 'reissue',
    product: 'ssl123dv',
    begunAt: days(-9),
    twinBegunAt: null,
    updatedAt: days(-9),
    ...fields,
  };
}

function facts(fields: Partial<DecisionFacts> = {}): DecisionFacts {
  return {
    managed: aManagedCertificate(),
    crt: ok(),
    driftedTargets: [],
    record: aRecord(),
    open: undefined,
    deployable: anIssued(),
    revocation: undefined,
    compromise: undefined,
    capabilities: someCapabilities(),
    secondCapabilities: undefined,
    lookupFailures: 0,
    requested: undefined,
    ...fields,
  };
}

export function decided(
  fields: Partial<DecisionFacts> = {},
  now: Date = noon,
  calendar: RuleCalendar = ruleCalendar,
): Decision {
  return decide(facts(fields), calendar, now);
}
