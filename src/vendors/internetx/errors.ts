/**
 * InterNetX's answers to our errors: one row per attested reason code, then what the HTTP status says, then what may
 * have happened to a command that must not be repeated. Never by text: it is German or English by account.
 */
import { RenewdError, type ErrorKind } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/error-table.ts';
import { outcomeByStatus } from '../common/status-word.ts';
import { bounded } from '../common/text.ts';
import type { Envelope } from './envelope.ts';

interface ReasonRow {
  readonly code: ErrorCode;
  /** Where the kind is not the one of the code. */
  readonly kind?: ErrorKind;
  readonly meaning: string;
}

/**
 * Reason codes (`messages[].code`). `EF4001012` is not `E4001012`: the one names a reason, the other says that task
 * 4001012 failed. Sources in README.md, "Result codes".
 */
export const reasonTable: Readonly<Record<string, ReasonRow>> = {
  EF01000: { code: 'provider-rejected', meaning: 'a value is missing or wrong' },
  EF00022: { code: 'provider-rejected', meaning: 'a search key is not allowed' },
  EF400139: {
    code: 'provider-rejected',
    kind: 'dcv-failed',
    meaning: 'the CA could not validate the domain',
  },
  EF4001012: { code: 'provider-conflict', meaning: 'not renewable yet: only in the last 90 days' },
  EF4001006: {
    code: 'provider-rejected',
    kind: 'configuration',
    meaning: 'the administrative contact is invalid',
  },
  EF4001010: {
    code: 'provider-rejected',
    kind: 'configuration',
    meaning: 'the technical contact is invalid',
  },
  EF4002001: { code: 'provider-rejected', kind: 'configuration', meaning: 'the SSL contact does not exist' },
  EF300101: { code: 'provider-object-missing', meaning: 'no such job, or it has finished' },
  EF02020: { code: 'provider-object-missing', meaning: 'no such zone' },
  EF02022: { code: 'provider-conflict', meaning: 'the resource record is there already' },
};

/**
 * The XML gateway says with a general reason what the JSON API says with HTTP 401: a value below `request.auth` is wrong
 * (answer recorded in acmesh-official/acme.sh issue 5317).
 */
const credentialsRow: ReasonRow = {
  code: 'provider-unauthorized',
  meaning: 'user, password or context is wrong',
};

/** HTTP statuses of requests that were certainly not carried out. Others from 400 to 499 are `provider-rejected`. */
export const statusTable: Readonly<Record<number, ErrorCode>> = {
  401: 'provider-unauthorized',
  402: 'provider-funds',
  403: 'provider-unauthorized',
  404: 'provider-object-missing',
  409: 'provider-conflict',
};

/** Statuses by which a server or a proxy says that it is too busy to look at a request; without an envelope, a retry is fine. */
const passingStatuses: readonly number[] = [408, 425];

export interface CommandTraits {
  readonly command: string;
  readonly repeatable: boolean;
}

/** Removes what must not be shown from a text of the provider. */
export type Redact = (text: string) => string;

/**
 * The envelope of an accepted request. Throws the error that the answer means; for a command that is not repeatable,
 * anything that is neither a clear yes nor a clear no is `provider-outcome-unknown`.
 */
export function acceptedEnvelope<Read extends Envelope>(
  status: number,
  envelope: Read | undefined,
  traits: CommandTraits,
  redact: Redact,
): Read {
  if (envelope === undefined) throw withoutEnvelope(status, traits);
  if (status >= 500 && knownReason(envelope) === undefined) throw unclear(status, traits, redact, envelope);
  if (envelope.type === 'ERROR' || status >= 400) throw refused(status, envelope, traits, redact);
  if (!isAccepted(envelope)) throw unclear(status, traits, redact, envelope);
  return envelope;
}

/** For the metric: `ok`, or whose words say that it was not; a word of a closed set. */
export function outcomeOf(status: number, envelope: Envelope | undefined): string {
  if (status >= 400) return outcomeByStatus(status);
  if (envelope === undefined) return 'no-envelope';
  return isAccepted(envelope) ? 'ok' : 'refused';
}

function isAccepted(envelope: Envelope): boolean {
  // A type that a later version adds is judged by the code's first letter.
  return ['SUCCESS', 'NOTIFY', 'NOTICE'].includes(envelope.type) || /^[SN]\d/.test(envelope.code ?? '');
}

function knownReason(envelope: Envelope): ReasonRow | undefined {
  // No task was even begun, and no value is blamed: what is left is the login. Inferred: wrong credentials are not shown
  // in any document of the XML gateway.
  const blamed = envelope.reasons.some(({ code, about }) => code !== undefined || about !== undefined);
  if (envelope.code === 'E00000' && !blamed) return credentialsRow;
  for (const reason of envelope.reasons) {
    if (/^request\.auth\b/i.test(reason.about ?? '')) return credentialsRow;
    if (reason.code !== undefined && Object.hasOwn(reasonTable, reason.code)) return reasonTable[reason.code];
  }
  return undefined;
}

function refused(status: number, envelope: Envelope, traits: CommandTraits, redact: Redact): RenewdError {
  const row = knownReason(envelope);
  const code = row?.code ?? statusTable[status] ?? 'provider-rejected';
  const texts = envelope.reasons.map(({ code: word, text, about }) =>
    [word, text, about === undefined ? undefined : `[${about}]`].filter(Boolean).join(' '),
  );
  const said = texts.length > 0 ? texts.join('; ') : (envelope.text ?? 'no reason given');
  const codes = [`HTTP ${status}`, envelope.code].filter(Boolean).join(', ');
  const why = row === undefined ? said : `${row.meaning} (${said})`;
  return new RenewdError(code, bounded(redact(`InterNetX refused ${traits.command} (${codes}): ${why}`)), {
    ...(row?.kind === undefined ? {} : { kind: row.kind }),
    fields: fieldsOf(status, traits, redact, envelope),
  });
}

function withoutEnvelope(status: number, traits: CommandTraits): RenewdError {
  const what = `InterNetX answered ${traits.command} with HTTP ${status} and no readable envelope`;
  const details = { fields: fieldsOf(status, traits, unchanged) };
  if (status < 400) {
    return new RenewdError(
      traits.repeatable ? 'provider-protocol' : 'provider-outcome-unknown',
      what,
      details,
    );
  }
  if (status >= 500) return unclear(status, traits, unchanged);
  if (passingStatuses.includes(status)) return new RenewdError('provider-unavailable', what, details);
  // A 404 page is a wrong URL or a proxy's word, not the API's "no such object".
  const code = status === 404 ? 'provider-protocol' : (statusTable[status] ?? 'provider-protocol');
  return new RenewdError(code, what, details);
}

/** Where nothing of the answer is shown. */
const unchanged: Redact = (text) => text;

function unclear(status: number, traits: CommandTraits, redact: Redact, envelope?: Envelope): RenewdError {
  const code = redact([envelope?.code, envelope?.type].filter(Boolean).join(' '));
  const what = `InterNetX answered ${traits.command} with HTTP ${status}${code === '' ? '' : ` (${bounded(code, 80)})`}`;
  const details = { fields: fieldsOf(status, traits, redact, envelope) };
  if (!traits.repeatable)
    return new RenewdError('provider-outcome-unknown', `${what}; it may have been applied`, details);
  return new RenewdError(status >= 500 ? 'provider-unavailable' : 'provider-protocol', what, details);
}

/** Redacted before they are cut: half a secret would not be recognised. */
function fieldsOf(
  status: number,
  traits: CommandTraits,
  redact: Redact,
  envelope?: Envelope,
): Record<string, string | number> {
  const reason = envelope?.reasons.find((candidate) => candidate.code !== undefined)?.code;
  return {
    provider: 'internetx',
    command: traits.command,
    httpStatus: status,
    ...(envelope?.code === undefined ? {} : { code: bounded(redact(envelope.code), 40) }),
    ...(reason === undefined ? {} : { reason: bounded(redact(reason), 40) }),
    ...(envelope?.stid === undefined ? {} : { stid: bounded(redact(envelope.stid), 80) }),
  };
}

/** Whether the provider refused a search because of a key that it does not know. */
export function isUnknownSearchKey(thrown: unknown): boolean {
  return thrown instanceof RenewdError && thrown.fields.reason === 'EF00022';
}
