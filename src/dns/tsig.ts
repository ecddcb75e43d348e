/**
 * Message authentication with a shared key (TSIG, RFC 8945): sign a request, judge its answer. Requests are signed with
 * the whole MAC, and an answer with a shortened one is not accepted.
 */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Secret } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { recordClasses, recordTypes, tsigErrors } from './codes.ts';
import { malformed } from './malformed.ts';
import { decodeMessageWithLayout, headerOctets, type ResourceRecord } from './message.ts';
import { canonicalName, sameName, writeName } from './name.ts';
import { OctetWriter } from './octets.ts';
import { writeRecordData, type TsigData } from './record-data.ts';

const tsigAlgorithms = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export type TsigAlgorithm = (typeof tsigAlgorithms)[number];

/** Seconds by which the two clocks may differ (RFC 8945 §10 recommends 300). */
const fudgeSeconds = 300;

export interface TsigKey {
  /** Lower case, no final dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: KeyObject;
}

/** Throws RenewdError `config-invalid` when the name is none or the secret is not base64; never shows the secret. */
export function createTsigKey(name: string, algorithm: TsigAlgorithm, secret: Secret): TsigKey {
  const text = secret.reveal().trim();
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what is not base64; a misread secret would only show up as BADSIG.
  const unpadded = (value: string): string => value.replace(/=+$/, '');
  if (bytes.length === 0 || unpadded(bytes.toString('base64')) !== unpadded(text)) {
    throw new RenewdError(
      'config-invalid',
      `the secret of TSIG key "${name}" is not base64, as tsig-keygen prints it`,
    );
  }
  return { name: canonicalName(name), algorithm, secret: createSecretKey(bytes) };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** RFC 8945 §4.3.3: what is digested besides the message. */
function writeVariables(writer: OctetWriter, keyName: string, data: TsigData): void {
  writeName(writer, canonicalName(keyName));
  writer.u16(recordClasses.ANY);
  writer.u32(0);
  writeName(writer, canonicalName(data.algorithm));
  writer.u48(data.timeSigned);
  writer.u16(data.fudge);
  writer.u16(data.error);
  writer.u16(data.other.length);
  writer.put(data.other);
}

function computeMac(key: TsigKey, message: Uint8Array, data: TsigData, requestMac?: Uint8Array): Uint8Array {
  const hmac = createHmac(key.algorithm.replace('hmac-', ''), key.secret);
  if (requestMac !== undefined) {
    const prefix = new OctetWriter();
    prefix.u16(requestMac.length);
    prefix.put(requestMac);
    hmac.update(prefix.finish());
  }
  const variables = new OctetWriter();
  writeVariables(variables, key.name, data);
  return Uint8Array.from(hmac.update(message).update(variables.finish()).digest());
}

function setU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value & 0xff;
}

function getU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0);
}

/** Offset of ARCOUNT in the header. */
const additionalCountAt = 10;

export interface SignedMessage {
  readonly bytes: Uint8Array;
  /** Needed to judge the answer. */
  readonly mac: Uint8Array;
}

/** Appends the TSIG record to an encoded message that has none. */
export function signMessage(message: Uint8Array, key: TsigKey, now: Date): SignedMessage {
  const unsigned: TsigData = {
    kind: 'TSIG',
    algorithm: key.algorithm,
    timeSigned: secondsOf(now),
    fudge: fudgeSeconds,
    mac: new Uint8Array(),
    originalId: getU16(message, 0),
    error: tsigErrors.none,
    other: new Uint8Array(),
  };
  const mac = computeMac(key, message, unsigned);
  const writer = new OctetWriter();
  writer.put(message);
  writeName(writer, key.name);
  writer.u16(recordTypes.TSIG);
  writer.u16(recordClasses.ANY);
  writer.u32(0);
  writer.withLength16(() => writeRecordData(writer, { ...unsigned, mac }));
  const bytes = writer.finish();
  setU16(bytes, additionalCountAt, getU16(bytes, additionalCountAt) + 1);
  return { bytes, mac };
}

export type TsigVerdict =
  | { readonly kind: 'verified' }
  /** No TSIG record at all. */
  | { readonly kind: 'unsigned' }
  /** The server does not know our key by this name and algorithm, or says that our MAC is wrong. */
  | { readonly kind: 'key-refused' }
  | { readonly kind: 'signature-refused' }
  /** The clocks differ by more than the fudge; the server's time, from a record whose MAC was right. */
  | { readonly kind: 'time-refused'; readonly serverTime: Date }
  /** The answer's MAC is not one that our key makes over our request. */
  | { readonly kind: 'forged'; readonly reason: string };

function serverTimeOf(data: TsigData): Date {
  // RFC 8945 §5.2.3: with BADTIME the server's own time is in "other", and "time signed" repeats ours.
  if (data.error === tsigErrors.BADTIME && data.other.length === 6) {
    const low = getU16(data.other, 2) * 65_536 + getU16(data.other, 4);
    return new Date((getU16(data.other, 0) * 2 ** 32 + low) * 1000);
  }
  return new Date(data.timeSigned * 1000);
}

function tsigOf(bytes: Uint8Array): { data: TsigData; record: ResourceRecord; start: number } | undefined {
  const { message, lastRecordStart } = decodeMessageWithLayout(bytes);
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  const last = message.additionals.at(-1);
  const stray = records.filter((record) => record.type === recordTypes.TSIG && record !== last);
  // RFC 8945 §5.1: one TSIG record at most, and it is the last of the additional section.
  if (stray.length > 0) throw malformed('a TSIG record in the wrong place');
  if (last?.data.kind !== 'TSIG') return undefined;
  return { data: last.data, record: last, start: lastRecordStart };
}

/**
 * Judges an answer to a request signed with `key` whose MAC was `requestMac` (RFC 8945 §5.3, §5.4).
 * Throws RenewdError `dns-failed` kind `protocol` for a malformed message.
 */
export function verifyAnswer(
  bytes: Uint8Array,
  key: TsigKey,
  requestMac: Uint8Array,
  now: Date,
): TsigVerdict {
  const found = tsigOf(bytes);
  if (found === undefined) return { kind: 'unsigned' };
  const { data, record, start } = found;
  // With these two errors the server cannot sign (RFC 8945 §5.2.1, §5.2.2).
  if (data.error === tsigErrors.BADKEY) return { kind: 'key-refused' };
  if (data.error === tsigErrors.BADSIG) return { kind: 'signature-refused' };
  if (!sameName(record.name, key.name)) return { kind: 'forged', reason: 'signed with another key' };
  if (!sameName(data.algorithm, key.algorithm))
    return { kind: 'forged', reason: 'signed with another algorithm' };

  // RFC 8945 §4.2 fixes both; they are digested with these values, whatever the record says.
  if (record.class !== recordClasses.ANY || record.ttl !== 0) {
    return { kind: 'forged', reason: 'its TSIG record has another class or TTL than it must have' };
  }
  const digested = Uint8Array.from(bytes.subarray(0, Math.max(start, headerOctets)));
  setU16(digested, 0, data.originalId);
  setU16(digested, additionalCountAt, getU16(digested, additionalCountAt) - 1);
  const expected = computeMac(key, digested, data, requestMac);
  if (data.mac.length !== expected.length || !timingSafeEqual(data.mac, expected)) {
    return { kind: 'forged', reason: 'the signature does not match' };
  }
  if (data.error === tsigErrors.BADTIME) return { kind: 'time-refused', serverTime: serverTimeOf(data) };
  if (data.error !== tsigErrors.none) return { kind: 'forged', reason: `TSIG error ${data.error}` };
  if (Math.abs(secondsOf(now) - data.timeSigned) > data.fudge) {
    return { kind: 'time-refused', serverTime: serverTimeOf(data) };
  }
  return { kind: 'verified' };
}
