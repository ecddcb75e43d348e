import { DnsFormatError, labels, nameToWire, readName, uint16 } from './name.ts';
import type { WireCursor } from './name.ts';
import { TYPE, uncompressRdata } from './rdata.ts';

/**
 * The DNS message format (RFC 1035 §4, RFC 2136 §2, RFC 6891 §6). Decoding never trusts a length or a pointer and throws
 * `DnsFormatError` for everything that does not fit.
 */

export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Names inside are not compressed. */
  readonly data: Buffer;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly rcode: number;
  /** Question, or zone in an update. */
  readonly questions: readonly DnsQuestion[];
  /** Answer, or prerequisites in an update. */
  readonly answers: readonly DnsRecord[];
  /** Authority, or updates in an update. */
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export interface DecodedMessage extends DnsMessage {
  /** Where the last additional record begins: a TSIG signs everything before it. */
  readonly lastRecordOffset: number;
}

export const HEADER_BYTES = 12;

export function decodeMessage(packet: Buffer): DecodedMessage {
  if (packet.length < HEADER_BYTES) throw new DnsFormatError('shorter than a header');
  const flags = packet.readUInt16BE(2);
  const cursor: WireCursor = { packet, offset: HEADER_BYTES };
  const questions: DnsQuestion[] = [];
  for (let count = packet.readUInt16BE(4); count > 0; count -= 1) {
    questions.push({ name: readName(cursor), type: readUint16(cursor), class: readUint16(cursor) });
  }
  const answers = readRecords(cursor, packet.readUInt16BE(6)).records;
  const authorities = readRecords(cursor, packet.readUInt16BE(8)).records;
  const additional = readRecords(cursor, packet.readUInt16BE(10));
  if (cursor.offset !== packet.length) throw new DnsFormatError('bytes behind the end of the message');
  return {
    id: packet.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    rcode: flags & 0x0f,
    questions,
    answers,
    authorities,
    additionals: additional.records,
    lastRecordOffset: additional.lastOffset,
  };
}

function readRecords(cursor: WireCursor, count: number): { records: DnsRecord[]; lastOffset: number } {
  const records: DnsRecord[] = [];
  let lastOffset = cursor.offset;
  for (let left = count; left > 0; left -= 1) {
    lastOffset = cursor.offset;
    const name = readName(cursor);
    const type = readUint16(cursor);
    const recordClass = readUint16(cursor);
    const ttl = readUint16(cursor) * 65_536 + readUint16(cursor);
    const length = readUint16(cursor);
    const end = cursor.offset + length;
    if (end > cursor.packet.length) throw new DnsFormatError('a record is longer than the message');
    const data = uncompressRdata(type, cursor, end);
    cursor.offset = end;
    records.push({ name, type, class: recordClass, ttl, data });
  }
  return { records, lastOffset };
}

function readUint16(cursor: WireCursor): number {
  if (cursor.offset + 2 > cursor.packet.length) throw new DnsFormatError('the message ends too early');
  const value = cursor.packet.readUInt16BE(cursor.offset);
  cursor.offset += 2;
  return value;
}

export function encodeMessage(message: DnsMessage): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(message.id, 0);
  header.writeUInt16BE(
    (message.isResponse ? 0x8000 : 0) |
      ((message.opcode & 0x0f) << 11) |
      (message.authoritative ? 0x0400 : 0) |
      (message.truncated ? 0x0200 : 0) |
      (message.recursionDesired ? 0x0100 : 0) |
      (message.rcode & 0x0f),
    2,
  );
  header.writeUInt16BE(message.questions.length, 4);
  header.writeUInt16BE(message.answers.length, 6);
  header.writeUInt16BE(message.authorities.length, 8);
  header.writeUInt16BE(message.additionals.length, 10);
  const writer: WireWriter = { parts: [header], size: HEADER_BYTES, known: new Map() };
  for (const question of message.questions) {
    writeName(writer, question.name);
    append(writer, uint16(question.type), uint16(question.class));
  }
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    writeName(writer, record.name);
    const ttl = Buffer.alloc(4);
    ttl.writeUInt32BE(record.ttl);
    append(writer, uint16(record.type), uint16(record.class), ttl, uint16(record.data.length), record.data);
  }
  return Buffer.concat(writer.parts);
}

/** An encoded message that fits, or the same with its sections emptied and TC set (RFC 2181 §9); OPT records stay. */
export function encodeWithin(message: DnsMessage, bytesMax: number): Buffer {
  const whole = encodeMessage(message);
  if (whole.length <= bytesMax) return whole;
  return encodeMessage({
    ...message,
    truncated: true,
    answers: [],
    authorities: [],
    additionals: message.additionals.filter((record) => record.type === TYPE.OPT),
  });
}

interface WireWriter {
  readonly parts: Buffer[];
  size: number;
  /** Where a name (lower-case) was written before. */
  readonly known: Map<string, number>;
}

function append(writer: WireWriter, ...parts: Buffer[]): void {
  for (const part of parts) {
    writer.parts.push(part);
    writer.size += part.length;
  }
}

function writeName(writer: WireWriter, name: string): void {
  const all = labels(name);
  for (let index = 0; index < all.length; index += 1) {
    const suffix = all.slice(index).join('.').toLowerCase();
    const pointer = writer.known.get(suffix);
    if (pointer !== undefined) {
      append(writer, uint16(0xc000 | pointer));
      return;
    }
    if (writer.size < 0x4000) writer.known.set(suffix, writer.size);
    const wire = nameToWire(all[index] ?? '');
    append(writer, wire.subarray(0, -1));
  }
  append(writer, Buffer.of(0));
}
