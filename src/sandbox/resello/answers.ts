/** Answers: JSON in one of the envelopes, lists in pages, errors in one of the shapes. */
import type { SimulatorAnswer } from '../contract.ts';
import type { Json, JsonObject } from './json.ts';
import type { ReselloOptions } from './options.ts';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

/** Ends a request with an error answer. The document has no error codes; these words are the sandbox's own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, problems: readonly Problem[], headers: Readonly<Record<string, string>> = {}) {
    super(problems.map(({ message }) => message).join(' '));
    this.status = status;
    this.problems = problems;
    this.headers = headers;
  }
}

export const refusal = (status: number, code: string, message: string): ApiError =>
  new ApiError(status, [{ code, message }]);

/** Word to HTTP status, for errors ordered by word. */
export const STATUS_BY_CODE: ReadonlyMap<string, number> = new Map([
  ['invalid', 400],
  ['required', 400],
  ['unauthorized', 401],
  ['insufficient_credit', 402],
  ['forbidden', 403],
  ['not_found', 404],
  ['method_not_allowed', 405],
  ['conflict', 409],
  ['unsupported_media_type', 415],
  ['rate_limited', 429],
  ['internal_error', 500],
  ['unavailable', 503],
]);

const JSON_TYPE = { 'content-type': 'application/json' };

function jsonAnswer(
  status: number,
  value: Json,
  headers: Readonly<Record<string, string>> = {},
): SimulatorAnswer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

export function objectAnswer(options: ReselloOptions, value: Json, status = 200): SimulatorAnswer {
  const wrapped = options.envelope === 'result' || options.envelope === 'data';
  return jsonAnswer(status, wrapped ? { [options.envelope]: value } : value);
}

export interface ListRequest {
  readonly query: URLSearchParams;
  /** As asked, with the base path. */
  readonly path: string;
  readonly host: string;
}

export function listAnswer(
  options: ReselloOptions,
  rows: readonly Json[],
  request: ListRequest,
): SimulatorAnswer {
  const { pagination } = options;
  if (pagination === undefined) return jsonAnswer(200, listBody(options, rows, {}));
  const page = Number(request.query.get('page') ?? '1');
  if (!Number.isSafeInteger(page) || page < 1) {
    throw new ApiError(options.invalidStatus, [
      { code: 'invalid', field: 'page', message: 'page: a whole number from 1 would be right.' },
    ]);
  }
  const start = (page - 1) * pagination.pageSize;
  const more = start + pagination.pageSize < rows.length;
  const following = more ? page + 1 : pagination.endless === true ? 1 : undefined;
  const next = following === undefined ? null : pageAddress(pagination.origin, request, following);
  const shown = rows.slice(start, start + pagination.pageSize);
  switch (pagination.form) {
    case 'link-header':
      return jsonAnswer(
        200,
        listBody(options, shown, {}),
        next === null ? {} : { link: `<${next}>; rel="next"` },
      );
    case 'links':
      return jsonAnswer(200, listBody(options, shown, { links: { next } }));
    case 'next':
    default:
      return jsonAnswer(200, listBody(options, shown, { count: rows.length, next }));
  }
}

function listBody(options: ReselloOptions, rows: readonly Json[], beside: JsonObject): Json {
  if (options.envelope !== 'plain') return { ...beside, [options.envelope]: rows };
  // A bare list has no room for anything beside it.
  return Object.keys(beside).length === 0 ? rows : { ...beside, results: rows };
}

function pageAddress(origin: string, request: ListRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  const target = `${request.path}?${query.toString()}`;
  if (origin === 'relative') return target;
  return (origin === 'own' ? `http://${request.host}` : origin) + target;
}

export function attachment(name: string, content: string | Buffer): SimulatorAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
    },
    body: content,
  };
}

export function errorAnswer(options: ReselloOptions, error: ApiError): SimulatorAnswer {
  const { status, headers, problems, message } = error;
  const code = problems[0]?.code ?? 'error';
  const json = (value: Json): SimulatorAnswer => jsonAnswer(status, value, headers);
  switch (options.errors) {
    case 'text':
      return json({ error: message });
    case 'object':
      return json({ error: { code, message } });
    case 'fields':
      return json({ errors: byField(problems) });
    case 'message':
      return json({ message, code });
    case 'detail':
      return json({ detail: message });
    case 'empty':
      return { status, headers, body: '' };
    case 'html':
      return {
        status,
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
        body: `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`,
      };
    case 'list':
    default:
      return json({ errors: problems.map((problem): JsonObject => ({ ...problem })) });
  }
}

function byField(problems: readonly Problem[]): JsonObject {
  const fields = new Map<string, string[]>();
  for (const { field = 'non_field_errors', message } of problems) {
    fields.set(field, [...(fields.get(field) ?? []), message]);
  }
  return Object.fromEntries(fields);
}
