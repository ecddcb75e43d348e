/** Reading and writing big-endian octets with bounds checked. Running out of bytes is a malformed message. */
import { malformed } from './malformed.ts';

/** Length of the largest DNS message: a 16-bit count in TCP framing (RFC 1035 §4.2.2). */
export const maxMessageOctets = 65_535;

export class OctetReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `count` octets and returns where they began. */
  #advance(count: number): number {
    const start = this.position;
    if (start + count > this.bytes.length) throw malformed(`ends early, at octet ${this.bytes.length}`);
    this.position = start + count;
    return start;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u48(): number {
    return this.u16() * 2 ** 32 + this.u32();
  }

  /** A copy, so that a kept record does not hold the whole message. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return Uint8Array.from(this.bytes.subarray(start, start + count));
  }
}

export class OctetWriter {
  #bytes = new Uint8Array(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #grow(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > maxMessageOctets) throw malformed(`longer than ${maxMessageOctets} octets`);
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#length = needed;
    return start;
  }

  u8(value: number): void {
    // In two steps: growing replaces the array.
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value & 0xff);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  u48(value: number): void {
    this.u16(Math.floor(value / 2 ** 32));
    this.u32(value % 2 ** 32);
  }

  put(bytes: Uint8Array): void {
    const start = this.#grow(bytes.length);
    this.#bytes.set(bytes, start);
  }

  /** Runs `write` and puts the 16-bit length of what it wrote in front. */
  withLength16(write: () => void): void {
    const start = this.#length;
    this.u16(0);
    write();
    const size = this.#length - start - 2;
    this.#bytes[start] = size >>> 8;
    this.#bytes[start + 1] = size & 0xff;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
