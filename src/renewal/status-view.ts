/** What the status listener and `renewd status` show, from what the driver knows. Reads only. */
import type { Clock } from '../contracts/platform.ts';
import type { Renewal } from '../core/renewal.ts';
import type { Configuration } from '../core/certificate.ts';
import { version } from '../core/version.ts';
import { spendingOf } from './spending.ts';
import type { DetailDependencies } from './detail-view.ts';
import type { Driver } from './driver.ts';
import type { ReasonCode } from './plan/reasons.ts';
import type { Entry } from './watchlist.ts';
import type { Store } from '../contracts/store.ts';
import type { CertificateStatus, RenewalStatus, StatusSource } from '../status/source.ts';

export interface HealthFacts {
  readonly startedAt: Date;
  /** Name of the machine. */
  readonly instance: string;
  lastPassAt: Date | null;
  configValid: boolean;
}

export function renewalStatus(renewal: Renewal): RenewalStatus {
  const {
    id,
    certificate,
    provider,
    action,
    state,
    createdAt,
    updatedAt,
    nextAt,
    attempts,
    failure,
    waitsFor,
  } = renewal;
  return {
    id,
    certificate,
    provider,
    action,
    state,
    createdAt,
    updatedAt,
    nextAt,
    attempts,
    waitsFor,
    failure: failure === null ? null : { code: failure.code, message: failure.message, at: failure.at },
  };
}

const unseen: CertificateStatus['decision'] = {
  action: 'none',
  reason: 'unseen' satisfies ReasonCode,
  sentence: 'not looked at yet',
};

export function certificateStatus(entry: Entry, newest: Renewal | undefined, now: Date): CertificateStatus {
  const { managed, observation, decision, record } = entry;
  const look = observation?.look;
  const notAfter = look?.state === 'ok' ? look.certificate.notAfter : null;
  const renewal = entry.open ?? newest;
  return {
    name: managed.name,
    names: managed.names,
    provider: managed.provider,
    product: managed.product,
    notBefore: look?.state === 'ok' ? look.certificate.notBefore : null,
    notAfter,
    dueAt: decision?.moments?.dueAt ?? null,
    emergencyAt: decision?.moments?.emergencyAt ?? null,
    slackMs: notAfter === null ? null : notAfter.getTime() - now.getTime(),
    paidUntil: record?.paidUntil ?? null,
    // Without an endpoint to look at, a reload that succeeded is no sight of what is served.
    servedMatches: isProbed(managed) ? (record?.servedMatches ?? null) : null,
    servedCheckedAt: record?.servedCheckedAt ?? null,
    orderLookupFailures: entry.adoptFailures,
    revocation: revocationStatus(entry),
    compromise: compromiseStatus(entry),
    decision:
      decision === undefined
        ? unseen
        : { action: decision.action, reason: decision.reason, sentence: decision.sentence },
    renewal: renewal === undefined ? null : renewalStatus(renewal),
  };
}

function isProbed({ deploy }: Entry['managed']): boolean {
  return deploy.some(({ probe }) => probe.length > 0);
}

function revocationStatus({ revocation }: Entry): CertificateStatus['revocation'] {
  if (revocation === undefined) return null;
  const { status, reason, revokedAt, source, detail, checkedAt, answeredAt } = revocation;
  return { status, reason, revokedAt, source, detail, checkedAt, answeredAt };
}

function compromiseStatus({ compromise, revocationsDue }: Entry): CertificateStatus['compromise'] {
  const said = compromise ?? revocationsDue[0];
  if (said === undefined) return null;
  const toRevoke = revocationsDue.map(({ serialHex, provider, state, detail }) => ({
    serialHex,
    provider,
    needsPerson: state === 'person',
    detail,
  }));
  return { since: said.at, by: said.by, toRevoke };
}

export function createStatusSource(
  driver: Driver,
  store: Store,
  clock: Clock,
  health: HealthFacts,
  configuration: () => Configuration,
  details: Omit<DetailDependencies, 'store' | 'clock'>,
): StatusSource {
  return {
    async certificate(name, history) {
      const entry = driver.entries().find(({ managed }) => managed.name === name);
      if (entry === undefined) return undefined;
      // Reads certificates: loaded when somebody looks at one.
      const { certificateDetail } = await import('./detail-view.ts');
      const status = certificateStatus(entry, undefined, clock.now());
      return certificateDetail(entry, status, history, { ...details, store, clock });
    },
    certificates() {
      const now = clock.now();
      return Promise.resolve(driver.entries().map((entry) => certificateStatus(entry, undefined, now)));
    },
    async openRenewals() {
      return (await store.openRenewals()).map(renewalStatus);
    },
    spending: () => spendingOf(configuration(), store, clock.now()),
    health: () => ({ now: clock.now(), version, ...health }),
  };
}
