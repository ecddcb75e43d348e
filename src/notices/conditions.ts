/** What is wrong with each certificate at `now`, and how pressing it is by what is left of its own lead. Pure. */
import { dayMs, hourMs } from '../core/durations.ts';
import { troubleLevels, type TroubleLevel } from '../core/notices.ts';
import type { CertificateStatus } from '../status/source.ts';

export interface Trouble {
  /** Stable code: of the failure, of the decision's reason, or one of ours. */
  readonly cause: string;
  /** Null: a first failure with time to spare; the log has it. */
  readonly level: TroubleLevel | null;
  /** It does not go on without somebody. */
  readonly needsPerson: boolean;
  /** Sentence; parts of it may come from a provider. */
  readonly why: string;
}

export interface Condition {
  /** Name of the certificate, or `configurationSubject`. */
  readonly subject: string;
  /** Null: it is about the configuration. */
  readonly status: CertificateStatus | null;
  readonly troubles: readonly Trouble[];
  /** Nothing is wrong and nothing is under way: what was told is over. */
  readonly well: boolean;
}

/** Causes that only say that it does not go on: nothing new to who was told why. */
const vagueCauses: ReadonlySet<string> = new Set(['backing-off', 'order-unknown', 'unfinished', 'expired']);

export function isVague(cause: string): boolean {
  return vagueCauses.has(cause);
}

/** No name of a certificate has parentheses. */
export const configurationSubject = '(configuration)';

/** Without a certificate there is no lead: a failure that lasts this long is told. */
const failureGraceMs = hourMs;

export function rankOf(level: TroubleLevel): number {
  return troubleLevels.indexOf(level);
}

function higher(a: TroubleLevel | null, b: TroubleLevel | null): TroubleLevel | null {
  if (a === null || b === null) return a ?? b;
  return rankOf(a) >= rankOf(b) ? a : b;
}

/** Warning when half of the lead is used, urgent in its last quarter, expired once the certificate has ended. */
export function levelBySlack(
  { notAfter, dueAt }: Pick<CertificateStatus, 'notAfter' | 'dueAt'>,
  now: Date,
): TroubleLevel | null {
  if (notAfter === null) return null;
  const slackMs = notAfter.getTime() - now.getTime();
  if (slackMs < 0) return 'expired';
  if (dueAt === null) return null;
  const leadMs = notAfter.getTime() - dueAt.getTime();
  if (slackMs * 4 <= leadMs) return 'urgent';
  return slackMs * 2 <= leadMs ? 'warning' : null;
}

/** A renewal is expected to be done within an eighth of the lead, without a certificate within a day. */
function isSlow({ renewal, notAfter, dueAt }: CertificateStatus, now: Date): boolean {
  if (renewal === null) return false;
  const ageMs = now.getTime() - renewal.createdAt.getTime();
  if (notAfter === null || dueAt === null) return ageMs >= dayMs;
  return ageMs * 8 >= notAfter.getTime() - dueAt.getTime();
}

type Found = Pick<Trouble, 'cause' | 'why' | 'needsPerson'> & { readonly atLeast: TroubleLevel | null };

/** What keeps the certificate from being renewed; undefined: nothing that is known. */
function mainTrouble(status: CertificateStatus, now: Date): Found | undefined {
  const { decision, renewal, notAfter } = status;
  const { reason, sentence } = decision;
  const failure = renewal?.failure ?? null;
  // An operator's own wish that cannot be granted was refused on the spot.
  if (decision.action === 'blocked' && reason !== 'requested') {
    const cause = reason === 'blocked' ? (failure?.code ?? reason) : reason;
    return { cause, why: sentence, needsPerson: true, atLeast: 'person' };
  }
  if (renewal?.waitsFor != null)
    return {
      cause: 'waits-for-person',
      why: renewal.waitsFor.text,
      needsPerson: true,
      atLeast: 'person',
    };
  if (failure !== null && renewal !== null) {
    const lasting =
      notAfter === null && now.getTime() - renewal.createdAt.getTime() >= failureGraceMs ? 'warning' : null;
    const atLeast = failure.code === 'not-served' ? 'warning' : lasting;
    return { cause: failure.code, why: failure.message, needsPerson: false, atLeast };
  }
  if (reason === 'backing-off') {
    const atLeast = notAfter === null ? 'warning' : null;
    return { cause: reason, why: sentence, needsPerson: false, atLeast };
  }
  if (reason === 'order-unknown' && status.orderLookupFailures > 0)
    return { cause: reason, why: sentence, needsPerson: false, atLeast: null };
  // Whatever else waits was planned so (a window, the provider's own), and raises nothing before the end.
  if (isSlow(status, now)) {
    const atLeast = notAfter === null ? 'warning' : null;
    return { cause: 'unfinished', why: sentence, needsPerson: false, atLeast };
  }
  return undefined;
}

/**
 * Nobody should rely on it any more, whatever is left of its time: told at once and as urgent, also while the replacement
 * is on its way and nothing is wrong with that.
 */
function condemned({ revocation, compromise }: CertificateStatus): readonly Found[] {
  const found: Found[] = [];
  if (compromise !== null) {
    const { by, since, toRevoke } = compromise;
    const said = `${by} said ${since.toISOString()} that its key is compromised`;
    const left = toRevoke.map(({ serialHex, provider }) => `${serialHex} (${provider})`).join(', ');
    const why = left === '' ? said : `${said}; still to be revoked: ${left}`;
    found.push({ cause: 'compromised', why, needsPerson: false, atLeast: 'urgent' });
    const asked = toRevoke.filter(({ needsPerson }) => needsPerson);
    if (asked.length > 0)
      found.push({
        cause: 'revocation-needs-person',
        why: asked
          .map(({ serialHex, provider, detail }) => `${serialHex} (${provider}): ${detail ?? 'not revoked'}`)
          .join('; '),
        needsPerson: true,
        atLeast: 'urgent',
      });
  }
  if (revocation?.status === 'revoked') {
    const reason = revocation.reason === null ? '' : ` (${revocation.reason})`;
    const why = `its CA has revoked the certificate on disk${reason}: ${revocation.detail}`;
    found.push({ cause: 'revoked', why, needsPerson: false, atLeast: 'urgent' });
  }
  return found;
}

function troublesOf(status: CertificateStatus, now: Date): readonly Trouble[] {
  const bySlack = levelBySlack(status, now);
  const troubles: Trouble[] = [];
  const add = ({ atLeast, ...found }: Found): void =>
    void troubles.push({ ...found, level: higher(bySlack, atLeast) });
  for (const found of condemned(status)) add(found);
  const main = mainTrouble(status, now);
  if (main !== undefined) add(main);
  else if (bySlack === 'expired')
    add({ cause: 'expired', why: status.decision.sentence, needsPerson: false, atLeast: null });
  // While it is being deployed again, how that ends is awaited.
  const settled = status.renewal === null && status.decision.action !== 'deploy';
  if (status.servedMatches === false && settled) {
    const why = 'an endpoint does not serve the certificate on disk';
    add({ cause: 'not-served', why, needsPerson: false, atLeast: 'warning' });
  }
  return troubles;
}

export function conditionOf(status: CertificateStatus, now: Date): Condition {
  const troubles = troublesOf(status, now);
  const well = troubles.length === 0 && status.renewal === null && status.decision.reason === 'healthy';
  return { subject: status.name, status, troubles, well };
}

export function configurationCondition(configValid: boolean): Condition {
  const refused: Trouble = {
    cause: 'config-invalid',
    level: 'warning',
    needsPerson: true,
    why: 'the configuration files have mistakes; what was loaded before them stays in use',
  };
  return {
    subject: configurationSubject,
    status: null,
    troubles: configValid ? [] : [refused],
    well: configValid,
  };
}
