/**
 * Result codes of the API as errors of ours: one row per documented code, and the one rule that protects money. A
 * paid command that ended with a code which does not rule out that it was carried out is `provider-outcome-unknown`.
 *
 * Sources: knowledge base api/return-codes/index.md; 425 and 510 from the sister API's documents.
 */
import { minuteMs } from '../../core/durations.ts';
import type { ErrorCode } from '../../core/error-table.ts';
import { RenewdError } from '../../core/errors.ts';
import { passing, refused, undocumented, type CodeRow } from '../command-text/result-code.ts';
import { bounded } from '../common/text.ts';

/** Failure codes. 2xx are successes; the object's status says what they amount to. */
export const codeTable: Readonly<Record<number, CodeRow>> = {
  420: passing('server error, connection closes'),
  421: passing('server error, try again'),
  // "Some minutes" of lock in the documents; going on meanwhile could prolong it.
  422: passing('abuse detected, account locked for some minutes', 'provider-rate-limited', 10 * minuteMs),
  423: passing('socket error'),
  425: passing('service locked, usage exceeded', 'provider-rate-limited', 5 * minuteMs),
  500: refused('unknown command'),
  501: refused('bad option'),
  502: refused('bad entity value'),
  503: refused('unknown attribute'),
  504: refused('attribute missing'),
  505: refused('attribute value syntax'),
  506: refused('option value'),
  507: refused('command format'),
  508: refused('entity missing'),
  509: refused('option missing'),
  510: refused('command failed'),
  520: passing('server closes the connection'),
  521: passing('too many sessions'),
  530: refused('authentication failed', 'provider-unauthorized'),
  531: refused('not authorised for this object or feature', 'provider-unauthorized'),
  532: refused('domains linked with the contact'),
  533: refused('domains linked with the name server'),
  534: refused('domain specific'),
  535: refused('source address not on the allow-list', 'provider-unauthorized'),
  536: refused('domain specific'),
  540: refused('value is not unique', 'provider-conflict'),
  541: refused('value is invalid'),
  542: refused('old value is wrong'),
  543: refused('attribute cannot be changed'),
  544: refused('object is on hold', 'provider-conflict'),
  545: refused('object not found', 'provider-object-missing'),
  546: refused('credit limit exceeded', 'provider-funds'),
  547: refused('command does not fit the state of the object', 'provider-conflict'),
  548: refused('object is not up for renewal', 'provider-conflict'),
  549: refused('command failed'),
  550: refused('domain specific'),
  551: refused('domain specific'),
  552: refused('domain specific'),
  553: refused('domain specific'),
  554: refused('domain specific'),
  555: refused('domain specific'),
  556: refused('domain specific'),
  557: refused('object status prohibits the operation', 'provider-conflict'),
  560: refused('resource disabled'),
  561: refused('resource in use'),
  562: refused('mail specific'),
  563: refused('mail specific'),
  564: refused('mail specific'),
};

export interface Failure {
  readonly command: string;
  /** Undefined when the answer held none. */
  readonly resultCode: number | undefined;
  /** The provider's text, secrets removed. */
  readonly description: string;
  readonly httpStatus: number;
  /** True for commands that cost money or create something. */
  readonly paid: boolean;
  /** "FAIL" and digits: only the provider's support can use it. */
  readonly supportId?: string;
}

/** How long the account rests after this code; undefined when it need not. */
export function pauseAfter(resultCode: number | undefined): number | undefined {
  return resultCode === undefined ? undefined : codeTable[resultCode]?.pauseMs;
}

/** The error for an answer that is not a success. */
export function failureOf(failure: Failure): RenewdError {
  const { command, resultCode, httpStatus, paid } = failure;
  const text = bounded(failure.description);
  const fields = { command, resultCode, httpStatus, supportId: failure.supportId };
  if (resultCode === undefined) {
    const message = `${command}: the answer (HTTP ${httpStatus}) is not one of the API`;
    return new RenewdError(withoutResult(httpStatus, paid), message, { fields });
  }
  const row = codeTable[resultCode] ?? undocumented(resultCode);
  const message = `${command}: ${resultCode} ${text === '' ? row.meaning : text}`;
  if (paid && row.ambiguous) return new RenewdError('provider-outcome-unknown', message, { fields });
  const details = row.pauseMs === undefined ? { fields } : { fields, retryAfterMs: row.pauseMs };
  return new RenewdError(row.code, message, details);
}

function withoutResult(httpStatus: number, paid: boolean): ErrorCode {
  if (paid) return 'provider-outcome-unknown';
  return httpStatus >= 500 ? 'provider-unavailable' : 'provider-protocol';
}
