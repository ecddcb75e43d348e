/**
 * The API's answers to our errors. No document says how a failure looks ("Possible errors" is empty everywhere), so
 * every usual shape is read for its text and only the HTTP status decides.
 */
import type { ErrorCode } from '../../core/error-table.ts';
import { RenewdError } from '../../core/errors.ts';
import type { HttpAnswer } from '../../vendors/common/http.ts';
import { bounded } from '../../vendors/common/text.ts';
import { isObject, parseJson, type JsonObject } from './wire.ts';

export interface CommandTraits {
  readonly command: string;
  readonly repeatable: boolean;
}

/** Removes what must not be shown from a text of the provider. */
export type Redact = (text: string) => string;

export interface Failure {
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** "field: what is wrong with it" */
  readonly fieldErrors: readonly string[];
}

/** HTTP statuses of requests that were certainly not carried out. Others from 400 to 499 are `provider-rejected`. */
const statusTable: Readonly<Record<number, ErrorCode>> = {
  401: 'provider-unauthorized',
  402: 'provider-funds',
  403: 'provider-unauthorized',
  404: 'provider-object-missing',
  // A server or a proxy that did not look at the request.
  408: 'provider-unavailable',
  425: 'provider-unavailable',
};

const entriesMax = 20;

/**
 * What a body says went wrong: `{error: text}`, `{error: {code, message}}`, `{errors: [{code, message, field}]}`,
 * `{errors: {field: [text]}}`, `{message, code}`, `{detail}`; nothing of an empty body or a page.
 */
export function failureOf(body: string): Failure {
  const root = parseJson(body);
  if (!isObject(root)) return { code: undefined, message: undefined, fieldErrors: [] };
  const { error, errors } = root;
  const inner = isObject(error) ? error : root;
  const listed = Array.isArray(errors) ? errors.slice(0, entriesMax).filter(isObject) : [];
  return {
    code: textOf(inner['code']) ?? textOf(listed[0]?.['code']),
    message:
      (typeof error === 'string' ? error : undefined) ??
      textOf(inner['message']) ??
      textOf(root['detail']) ??
      textOf(listed[0]?.['message']),
    fieldErrors: isObject(errors) ? byField(errors) : listed.flatMap(fieldError),
  };
}

function byField(errors: JsonObject): readonly string[] {
  return Object.entries(errors)
    .slice(0, entriesMax)
    .map(([field, what]) => {
      const texts = (Array.isArray(what) ? what : [what])
        .slice(0, entriesMax)
        .map((one) => textOf(one) ?? '?');
      return `${field}: ${texts.join(' ')}`;
    });
}

function fieldError(entry: JsonObject): readonly string[] {
  const field = textOf(entry['field']);
  const message = textOf(entry['message']);
  return field === undefined ? [] : [message === undefined ? field : `${field}: ${message}`];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Throws the error that an answer means; returns when it is a success. */
export function requireSuccess(answer: HttpAnswer, traits: CommandTraits, redact: Redact): void {
  const { status } = answer;
  if (status < 300) return;
  const body = answer.text();
  const failure = failureOf(body);
  const said = [failure.code, failure.message, ...failure.fieldErrors].filter((part) => part !== undefined);
  const why = said.length === 0 ? '' : `: ${said.join('; ')}`;
  // Redacted before it is cut: half a secret would not be recognised.
  const message = bounded(redact(`Resello answered ${traits.command} with HTTP ${status}${why}`));
  const fields = {
    provider: 'resello',
    command: traits.command,
    httpStatus: status,
    ...(failure.code === undefined ? {} : { code: bounded(redact(failure.code), 40) }),
  };
  throw new RenewdError(codeOf(status, body, traits), message, { fields });
}

function codeOf(status: number, body: string, traits: CommandTraits): ErrorCode {
  // A conflict may mean that the very order exists already: it is looked up by its reference.
  if (status === 409) return traits.repeatable ? 'provider-conflict' : 'provider-outcome-unknown';
  if (status >= 500) return traits.repeatable ? 'provider-unavailable' : 'provider-outcome-unknown';
  // A 404 page is a wrong URL or a proxy's word, not the API's "no such object".
  if (status === 404 && /^\s*</.test(body)) return 'provider-protocol';
  return statusTable[status] ?? 'provider-rejected';
}

/** An answer with a good status that is no answer of the API. */
export function unreadable(traits: CommandTraits, what: string): RenewdError {
  const message = `Resello accepted ${traits.command}, but ${what}`;
  return new RenewdError(traits.repeatable ? 'provider-protocol' : 'provider-outcome-unknown', message, {
    fields: { provider: 'resello', command: traits.command },
  });
}
