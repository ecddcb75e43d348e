/** Whole DNS messages: header, question and the three record sections (RFC 1035 §4.1). Nothing about sockets here. */
import { recordTypes } from './codes.ts';
import { malformed } from './malformed.ts';
import { readName, writeName, type NameOffsets } from './name.ts';
import { OctetReader, OctetWriter, maxMessageOctets } from './octets.ts';
import { readRecordData, writeRecordData, type RecordData } from './record-data.ts';

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: string;
  readonly type: number;
  /** For OPT: the largest UDP answer that the sender takes. */
  readonly class: number;
  /** Seconds; for OPT: extended rcode, version and flags (RFC 6891 §6.1.3). */
  readonly ttl: number;
  readonly data: RecordData;
}

export interface MessageHeader {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  /** The header's four bits; `fullRcode` adds those of OPT. */
  readonly rcode: number;
}

/** In an update the sections mean zone, prerequisites, changes, additional (RFC 2136 §2). */
export interface Message {
  readonly header: MessageHeader;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

export const headerOctets = 12;

/** A header with everything off. */
export function blankHeader(id: number, opcode: number): MessageHeader {
  return {
    id,
    response: false,
    opcode,
    authoritative: false,
    truncated: false,
    recursionDesired: false,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
  };
}

const bits = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const;
const bitNames = [
  'response',
  'authoritative',
  'truncated',
  'recursionDesired',
  'recursionAvailable',
  'authenticData',
  'checkingDisabled',
] as const satisfies readonly (keyof typeof bits)[];

function writeRecord(writer: OctetWriter, record: ResourceRecord, offsets: NameOffsets): void {
  // RFC 8945 §4.2: the owner name of TSIG is not compressed either.
  writeName(writer, record.name, record.type === recordTypes.TSIG ? undefined : offsets);
  writer.u16(record.type);
  writer.u16(record.class);
  writer.u32(record.ttl);
  writer.withLength16(() => writeRecordData(writer, record.data));
}

/** Octets of a message. Throws RenewdError `dns-failed` kind `protocol` for what does not fit the format. */
export function encodeMessage(message: Message): Uint8Array {
  const writer = new OctetWriter();
  const offsets: NameOffsets = new Map();
  const { header } = message;
  let flags = (header.opcode << 11) | header.rcode;
  for (const name of bitNames) if (header[name]) flags |= bits[name];
  writer.u16(header.id);
  writer.u16(flags);
  writer.u16(message.questions.length);
  const sections = [message.answers, message.authorities, message.additionals];
  for (const section of sections) writer.u16(section.length);
  for (const question of message.questions) {
    writeName(writer, question.name, offsets);
    writer.u16(question.type);
    writer.u16(question.class);
  }
  for (const section of sections) for (const record of section) writeRecord(writer, record, offsets);
  return writer.finish();
}

function readRecord(reader: OctetReader): ResourceRecord {
  const name = readName(reader);
  const type = reader.u16();
  const recordClass = reader.u16();
  const ttl = reader.u32();
  const length = reader.u16();
  return { name, type, class: recordClass, ttl, data: readRecordData(reader, type, length) };
}

export interface DecodedMessage {
  readonly message: Message;
  /** Offset at which the last record of the message begins; needed to take a TSIG record off. */
  readonly lastRecordStart: number;
}

/**
 * Reads a message from anyone. Work is bounded by the octets given: every record takes at least 11 of them.
 * Throws RenewdError `dns-failed` kind `protocol` for anything malformed, octets after the end included.
 */
export function decodeMessageWithLayout(bytes: Uint8Array): DecodedMessage {
  if (bytes.length > maxMessageOctets) throw malformed(`longer than ${maxMessageOctets} octets`);
  const reader = new OctetReader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const questionCount = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16()] as const;
  const questions: Question[] = [];
  for (let index = 0; index < questionCount; index += 1) {
    questions.push({ name: readName(reader), type: reader.u16(), class: reader.u16() });
  }
  let lastRecordStart = reader.position;
  const section = (count: number): ResourceRecord[] => {
    const records: ResourceRecord[] = [];
    for (let index = 0; index < count; index += 1) {
      lastRecordStart = reader.position;
      records.push(readRecord(reader));
    }
    return records;
  };
  const answers = section(counts[0]);
  const authorities = section(counts[1]);
  const additionals = section(counts[2]);
  if (reader.position !== bytes.length) throw malformed('octets after the end');
  const on = (bit: number): boolean => (flags & bit) !== 0;
  const header: MessageHeader = {
    id,
    response: on(bits.response),
    opcode: (flags >> 11) & 0xf,
    authoritative: on(bits.authoritative),
    truncated: on(bits.truncated),
    recursionDesired: on(bits.recursionDesired),
    recursionAvailable: on(bits.recursionAvailable),
    authenticData: on(bits.authenticData),
    checkingDisabled: on(bits.checkingDisabled),
    rcode: flags & 0xf,
  };
  return { message: { header, questions, answers, authorities, additionals }, lastRecordStart };
}

export function decodeMessage(bytes: Uint8Array): Message {
  return decodeMessageWithLayout(bytes).message;
}

/** The rcode with the upper eight bits that an OPT record carries (RFC 6891 §6.1.3). */
export function fullRcode(message: Message): number {
  const opt = message.additionals.find((record) => record.type === recordTypes.OPT);
  return opt === undefined ? message.header.rcode : ((opt.ttl >>> 24) << 4) | message.header.rcode;
}
