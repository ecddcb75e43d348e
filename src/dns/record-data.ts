/** The data part of resource records: the types that renewd reads or writes, anything else as raw octets. */
import { ipv4Octets, ipv4Text, ipv6Octets, ipv6Text } from './address-text.ts';
import { recordTypes } from './codes.ts';
import { malformed } from './malformed.ts';
import { readName, writeName } from './name.ts';
import type { OctetReader, OctetWriter } from './octets.ts';

export interface SoaData {
  readonly kind: 'SOA';
  readonly primary: string;
  readonly mailbox: string;
  readonly serial: number;
  /** Seconds, all four. */
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** RFC 8945 §4.2. */
export interface TsigData {
  readonly kind: 'TSIG';
  readonly algorithm: string;
  /** Seconds since 1970, 48 bits. */
  readonly timeSigned: number;
  /** Seconds. */
  readonly fudge: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  readonly error: number;
  readonly other: Uint8Array;
}

export type RecordData =
  | { readonly kind: 'A'; readonly address: string }
  | { readonly kind: 'AAAA'; readonly address: string }
  | { readonly kind: 'NS'; readonly target: string }
  | { readonly kind: 'CNAME'; readonly target: string }
  | { readonly kind: 'TXT'; readonly segments: readonly Uint8Array[] }
  | SoaData
  | TsigData
  | {
      readonly kind: 'OPT';
      readonly options: readonly { readonly code: number; readonly value: Uint8Array }[];
    }
  /** Types not listed above, and the empty data that updates use (RFC 2136 §2.4, §2.5). */
  | { readonly kind: 'raw'; readonly octets: Uint8Array };

function readSegments(reader: OctetReader, end: number): Uint8Array[] {
  const segments: Uint8Array[] = [];
  while (reader.position < end) segments.push(reader.take(reader.u8()));
  return segments;
}

function readSoa(reader: OctetReader): SoaData {
  return {
    kind: 'SOA',
    primary: readName(reader),
    mailbox: readName(reader),
    serial: reader.u32(),
    refresh: reader.u32(),
    retry: reader.u32(),
    expire: reader.u32(),
    minimum: reader.u32(),
  };
}

function readTsig(reader: OctetReader): TsigData {
  return {
    kind: 'TSIG',
    algorithm: readName(reader),
    timeSigned: reader.u48(),
    fudge: reader.u16(),
    mac: reader.take(reader.u16()),
    originalId: reader.u16(),
    error: reader.u16(),
    other: reader.take(reader.u16()),
  };
}

function readOptions(reader: OctetReader, end: number): RecordData {
  const options: { code: number; value: Uint8Array }[] = [];
  while (reader.position < end) options.push({ code: reader.u16(), value: reader.take(reader.u16()) });
  return { kind: 'OPT', options };
}

function readKnown(reader: OctetReader, type: number, length: number): RecordData {
  const end = reader.position + length;
  switch (type) {
    case recordTypes.A:
      return { kind: 'A', address: ipv4Text(reader.take(4)) };
    case recordTypes.AAAA:
      return { kind: 'AAAA', address: ipv6Text(reader.take(16)) };
    case recordTypes.NS:
      return { kind: 'NS', target: readName(reader) };
    case recordTypes.CNAME:
      return { kind: 'CNAME', target: readName(reader) };
    case recordTypes.TXT:
      return { kind: 'TXT', segments: readSegments(reader, end) };
    case recordTypes.SOA:
      return readSoa(reader);
    case recordTypes.TSIG:
      return readTsig(reader);
    case recordTypes.OPT:
      return readOptions(reader, end);
    default:
      return { kind: 'raw', octets: reader.take(length) };
  }
}

/** Reads exactly `length` octets of data. Throws when the data does not fill them exactly. */
export function readRecordData(reader: OctetReader, type: number, length: number): RecordData {
  const end = reader.position + length;
  if (end > reader.bytes.length) throw malformed('a record ends early');
  // An OPT record without options is a usual one; any other record without data has a meaning in updates only.
  if (length === 0 && type !== recordTypes.OPT) return { kind: 'raw', octets: new Uint8Array() };
  const data = readKnown(reader, type, length);
  if (reader.position !== end)
    throw malformed(`the data of a record of type ${type} does not fit its length`);
  return data;
}

function writeTsig(writer: OctetWriter, data: TsigData): void {
  writeName(writer, data.algorithm);
  writer.u48(data.timeSigned);
  writer.u16(data.fudge);
  writer.u16(data.mac.length);
  writer.put(data.mac);
  writer.u16(data.originalId);
  writer.u16(data.error);
  writer.u16(data.other.length);
  writer.put(data.other);
}

/** Writes data without its length. Names inside are not compressed (RFC 3597 §4). */
export function writeRecordData(writer: OctetWriter, data: RecordData): void {
  switch (data.kind) {
    case 'A':
      writer.put(ipv4Octets(data.address));
      break;
    case 'AAAA':
      writer.put(ipv6Octets(data.address));
      break;
    case 'NS':
    case 'CNAME':
      writeName(writer, data.target);
      break;
    case 'TXT':
      for (const segment of data.segments) {
        if (segment.length > 255) throw malformed('a TXT segment is longer than 255 octets');
        writer.u8(segment.length);
        writer.put(segment);
      }
      break;
    case 'SOA':
      writeName(writer, data.primary);
      writeName(writer, data.mailbox);
      for (const field of [data.serial, data.refresh, data.retry, data.expire, data.minimum])
        writer.u32(field);
      break;
    case 'TSIG':
      writeTsig(writer, data);
      break;
    case 'OPT':
      for (const { code, value } of data.options) {
        writer.u16(code);
        writer.withLength16(() => writer.put(value));
      }
      break;
    case 'raw':
      writer.put(data.octets);
      break;
  }
}
