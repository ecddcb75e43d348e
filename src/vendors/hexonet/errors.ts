/**
 * Result codes as errors of ours: one row per documented code, and the one rule that protects money. A command that is
 * not repeatable and ended with a code which does not rule out that it was carried out is `provider-outcome-unknown`.
 *
 * Sources: the code tables of the vendor's command pages (hexonet-api-documentation, API/SSLCERT and API/DOMAIN/DNSZONE);
 * codes that only the sister system lists are included, because both run one command family.
 */
import { minuteMs } from '../../core/durations.ts';
import type { ErrorCode } from '../../core/error-table.ts';
import { RenewdError } from '../../core/errors.ts';
import { isSuccess, passing, refused, undocumented, type CodeRow } from '../command-text/result-code.ts';
import { bounded } from '../common/text.ts';

/** Failure codes. 2xx are successes; the object's status says what they amount to. */
export const codeTable: ReadonlyMap<number, CodeRow> = new Map([
  [420, passing('server error, connection closes')],
  [421, passing('server error, try again')],
  [422, passing('abuse detected, account locked for some minutes', 'provider-rate-limited', 10 * minuteMs)],
  [423, passing('no session could be had, try again')],
  [425, passing('service locked, usage exceeded', 'provider-rate-limited', 5 * minuteMs)],
  [500, refused('unknown command')],
  [501, refused('bad option')],
  [502, refused('bad entity value')],
  [503, refused('unknown attribute')],
  [504, refused('attribute missing')],
  [505, refused('attribute value syntax')],
  [506, refused('option value')],
  [507, refused('command format')],
  [508, refused('entity missing')],
  [509, refused('option missing')],
  [510, refused('command failed')],
  [520, passing('server closes the connection')],
  [521, passing('too many sessions')],
  [530, refused('authentication failed', 'provider-unauthorized')],
  [531, refused('not authorised for this object or feature', 'provider-unauthorized')],
  [535, refused('source address not on the allow-list', 'provider-unauthorized')],
  [540, refused('value is not unique', 'provider-conflict')],
  [541, refused('value is invalid')],
  [542, refused('old value is wrong')],
  [543, refused('attribute cannot be changed')],
  [544, refused('object is on hold', 'provider-conflict')],
  [545, refused('object not found', 'provider-object-missing')],
  [546, refused('credit limit exceeded', 'provider-funds')],
  [547, refused('command does not fit the state of the object', 'provider-conflict')],
  [548, refused('object is not up for renewal', 'provider-conflict')],
  [549, refused('command failed')],
]);

export interface Failure {
  readonly command: string;
  /** Undefined when the answer held none, or contradicted itself. */
  readonly resultCode: number | undefined;
  /** The provider's text, secrets removed. */
  readonly description: string;
  /** What carried the answer: "HTTP 502", "EPP 2400". */
  readonly carrier: string;
  /** The carrier says that its server failed: then an answer without a result is a passing matter. */
  readonly serverFailed: boolean;
  readonly repeatable: boolean;
}

/** How long the account rests after this code; undefined when it need not. */
export function pauseAfter(resultCode: number | undefined): number | undefined {
  return resultCode === undefined ? undefined : codeTable.get(resultCode)?.pauseMs;
}

/** For the metric: ok, the kind of failure by documented code, or that it was no answer of the API. */
export function outcomeWord(resultCode: number | undefined): string {
  if (isSuccess(resultCode)) return 'ok';
  if (resultCode === undefined) return 'no-result';
  return codeTable.get(resultCode)?.code ?? 'undocumented-code';
}

/** The error for an answer that is not a success. */
export function failureOf(failure: Failure): RenewdError {
  const { command, resultCode, carrier, repeatable } = failure;
  const text = bounded(failure.description);
  const fields = { command, resultCode, carrier };
  if (resultCode === undefined) {
    const message = `${command}: the answer (${carrier}) is not one of the API`;
    return new RenewdError(withoutResult(failure), message, { fields });
  }
  const row = codeTable.get(resultCode) ?? undocumented(resultCode);
  const message = `${command}: ${resultCode} ${text === '' ? row.meaning : text}`;
  if (!repeatable && row.ambiguous) return new RenewdError('provider-outcome-unknown', message, { fields });
  const details = row.pauseMs === undefined ? { fields } : { fields, retryAfterMs: row.pauseMs };
  return new RenewdError(row.code, message, details);
}

function withoutResult({ serverFailed, repeatable }: Failure): ErrorCode {
  if (!repeatable) return 'provider-outcome-unknown';
  return serverFailed ? 'provider-unavailable' : 'provider-protocol';
}
