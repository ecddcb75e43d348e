/** Resource records as UpdateDNSZone takes them and QueryDNSZoneRRList prints them: `name ttl IN TYPE data`. */
import { isIPv4, isIPv6 } from 'node:net';
import { Refusal } from './answers.ts';

/** The types the sandbox's name server can be given. */
export type WritableType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'TXT';
const WRITABLE: readonly WritableType[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'];

export interface ResourceRecord {
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly ttl: number;
  readonly type: string;
  /** Names in it in lower case and without the last dot, texts without quotes. */
  readonly data: string;
}

/** A record as given, before what it leaves out is filled in. */
export interface GivenRecord extends Omit<ResourceRecord, 'ttl' | 'type'> {
  readonly type: WritableType;
  readonly ttl: number | undefined;
  /** TXT data stood in quotes. */
  readonly quoted: boolean;
}

const LABEL = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/;

/** Relative names and `@` belong to the zone. Throws a `Refusal`. */
export function parseRecord(text: string, origin: string): GivenRecord {
  const bad = (): Refusal => new Refusal(505, `resource record [${text}]`);
  if (text.length > 4096) throw bad();
  const head = /^(\S+)((?:\s+(?:\d+|IN))*)\s+([A-Za-z]+)\s+(\S.*)$/i.exec(text.trim());
  const type = WRITABLE.find((each) => each === head?.[3]?.toUpperCase());
  const name = absolute(head?.[1] ?? '', origin);
  const middle = (head?.[2] ?? '').trim().split(/\s+/);
  const numbers = middle.filter((word) => /^\d+$/.test(word));
  if (type === undefined || name === undefined || numbers.length > 1) throw bad();
  if (name !== origin && !name.endsWith(`.${origin}`)) {
    throw new Refusal(541, `resource record [${text}] is outside of the zone`);
  }
  const ttl = numbers[0] === undefined ? undefined : Number(numbers[0]);
  if (ttl !== undefined && ttl > 2_147_483_647) throw bad();
  const given = (head?.[4] ?? '').trim();
  const data = canonicalData(type, given, origin);
  if (data === undefined) throw bad();
  return { name, ttl, type, data, quoted: given.startsWith('"') };
}

/** With a last dot it is whole; without, it continues with the zone's. Undefined: no name. */
function absolute(text: string, origin: string): string | undefined {
  const lower = text.toLowerCase();
  const name = lower === '@' ? origin : lower.endsWith('.') ? lower.slice(0, -1) : `${lower}.${origin}`;
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label)) ? name : undefined;
}

function canonicalData(type: WritableType, text: string, origin: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(text) ? text : undefined;
    case 'AAAA':
      return isIPv6(text) && !text.includes('%')
        ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
        : undefined;
    case 'CNAME':
    case 'NS':
      return /\s/.test(text) ? undefined : absolute(text, origin);
    case 'MX': {
      const match = /^(\d{1,5})\s+(\S+)$/.exec(text);
      const host = absolute(match?.[2] ?? '', origin);
      return match === null || host === undefined || Number(match[1]) > 65_535
        ? undefined
        : `${Number(match[1])} ${host}`;
    }
    case 'TXT':
    default:
      return text.startsWith('"') ? unquoted(text) : text;
  }
}

/** One or more quoted strings, put together. */
function unquoted(text: string): string | undefined {
  if (!/^("(?:[^"\\]|\\.)*"\s*)+$/.test(text)) return undefined;
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map(([, inside = '']) => inside.replace(/\\(.)/g, '$1'))
    .join('');
}

export function recordText({ name, ttl, type, data }: ResourceRecord): string {
  return `${name}. ${ttl} IN ${type} ${dataText(type, data)}`;
}

function dataText(type: string, data: string): string {
  switch (type) {
    case 'CNAME':
    case 'NS':
    case 'MX':
    case 'PTR':
      return `${data}.`;
    case 'TXT':
      return `"${data.replace(/["\\]/g, '\\$&')}"`;
    case 'SOA': {
      const [server, mailbox, ...numbers] = data.split(' ');
      return [`${server}.`, `${mailbox}.`, ...numbers].join(' ');
    }
    default:
      return data;
  }
}

export const sameRecord = (
  a: Pick<ResourceRecord, 'name' | 'type' | 'data'>,
  b: Pick<ResourceRecord, 'name' | 'type' | 'data'>,
): boolean => a.name === b.name && a.type === b.type && a.data === b.data;

export const isWritable = (type: string): type is WritableType => WRITABLE.some((each) => each === type);
