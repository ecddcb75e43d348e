/** Request bodies: one JSON object of texts, whatever label it carries; the document's samples label it as a form. */
import type { SimulatorRequest } from '../contract.ts';
import { isRecord, messageOf } from '../guards.ts';
import { ApiError, refusal } from './answers.ts';
import type { Problem } from './answers.ts';
import type { ReselloOptions } from './options.ts';
import type { DcvMethod, Fields } from './world.ts';

const SHARED = [
  'csr',
  'dcv_type',
  'chamber_of_commerce',
  'company_name',
  'department',
  'address',
  'city',
  'approver_first_name',
  'approver_last_name',
  'approver_email_address',
  'approver_phone_number',
  'zip_code',
  'client_reference',
] as const;

/** The tables of the document, by heading. */
export const FIELDS = {
  create: [...SHARED, 'plan', 'ee_reference_order_id'],
  renew: [...SHARED, 'plan'],
  reissue: SHARED,
  validate: ['dcv_type', 'email_address', 'domain'],
} as const satisfies Record<string, readonly string[]>;

const LABELS = ['application/json', 'application/x-www-form-urlencoded'];

/** The body's texts; explicit nulls count as absent. */
export function readFields(
  request: SimulatorRequest,
  known: readonly string[],
  options: ReselloOptions,
): Fields {
  const label = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (label !== '' && !LABELS.includes(label)) {
    throw refusal(
      415,
      'unsupported_media_type',
      `A body labelled ${label} is not read; JSON would be right.`,
    );
  }
  const fields = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [field, value] of Object.entries(parseObject(request.body))) {
    if (!known.includes(field)) {
      if (options.unknownFields === 'refused') {
        problems.push({ code: 'unknown_field', field, message: `${field}: there is no such field here.` });
      }
    } else if (typeof value === 'string') fields.set(field, value);
    else if (value !== null) {
      problems.push({ code: 'invalid', field, message: `${field}: a string would be right.` });
    }
  }
  if (problems.length > 0) throw new ApiError(options.invalidStatus, problems);
  return fields;
}

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw refusal(400, 'invalid', `The body is no JSON: ${messageOf(error)}`);
  }
  if (!isRecord(value)) throw refusal(400, 'invalid', 'The body is no JSON object.');
  return value;
}

/** Query parameters besides `known` are refused like fields. */
export function checkQuery(query: URLSearchParams, known: readonly string[], options: ReselloOptions): void {
  if (options.unknownFields === 'ignored') return;
  const problems = [...query.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code: 'unknown_field',
      field: name,
      message: `${name}: there is no such parameter here.`,
    }));
  if (problems.length > 0) throw new ApiError(options.invalidStatus, problems);
}

const METHODS: readonly DcvMethod[] = ['EMAIL', 'FILE', 'DNS'];

export const dcvMethodOf = (text: string | undefined): DcvMethod | undefined =>
  METHODS.find((method) => method === text);

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
