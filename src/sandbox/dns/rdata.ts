import { isIPv4, isIPv6 } from 'node:net';
import { DnsFormatError, nameToWire, normalizeName, readName, uint16 } from './name.ts';
import type { WireCursor } from './name.ts';

/** Record types, response codes, and the data of records: between people's text, the wire, and a form to compare. */

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;

/** RFC 1035 §4.1.1, RFC 2136 §2.2, RFC 8945 §3; the last four fit only into a TSIG or an OPT record. */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADTRUNC: 22,
} as const;

/** The types whose data people may write through the API. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'TXT';
export const RECORD_TYPES: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'];

export const rcodeName = (rcode: number): string =>
  Object.entries(RCODE).find(([, value]) => value === rcode)?.[0] ?? `RCODE${rcode}`;

export const typeName = (type: number): string =>
  Object.entries(TYPE).find(([, value]) => value === type)?.[0] ?? `TYPE${type}`;

/** RFC 2136 §1.2 and RFC 6895 §3.1: types that ask, sign or steer and are never data of a zone. */
export const isMetaType = (type: number): boolean =>
  type === 0 || type === TYPE.OPT || (type >= 128 && type <= 255);

/** People's text to wire form. Throws `DnsFormatError` with what would be right. */
export function textToRdata(type: RecordType, value: string | readonly string[]): Buffer {
  if (type === 'TXT') return txtToRdata(value);
  return WRITERS[type]((typeof value === 'string' ? value : value.join(' ')).trim());
}

const WRITERS: Readonly<Record<Exclude<RecordType, 'TXT'>, (text: string) => Buffer>> = {
  A: ipv4ToBytes,
  AAAA: ipv6ToBytes,
  CNAME: (text) => nameToWire(hostLike(text)),
  NS: (text) => nameToWire(hostLike(text)),
  MX: mxToRdata,
};

function mxToRdata(text: string): Buffer {
  const match = /^(\d{1,5})\s+(\S+)$/.exec(text);
  if (match === null || Number(match[1]) > 65_535) {
    throw new DnsFormatError(`"${text}" is no MX value like "10 mail.example.test"`);
  }
  return Buffer.concat([uint16(Number(match[1])), nameToWire(hostLike(match[2] ?? ''))]);
}

function ipv4ToBytes(text: string): Buffer {
  if (!isIPv4(text)) throw new DnsFormatError(`"${text}" is no IPv4 address like 192.0.2.1`);
  return Buffer.from(text.split('.').map(Number));
}

function hostLike(text: string): string {
  if (text === '' || /\s/.test(text)) throw new DnsFormatError(`"${text}" is no domain name`);
  return normalizeName(text);
}

/** RFC 1035 §3.3.14: one or more strings of at most 255 bytes; a longer value is cut into several. */
function txtToRdata(value: string | readonly string[]): Buffer {
  const strings =
    typeof value === 'string'
      ? chunks(Buffer.from(value, 'utf8'))
      : value.map((part) => Buffer.from(part, 'utf8'));
  if (strings.length === 0) throw new DnsFormatError('a TXT record has at least one string');
  if (strings.some((part) => part.length > 255))
    throw new DnsFormatError('a string of a TXT record has 255 bytes at most');
  const data = Buffer.concat(strings.flatMap((part) => [Buffer.of(part.length), part]));
  if (data.length > 65_535) throw new DnsFormatError('a TXT record has 65535 bytes at most');
  return data;
}

function chunks(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < Math.max(bytes.length, 1); start += 255)
    parts.push(bytes.subarray(start, start + 255));
  return parts;
}

function ipv6ToBytes(text: string): Buffer {
  if (!isIPv6(text) || text.includes('%'))
    throw new DnsFormatError(`"${text}" is no IPv6 address like 2001:db8::1`);
  // The URL parser brings every spelling, an embedded IPv4 address included, to the one of RFC 5952.
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.concat(groups.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}

/** The strings of a TXT record. */
function txtStrings(data: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let offset = 0; offset < data.length;) {
    const length = data[offset] ?? 0;
    strings.push(data.subarray(offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return strings;
}

/** A TXT record's value: its strings joined without anything between (RFC 7208 §3.3 and every CA's habit). */
export const txtValue = (data: Buffer): string => Buffer.concat(txtStrings(data)).toString('utf8');

/** For people and for CNAME targets. Names come without the last dot; unknown types as RFC 3597 §5 writes them. */
export function rdataToText(type: number, data: Buffer): string {
  const cursor: WireCursor = { packet: data, offset: 0 };
  switch (type) {
    case TYPE.A:
      return [...data].join('.');
    case TYPE.AAAA: {
      const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(index * 2).toString(16));
      return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
    }
    case TYPE.NS:
    case TYPE.CNAME:
    case TYPE.PTR:
      return readName(cursor);
    case TYPE.MX:
      cursor.offset = 2;
      return `${data.readUInt16BE(0)} ${readName(cursor)}`;
    case TYPE.TXT:
      return txtValue(data);
    case TYPE.SOA: {
      const names = [readName(cursor), readName(cursor)];
      const numbers = Array.from({ length: 5 }, (_, index) => data.readUInt32BE(cursor.offset + index * 4));
      return [...names, ...numbers].join(' ');
    }
    default:
      return `\\# ${data.length} ${data.toString('hex')}`;
  }
}

/**
 * A record's data out of a packet, names inside decompressed (only RFC 1035's types may compress, RFC 3597 §4), and
 * checked: what comes out can always be read again. Empty data is let through, updates use it (RFC 2136 §2.4, §2.5).
 */
export function uncompressRdata(type: number, cursor: WireCursor, end: number): Buffer {
  const raw = cursor.packet.subarray(cursor.offset, end);
  if (raw.length === 0) return Buffer.alloc(0);
  const inner: WireCursor = { packet: cursor.packet.subarray(0, end), offset: cursor.offset };
  const skip = (count: number): Buffer => {
    if (inner.offset + count > end) throw new DnsFormatError('the data of a record ends too early');
    inner.offset += count;
    return cursor.packet.subarray(inner.offset - count, inner.offset);
  };
  const parts: Buffer[] = [];
  switch (type) {
    case TYPE.A:
      parts.push(skip(4));
      break;
    case TYPE.AAAA:
      parts.push(skip(16));
      break;
    case TYPE.NS:
    case TYPE.CNAME:
    case TYPE.PTR:
      parts.push(nameToWire(readName(inner)));
      break;
    case TYPE.MX:
      parts.push(skip(2), nameToWire(readName(inner)));
      break;
    case TYPE.SOA:
      parts.push(nameToWire(readName(inner)), nameToWire(readName(inner)), skip(20));
      break;
    case TYPE.TXT:
      while (inner.offset < end) parts.push(skip(1 + (cursor.packet[inner.offset] ?? 0)));
      break;
    default:
      parts.push(skip(raw.length));
  }
  if (inner.offset !== end) throw new DnsFormatError('the data of a record is longer than its type allows');
  return Buffer.concat(parts);
}

/** Equal exactly when two records have the same data: names inside compare without case (RFC 2136 §1.1.1). */
export function rdataKey(type: number, data: Buffer): string {
  switch (type) {
    case TYPE.NS:
    case TYPE.CNAME:
    case TYPE.PTR:
    case TYPE.MX:
    case TYPE.SOA:
      return rdataToText(type, data).toLowerCase();
    default:
      return data.toString('hex');
  }
}
