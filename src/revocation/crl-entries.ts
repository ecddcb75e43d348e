/**
 * The entries of a revocation list, in a form that costs little to keep: some 35 bytes for each. A list of
 * 10 MiB is read in slices, so that it holds up nothing else.
 */
import {
  DerError,
  elementAt,
  expectTag,
  integerBytes,
  readInside,
  readTimeMs,
  sameBytes,
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
const noReason = 0xff;
/** Entries between two looks at the time. */
const stride = 256;

const reasonCodeOid = '2.5.29.21';
const invalidityDateOid = '2.5.29.24';

export interface RevokedEntry {
  readonly revokedAt: Date;
  readonly reason: string | null;
}

/** Records in the order of the list, and a table that leads to them by the end of the serial number. */
export class CrlEntries {
  readonly #records: Buffer;
  /** Number of the newest record for each hash, from 1; 0: none. */
  readonly #heads: Uint32Array;
  /** For each record the number of the one before it with the same hash. */
  readonly #chain: Uint32Array;
  #count = 0;

  /** Room for at most `countMax`. */
  constructor(countMax: number) {
    this.#records = Buffer.alloc(countMax * recordBytes);
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(countMax, 2) / 2)));
    this.#chain = new Uint32Array(countMax);
  }

  get count(): number {
    return this.#count;
  }

  /** What it costs to keep. */
  get bytes(): number {
    return this.#records.length + this.#heads.byteLength + this.#chain.byteLength;
  }

  add(serial: Uint8Array, seconds: number, reason: number): void {
    const at = this.#count * recordBytes;
    this.#records[at] = serial.length;
    this.#records.set(serial, at + 1);
    this.#records.writeUInt32BE(seconds, at + keyBytes);
    this.#records[at + recordBytes - 1] = reason;
    const slot = this.#slotOf(serial);
    this.#chain[this.#count] = this.#heads[slot] ?? 0;
    this.#count += 1;
    this.#heads[slot] = this.#count;
  }

  /** `serial`: content of the INTEGER, at most 21 bytes. */
  find(serial: Uint8Array): RevokedEntry | undefined {
    let number = this.#heads[this.#slotOf(serial)] ?? 0;
    while (number > 0) {
      const at = (number - 1) * recordBytes;
      const length = this.#records[at] ?? 0;
      if (sameBytes(this.#records.subarray(at + 1, at + 1 + length), serial)) return this.#entryAt(at);
      number = this.#chain[number - 1] ?? 0;
    }
    return undefined;
  }

  #entryAt(at: number): RevokedEntry {
    const code = this.#records[at + recordBytes - 1] ?? noReason;
    return {
      revokedAt: new Date(this.#records.readUInt32BE(at + keyBytes) * secondMs),
      reason: code === noReason ? null : reasonWord(code),
    };
  }

  /** Serial numbers are random (at least 64 bits of them), so their end spreads well. */
  #slotOf(serial: Uint8Array): number {
    let hash = serial.length;
    for (let index = Math.max(0, serial.length - 4); index < serial.length; index += 1)
      hash = (hash * 256 + (serial[index] ?? 0)) >>> 0;
    return hash & (this.#heads.length - 1);
  }
}

/** Throws DerError when an entry is broken or has a critical extension that is not understood (RFC 5280 §5.3). */
export async function readEntries(list: DerElement | undefined): Promise<CrlEntries> {
  if (list === undefined) return new CrlEntries(0);
  const { bytes, contentStart, end } = expectTag(list, tags.sequence);
  const breath = createBreath();
  let count = 0;
  // The lengths alone first: exact room costs less than what has to be copied afterwards.
  for (let offset = contentStart; offset < end; count += 1) {
    offset = elementAt(bytes, offset, end).end;
    if (count % stride === 0) await breath();
  }
  const entries = new CrlEntries(count);
  let done = 0;
  for (let offset = contentStart; offset < end; done += 1) {
    const entry = expectTag(elementAt(bytes, offset, end), tags.sequence);
    offset = entry.end;
    readEntry(entry, entries);
    if (done % stride === 0) await breath();
  }
  return entries;
}

function readEntry(entry: DerElement, entries: CrlEntries): void {
  const { bytes, end } = entry;
  const serialElement = elementAt(bytes, entry.contentStart, end);
  const serial = integerBytes(serialElement);
  const date = elementAt(bytes, serialElement.end, end);
  const seconds = Math.min(Math.max(readTimeMs(date) / secondMs, 0), 0xff_ff_ff_ff);
  const reason = date.end === end ? noReason : readReason(elementAt(bytes, date.end, end), end);
  // One that is longer than any that is looked for need not be kept.
  if (serial.length <= serialBytesMax) entries.add(serial, seconds, reason);
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
