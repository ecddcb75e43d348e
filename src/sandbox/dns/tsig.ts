import { createHmac, timingSafeEqual } from 'node:crypto';
import { DnsFormatError, nameToWire, normalizeName, readName, uint16 } from './name.ts';
import type { WireCursor } from './name.ts';
import { CLASS, RCODE, TYPE } from './rdata.ts';
import type { DecodedMessage, DnsMessage, DnsRecord } from './wire.ts';
import { encodeWithin, HEADER_BYTES } from './wire.ts';

/** Transaction signatures for DNS (RFC 8945), the server's side: check a request, sign its answer. */

export interface TsigKey {
  /** As in nsupdate -y: "sandbox-key". */
  readonly name: string;
  readonly algorithm: 'hmac-sha256' | 'hmac-sha512';
  /** Base64. */
  readonly secret: string;
  /** The zones it may update; absent: all. */
  readonly zones?: readonly string[];
}

const DIGESTS = { 'hmac-sha256': 'sha256', 'hmac-sha512': 'sha512' } as const;

/** What a TSIG record holds (RFC 8945 §4.2). */
interface Tsig {
  readonly keyName: string;
  readonly algorithm: string;
  readonly timeSigned: number;
  readonly fudgeSeconds: number;
  readonly mac: Buffer;
  readonly originalId: number;
  readonly error: number;
  readonly other: Buffer;
}

export type TsigVerdict =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'valid'; readonly key: TsigKey; readonly requestTsig: Tsig }
  /** To be answered with NOTAUTH and this TSIG error; `key` only where the answer is to be signed (RFC 8945 §5.2.3). */
  | { readonly kind: 'bad'; readonly error: number; readonly requestTsig: Tsig; readonly key?: TsigKey };

/** Throws `DnsFormatError` when a TSIG is there but is not what it should be (RFC 8945 §5.2: FORMERR). */
export function verifyTsig(
  packet: Buffer,
  message: DecodedMessage,
  keys: readonly TsigKey[],
  nowSeconds: number,
): TsigVerdict {
  const all = [...message.answers, ...message.authorities, ...message.additionals];
  const count = all.filter((record) => record.type === TYPE.TSIG).length;
  if (count === 0) return { kind: 'unsigned' };
  const record = message.additionals.at(-1);
  if (count > 1 || record?.type !== TYPE.TSIG) throw new DnsFormatError('a TSIG is not the last record');
  if (record.class !== CLASS.ANY || record.ttl !== 0)
    throw new DnsFormatError('a TSIG has a wrong class or TTL');
  const requestTsig = readTsig(record);

  const key = keys.find(
    (each) => normalizeName(each.name) === requestTsig.keyName && each.algorithm === requestTsig.algorithm,
  );
  if (key === undefined) return { kind: 'bad', error: RCODE.BADKEY, requestTsig };

  const expected = createMac(key, [withoutTsig(packet, message, requestTsig), variables(requestTsig)]);
  // RFC 8945 §5.2.2.1: a MAC may be cut, but not below half and 10 bytes; that we take none at all is our policy.
  const shortest = Math.max(10, expected.length / 2);
  if (requestTsig.mac.length > expected.length || requestTsig.mac.length < shortest) {
    throw new DnsFormatError('a TSIG has a MAC of an impossible length');
  }
  const comparable = expected.subarray(0, requestTsig.mac.length);
  if (!timingSafeEqual(comparable, requestTsig.mac)) return { kind: 'bad', error: RCODE.BADSIG, requestTsig };
  if (Math.abs(nowSeconds - requestTsig.timeSigned) > requestTsig.fudgeSeconds) {
    return { kind: 'bad', error: RCODE.BADTIME, requestTsig, key };
  }
  if (requestTsig.mac.length < expected.length) {
    return { kind: 'bad', error: RCODE.BADTRUNC, requestTsig, key };
  }
  return { kind: 'valid', key, requestTsig };
}

/** The answer's bytes, with a TSIG where the request had one. */
export function encodeSigned(
  answer: DnsMessage,
  verdict: TsigVerdict,
  nowSeconds: number,
  bytesMax: number,
): Buffer {
  if (verdict.kind === 'unsigned') return encodeWithin(answer, bytesMax);
  const { requestTsig } = verdict;
  const error = verdict.kind === 'bad' ? verdict.error : RCODE.NOERROR;
  const badTime = error === RCODE.BADTIME;
  const unsigned: Tsig = {
    keyName: requestTsig.keyName,
    algorithm: requestTsig.algorithm,
    // RFC 8945 §5.2.3: on BADTIME the request's time comes back, and ours lies in the other data.
    timeSigned: badTime ? requestTsig.timeSigned : nowSeconds,
    fudgeSeconds: requestTsig.fudgeSeconds,
    mac: Buffer.alloc(0),
    originalId: requestTsig.originalId,
    error,
    other: badTime ? uint48(nowSeconds) : Buffer.alloc(0),
  };
  const room = bytesMax - nameToWire(unsigned.keyName).length - 10 - writeTsig(unsigned).length - 64;
  const packet = encodeWithin(answer, Math.max(room, HEADER_BYTES));
  const mac =
    verdict.key === undefined
      ? Buffer.alloc(0)
      : createMac(verdict.key, [
          uint16(requestTsig.mac.length),
          requestTsig.mac,
          packet,
          variables(unsigned),
        ]);
  return appendTsig(packet, { ...unsigned, mac });
}

function createMac(key: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(DIGESTS[key.algorithm], Buffer.from(key.secret, 'base64'));
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** RFC 8945 §4.3.2: the message as it was before its TSIG was added, under the id it then had. */
function withoutTsig(packet: Buffer, message: DecodedMessage, tsig: Tsig): Buffer {
  const bare = Buffer.from(packet.subarray(0, message.lastRecordOffset));
  bare.writeUInt16BE(tsig.originalId, 0);
  bare.writeUInt16BE(message.additionals.length - 1, 10);
  return bare;
}

/** RFC 8945 §4.3.3. Names in lower case, not compressed. */
function variables(tsig: Tsig): Buffer {
  return Buffer.concat([
    nameToWire(tsig.keyName),
    uint16(CLASS.ANY),
    Buffer.alloc(4), // TTL 0
    nameToWire(tsig.algorithm),
    uint48(tsig.timeSigned),
    uint16(tsig.fudgeSeconds),
    uint16(tsig.error),
    uint16(tsig.other.length),
    tsig.other,
  ]);
}

function readTsig(record: DnsRecord): Tsig {
  const cursor: WireCursor = { packet: record.data, offset: 0 };
  const algorithm = readName(cursor).toLowerCase();
  const take = (length: number): Buffer => {
    const part = record.data.subarray(cursor.offset, cursor.offset + length);
    if (part.length !== length) throw new DnsFormatError('a TSIG ends too early');
    cursor.offset += length;
    return part;
  };
  const tsig: Tsig = {
    keyName: record.name.toLowerCase(),
    algorithm,
    timeSigned: take(6).readUIntBE(0, 6),
    fudgeSeconds: take(2).readUInt16BE(),
    mac: take(take(2).readUInt16BE()),
    originalId: take(2).readUInt16BE(),
    error: take(2).readUInt16BE(),
    other: take(take(2).readUInt16BE()),
  };
  if (cursor.offset !== record.data.length) throw new DnsFormatError('a TSIG has bytes behind its end');
  return tsig;
}

function writeTsig(tsig: Tsig): Buffer {
  return Buffer.concat([
    nameToWire(tsig.algorithm),
    uint48(tsig.timeSigned),
    uint16(tsig.fudgeSeconds),
    uint16(tsig.mac.length),
    tsig.mac,
    uint16(tsig.originalId),
    uint16(tsig.error),
    uint16(tsig.other.length),
    tsig.other,
  ]);
}

function appendTsig(packet: Buffer, tsig: Tsig): Buffer {
  const data = writeTsig(tsig);
  const signed = Buffer.concat([
    packet,
    nameToWire(tsig.keyName),
    uint16(TYPE.TSIG),
    uint16(CLASS.ANY),
    Buffer.alloc(4), // TTL 0
    uint16(data.length),
    data,
  ]);
  signed.writeUInt16BE(packet.readUInt16BE(10) + 1, 10);
  return signed;
}

function uint48(value: number): Buffer {
  const buffer = Buffer.alloc(6);
  buffer.writeUIntBE(Math.max(0, value), 0, 6);
  return buffer;
}
