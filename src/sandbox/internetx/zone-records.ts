/** Resource records as zone requests carry them: name, type and value, or a whole line in `raw`. */
import { isWithin, normalizeName } from '../dns/name.ts';
import { RECORD_TYPES } from '../dns/index.ts';
import type { RecordType } from '../dns/index.ts';
import type { RecordBody } from './bodies.ts';
import { wrongValue } from './envelope.ts';
import type { ApiError } from './envelope.ts';

export interface RequestedRecord {
  /** Absolute, lower case, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  readonly value: string;
  /** Seconds; absent: the zone's default. */
  readonly ttl?: number;
}

/** Owner, then TTL and class in either order or not at all (RFC 1035 §5.1), type, data. */
const LINE = /^(\S+)\s+(?:(\d+)\s+)?(?:IN\s+)?(?:(\d+)\s+)?([A-Za-z]+)\s+(\S[\s\S]*)$/i;

/** `field` is what the refusal names: `adds[0]`. */
export function readRecord(body: RecordBody, origin: string, task: string, field: string): RequestedRecord {
  const raw = body.raw ?? undefined;
  const parts = raw === undefined ? body : readLine(raw, task, field);
  const given = (parts.type ?? '').toUpperCase();
  const type = RECORD_TYPES.find((known) => known === given);
  if (type === undefined) throw wrongValue(task, `${field}.type`, given);
  const value = parts.value ?? '';
  if (value === '') throw wrongValue(task, `${field}.value`, 'missing');
  const name = absoluteName(parts.name ?? '', origin);
  if (name === undefined) throw wrongValue(task, `${field}.name`, parts.name ?? '');
  const ttl = parts.ttl ?? 0;
  const pref = body.pref ?? undefined;
  return {
    name,
    type,
    value: type === 'MX' && pref !== undefined ? `${pref} ${value}` : value,
    ...(ttl === 0 ? {} : { ttl }),
  };
}

function readLine(
  line: string,
  task: string,
  field: string,
): { name: string; type: string; value: string; ttl?: number } {
  const wrong = (): ApiError => wrongValue(task, `${field}.raw`, line);
  const match = LINE.exec(line.trim());
  if (match === null) throw wrong();
  const [, name = '', before, after, type = '', data = ''] = match;
  const ttl = before ?? after;
  const value = type.toUpperCase() === 'TXT' ? textData(data) : data.trim();
  if (value === undefined) throw wrong();
  return { name, type, value, ...(ttl === undefined ? {} : { ttl: Number(ttl) }) };
}

/** Quoted strings one after the other, or one word. */
function textData(data: string): string | undefined {
  const trimmed = data.trim();
  if (!trimmed.includes('"')) return /\s/.test(trimmed) ? undefined : trimmed;
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s.test(trimmed)) return undefined;
  return [...trimmed.matchAll(/"((?:[^"\\]|\\.)*)"/gs)]
    .map(([, text = '']) => text.replace(/\\(.)/gs, '$1'))
    .join('');
}

/** With a dot at the end the name is complete; without, it lies within the zone; none or `@` is the zone itself. */
function absoluteName(name: string, origin: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed === '@') return origin;
  if (!trimmed.endsWith('.')) return `${normalizeName(trimmed)}.${origin}`;
  const absolute = normalizeName(trimmed);
  return isWithin(absolute, origin) ? absolute : undefined;
}

/** As the sandbox's name server would print the value it was given. */
export function printedValue({ type, value }: RequestedRecord): string {
  return type === 'TXT' ? value : value.trim().replace(/\.$/, '').toLowerCase();
}
