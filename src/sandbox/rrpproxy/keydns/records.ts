/** Resource records as text: `owner ttl IN type data` in both directions. */
import { RECORD_TYPES } from '../../dns/index.ts';
import { textToRdata } from '../../dns/rdata.ts';
import { Refusal } from '../answers.ts';
import type { RrpproxyOptions } from '../options.ts';
import { isWithin } from './zones.ts';
import type { KeyDnsZone, ZoneRecord } from './zones.ts';

/** What the knowledge base's samples use where none is given. */
const DEFAULT_TTL_SECONDS = 28_800;
/** "TTLs will be increased to 60 seconds if less than 60 seconds". */
const LEAST_TTL_SECONDS = 60;
const LINE_LENGTH_MAX = 5000;

/** Words and quoted strings, the latter with their quotes. */
function tokens(line: string): string[] {
  return line.match(/"(?:\\.|[^"\\])*"|[^\s"]+/g) ?? [];
}

const unquoted = (token: string): string => token.slice(1, -1).replace(/\\(.)/g, '$1');

/** 255 bytes fit into one string of a TXT record. */
function quoted(text: string): string {
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  for (let at = 0; at < Math.max(bytes.length, 1); at += 255) {
    parts.push(
      `"${bytes
        .subarray(at, at + 255)
        .toString()
        .replace(/["\\]/g, String.raw`\$&`)}"`,
    );
  }
  return parts.join(' ');
}

function ownerOf(text: string, zone: KeyDnsZone, parameter: string): string {
  const lower = text.toLowerCase();
  let owner = `${lower}.${zone.name}`;
  if (lower === '@') owner = zone.name;
  else if (lower.endsWith('.')) owner = lower.slice(0, -1);
  if (!isWithin(owner, zone.name)) throw new Refusal(541, `${parameter} ${text} lies outside the zone`);
  return owner;
}

/** A name in a record's data. Without final dot it goes on below the zone, as in every zone file. */
function hostOf(text: string, zone: KeyDnsZone, options: RrpproxyOptions): string {
  const lower = text.toLowerCase();
  if (lower === '@') return zone.name;
  if (lower.endsWith('.')) return lower.slice(0, -1);
  return options.undottedTargets === 'absolute' ? lower : `${lower}.${zone.name}`;
}

function dataOf(
  type: ZoneRecord['type'],
  words: readonly string[],
  zone: KeyDnsZone,
  options: RrpproxyOptions,
): string {
  switch (type) {
    case 'TXT':
      return words[0]?.startsWith('"') === true
        ? words.map((word) => (word.startsWith('"') ? unquoted(word) : word)).join('')
        : words.join(' ');
    case 'CNAME':
    case 'NS':
      return hostOf(words.join(' '), zone, options);
    case 'MX':
      return `${words[0] ?? ''} ${hostOf(words.slice(1).join(' '), zone, options)}`;
    default:
      return words.join(' ');
  }
}

/** A record to be stored. `parameter` names it in refusals: `ADDRR0`. */
export function parseRecord(
  line: string,
  parameter: string,
  zone: KeyDnsZone,
  options: RrpproxyOptions,
): ZoneRecord {
  if (line.length > LINE_LENGTH_MAX) throw new Refusal(505, parameter);
  const [owner = '', ...rest] = tokens(line);
  let ttl = DEFAULT_TTL_SECONDS;
  while (/^(\d{1,9}|IN)$/i.test(rest[0] ?? '')) {
    const word = rest.shift() ?? '';
    if (!/^IN$/i.test(word)) ttl = Number(word);
  }
  const [typeText = '', ...words] = rest;
  const type = RECORD_TYPES.find((candidate) => candidate === typeText.toUpperCase());
  if (type === undefined || words.length === 0) throw new Refusal(505, parameter);
  const data = dataOf(type, words, zone, options);
  try {
    textToRdata(type, data);
  } catch {
    throw new Refusal(505, parameter);
  }
  return { owner: ownerOf(owner, zone, parameter), type, ttl: Math.max(ttl, LEAST_TTL_SECONDS), data };
}

/** The data as listed: names with final dot, text in quotes. */
export function contentOf({ type, data }: ZoneRecord): string {
  switch (type) {
    case 'TXT':
      return quoted(data);
    case 'CNAME':
    case 'NS':
    case 'MX':
      return `${data}.`;
    default:
      return data;
  }
}

export function listedOwner(owner: string, zone: KeyDnsZone, form: RrpproxyOptions['keyDnsOwners']): string {
  if (form === 'absolute') return `${owner}.`;
  return owner === zone.name ? '@' : owner.slice(0, -zone.name.length - 1);
}

export function recordLine(
  record: ZoneRecord,
  zone: KeyDnsZone,
  form: RrpproxyOptions['keyDnsOwners'],
): string {
  return `${listedOwner(record.owner, zone, form)} ${record.ttl} IN ${record.type} ${contentOf(record)}`;
}

/** Letters outside quotes compare without case, blanks as one; nothing else is forgiven. */
function canonical(line: string): string {
  return tokens(line)
    .map((token) => (token.startsWith('"') ? token : token.toLowerCase()))
    .join(' ');
}

/** Deleting takes the stored line again: same TTL, same quotes; the owner in either form. */
export function isStoredAs(line: string, record: ZoneRecord, zone: KeyDnsZone): boolean {
  if (line.length > LINE_LENGTH_MAX) return false;
  const given = canonical(line);
  return (['relative', 'absolute'] as const).some(
    (form) => canonical(recordLine(record, zone, form)) === given,
  );
}
