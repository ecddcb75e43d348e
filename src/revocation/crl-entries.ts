/**
 * The entries of a revocation list, in a form that costs little to keep: 27 bytes for each, searched as bytes. A list of
 * 10 MiB is read in slices, so that it holds up nothing else.
 */
import {
  DerError,
  elementAt,
  expectTag,
  integerBytes,
  readInside,
  readTimeMs,
  tags,
  type DerElement,
} from '../pki/der.ts';
import { secondMs } from '../core/durations.ts';
import { createBreath } from './breath.ts';
import { readExtensionList } from './crl.ts';
import { readReasonCode, reasonWord } from './reasons.ts';

/** RFC 5280 §4.1.2.2: at most 20 octets; some CAs took 20 random ones and a zero in front. */
export const serialBytesMax = 21;

const keyBytes = 1 + serialBytesMax;
const recordBytes = keyBytes + 4 + 1;
/** SEQUENCE, a serial number of one byte, a UTCTime. */
const entryBytesMin = 20;
const noReason = 0xff;
/** Entries between two looks at the time. */
const stride = 256;

const reasonCodeOid = '2.5.29.21';
const invalidityDateOid = '2.5.29.24';

export interface RevokedEntry {
  readonly revokedAt: Date;
  readonly reason: string | null;
}

export class CrlEntries {
  readonly #records: Buffer;

  constructor(records: Buffer) {
    this.#records = records;
  }

  get count(): number {
    return this.#records.length / recordBytes;
  }

  /** What it costs to keep. */
  get bytes(): number {
    return this.#records.length;
  }

  /** `serial`: content of the INTEGER, at most 21 bytes. */
  find(serial: Uint8Array): RevokedEntry | undefined {
    const key = Buffer.alloc(keyBytes);
    writeKey(key, 0, serial);
    for (let at = this.#records.indexOf(key); at !== -1; at = this.#records.indexOf(key, at + 1)) {
      // A hit across two records is none.
      if (at % recordBytes !== 0) continue;
      const code = this.#records[at + recordBytes - 1] ?? noReason;
      return {
        revokedAt: new Date(this.#records.readUInt32BE(at + keyBytes) * secondMs),
        reason: code === noReason ? null : reasonWord(code),
      };
    }
    return undefined;
  }
}

function writeKey(target: Buffer, at: number, serial: Uint8Array): void {
  target[at] = serial.length;
  target.set(serial, at + 1);
}

/** Throws DerError when an entry is broken or has a critical extension that is not understood (RFC 5280 §5.3). */
export async function readEntries(list: DerElement | undefined): Promise<CrlEntries> {
  if (list === undefined) return new CrlEntries(Buffer.alloc(0));
  const { bytes, contentStart, end } = expectTag(list, tags.sequence);
  const records = Buffer.alloc(Math.ceil((end - contentStart) / entryBytesMin) * recordBytes);
  const breath = createBreath();
  let used = 0;
  let count = 0;
  for (let offset = contentStart; offset < end;) {
    const entry = expectTag(elementAt(bytes, offset, end), tags.sequence);
    offset = entry.end;
    if (writeEntry(records, used, entry)) used += recordBytes;
    count += 1;
    if (count % stride === 0) await breath();
  }
  return new CrlEntries(Buffer.from(records.subarray(0, used)));
}

/** False: its serial number is longer than any that is looked for. */
function writeEntry(records: Buffer, at: number, entry: DerElement): boolean {
  const { bytes, end } = entry;
  const serialElement = elementAt(bytes, entry.contentStart, end);
  const serial = integerBytes(serialElement);
  const date = elementAt(bytes, serialElement.end, end);
  const seconds = Math.min(Math.max(readTimeMs(date) / secondMs, 0), 0xff_ff_ff_ff);
  const reason = date.end === end ? noReason : readReason(elementAt(bytes, date.end, end), end);
  if (serial.length > serialBytesMax) return false;
  writeKey(records, at, serial);
  records.writeUInt32BE(seconds, at + keyBytes);
  records[at + recordBytes - 1] = reason;
  return true;
}

/** The usual one: only a reason, not critical. As bytes, because large lists have hundreds of thousands of them. */
const usual = Buffer.from([0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01]);

function isUsual({ bytes, start, end }: DerElement): boolean {
  if (end - start !== usual.length + 1) return false;
  for (let index = 0; index < usual.length; index += 1)
    if (bytes[start + index] !== usual[index]) return false;
  return true;
}

function readReason(extensions: DerElement, entryEnd: number): number {
  if (extensions.end !== entryEnd) throw new DerError('an entry of the list has unknown fields');
  // The ENUMERATED is the last element of the usual form: three bytes at its end.
  if (isUsual(extensions))
    return readReasonCode(elementAt(extensions.bytes, extensions.end - 3, extensions.end));
  const list = readExtensionList(expectTag(extensions, tags.sequence));
  for (const [oid, { critical }] of list)
    if (critical && oid !== reasonCodeOid && oid !== invalidityDateOid)
      throw new DerError(`an entry of the list has the critical extension ${oid}, which is not understood`);
  const value = list.get(reasonCodeOid)?.value;
  return value === undefined ? noReason : readReasonCode(readInside(value, 0x0a));
}
