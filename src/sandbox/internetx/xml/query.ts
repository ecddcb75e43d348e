/** List inquiries: `view`, `where`, `order` and `key` as the body that the JSON API's `_search` routes take. */
import { localTime } from '../dates.ts';
import type { JsonObject } from '../envelope.ts';
import type { TaskRequest } from './requests.ts';
import type { TaskObject } from './task-object.ts';

/** All of the vendor's help page "Running List Inquiries". */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['eq', 'EQUAL'],
  ['ne', 'NOT_EQUAL'],
  ['like', 'LIKE'],
  ['gt', 'GREATER'],
  ['ge', 'GREATER_EQUAL'],
  ['lt', 'LESS'],
  ['le', 'LESS_EQUAL'],
]);

/** Keys spelled otherwise than in the JSON API. */
const JSON_KEYS: ReadonlyMap<string, string> = new Map([
  ['order_id', 'orderId'],
  ['sub_status', 'subStatus'],
  ['sub_type', 'subType'],
]);
const jsonKey = (key: string): string => JSON_KEYS.get(key) ?? key;

const DATES = new Set(['created', 'updated', 'expire']);

/** Each part may be missing; several `where` hold together. */
export function queryRequest(task: TaskObject): TaskRequest {
  const [view] = task.parts('view', (part) => ({
    limit: part.count('limit'),
    offset: part.count('offset'),
    children: part.flag('children'),
  }));
  const filters = task.parts('where', filterOf);
  const orders = task.parts('order', (part): JsonObject => ({
    key: jsonKey(part.text('key') ?? ''),
    type: (part.text('mode') ?? 'asc').toUpperCase(),
  }));
  return { body: { view, filters, orders }, keys: task.texts('key').map(jsonKey) };
}

/** The help page "Certificate Job List" and the fields of its sample; a job is shown whole whatever is asked for. */
const JOB_FIELDS = new Set(
  'id owner updater object parent status subStatus created updated type subType action execution'.split(' '),
);

export function jobQuery(task: TaskObject): TaskRequest {
  const request = queryRequest(task);
  const unknown = request.keys?.find((key) => !JOB_FIELDS.has(key));
  if (unknown !== undefined) throw task.wrong('key', unknown);
  return request;
}

/**
 * One condition, or conditions each in an element that says how it is linked with its neighbours: `<and>` or `<or>`. Where
 * both stand side by side, "and" binds closer, as the help page "List Inquire" says.
 */
function filterOf(part: TaskObject): JsonObject {
  const all = part.parts('and', filterOf);
  const any = part.parts('or', filterOf);
  if (any.length > 0) {
    return { link: 'OR', filters: [...(all.length > 0 ? [{ link: 'AND', filters: all }] : []), ...any] };
  }
  return all.length > 0 ? { link: 'AND', filters: all } : condition(part);
}

function condition(part: TaskObject): JsonObject {
  const operator = part.text('operator') ?? 'eq';
  const known = OPERATORS.get(operator.toLowerCase());
  if (known === undefined) throw part.wrong('operator', operator);
  const key = jsonKey(part.text('key') ?? '');
  const value = part.text('value');
  return { key, operator: known, value: DATES.has(key) && value !== undefined ? zoned(value) : value };
}

const HOUR_MS = 3_600_000;

/** A moment as the gateway writes it has no zone: it is German local time. Anything else stays as it is. */
function zoned(value: string): string {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) return value;
  const wallClock = value.replace(' ', 'T');
  const asUtc = Date.parse(`${wallClock}Z`);
  if (Number.isNaN(asUtc)) return value;
  const candidates = [2, 1].map((hours) => localTime(new Date(asUtc - hours * HOUR_MS)));
  return candidates.find((candidate) => candidate.startsWith(wallClock)) ?? value;
}
