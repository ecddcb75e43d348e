/**
 * A strict reader of DER (ITU-T X.690 §10): definite, minimal lengths, nothing beyond the end. It reads what
 * certificates need and nothing more; it writes nothing. Every function throws DerError on what is not DER.
 */

export class DerError extends Error {
  override readonly name = 'DerError';
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element, as offsets into the bytes it was read from. */
export interface DerElement {
  readonly bytes: Uint8Array;
  readonly tag: number;
  /** Of the tag. */
  readonly start: number;
  /** Of the content. */
  readonly contentStart: number;
  /** One past the content. */
  readonly end: number;
}

/** The element that begins at `offset` and ends at `limit` or before. */
export function elementAt(bytes: Uint8Array, offset: number, limit: number): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || offset + 2 > limit)
    throw new DerError('the data ends early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tags are not used in certificates');
  let contentStart = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    // The largest revocation list that is read has 20 MiB, which takes four length bytes.
    if (count === 0 || count > 4) throw new DerError('the length is indefinite or too large');
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0);
    contentStart += count;
    if (length < 0x80 || length < 256 ** (count - 1))
      throw new DerError('the length is not in its shortest form');
  }
  const end = contentStart + length;
  if (end > limit) throw new DerError('the data ends early');
  return { bytes, tag, start: offset, contentStart, end };
}

/** The one element that fills `bytes`. */
export function readWhole(bytes: Uint8Array, tag: number): DerElement {
  const element = elementAt(bytes, 0, bytes.length);
  if (element.end !== bytes.length) throw new DerError('there is data after the end');
  return expectTag(element, tag);
}

/** The one element that fills another one's content: what an OCTET STRING or an explicit tag wraps. */
export function readInside(wrapper: DerElement, tag: number): DerElement {
  const element = elementAt(wrapper.bytes, wrapper.contentStart, wrapper.end);
  if (element.end !== wrapper.end) throw new DerError('there is data after the end');
  return expectTag(element, tag);
}

/** The elements inside a constructed one. */
export function children(parent: DerElement): DerElement[] {
  const found: DerElement[] = [];
  let offset = parent.contentStart;
  while (offset < parent.end) {
    const element = elementAt(parent.bytes, offset, parent.end);
    found.push(element);
    offset = element.end;
  }
  return found;
}

/** The element, if it is there and has this tag. */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag)
    throw new DerError(`expected tag 0x${tag.toString(16)}, found ${describeTag(element)}`);
  return element;
}

function describeTag(element: DerElement | undefined): string {
  return element === undefined ? 'nothing' : `0x${element.tag.toString(16)}`;
}

/** Content bytes, as a view. */
export function content(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.contentStart, element.end);
}

/** Tag, length and content, as a view. */
export function whole(element: DerElement): Uint8Array {
  return element.bytes.subarray(element.start, element.end);
}

export function readBoolean(element: DerElement): boolean {
  expectTag(element, tags.boolean);
  const value = element.bytes[element.contentStart];
  if (element.end - element.contentStart !== 1 || (value !== 0 && value !== 0xff))
    throw new DerError('a bad BOOLEAN');
  return value === 0xff;
}

/** Two's complement content of an INTEGER in its shortest form, as a view. */
export function integerBytes(element: DerElement): Uint8Array {
  const value = content(expectTag(element, tags.integer));
  const [first, second] = value;
  if (first === undefined) throw new DerError('an empty INTEGER');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('an INTEGER is not in its shortest form');
  }
  return value;
}

/** A non-negative INTEGER below 2^31. */
export function smallInteger(element: DerElement): number {
  const value = integerBytes(element);
  if ((value[0] ?? 0) >= 0x80 || value.length > 4) throw new DerError('an INTEGER is negative or too large');
  let result = 0;
  for (const byte of value) result = result * 256 + byte;
  return result;
}

/** Dotted form of an OBJECT IDENTIFIER. */
export function readOid(element: DerElement): string {
  const { bytes, contentStart, end } = expectTag(element, tags.oid);
  if (end === contentStart || end - contentStart > 64) throw new DerError('a bad OBJECT IDENTIFIER');
  let text = '';
  let arc = 0;
  let fresh = true;
  for (let at = contentStart; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (fresh && byte === 0x80) throw new DerError('an OBJECT IDENTIFIER is not in its shortest form');
    arc = arc * 128 + (byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    if (!Number.isSafeInteger(arc)) throw new DerError('an OBJECT IDENTIFIER is too large');
    text += text === '' ? firstArcs(arc) : `.${arc}`;
    arc = 0;
  }
  if (!fresh) throw new DerError('an OBJECT IDENTIFIER ends early');
  return text;
}

/** X.690 §8.19.4: the first two arcs share a number. */
function firstArcs(joined: number): string {
  const root = Math.min(2, Math.floor(joined / 40));
  return `${root}.${joined - root * 40}`;
}

/** Whether two elements are the same bytes, tag and length included. */
export function sameElement(left: DerElement, right: DerElement): boolean {
  const length = left.end - left.start;
  if (length !== right.end - right.start) return false;
  for (let at = 0; at < length; at += 1) {
    if (left.bytes[left.start + at] !== right.bytes[right.start + at]) return false;
  }
  return true;
}

/** A BIT STRING that holds whole bytes, as keys and signatures are. */
export function expectBytes(element: DerElement | undefined): DerElement {
  const found = expectTag(element, tags.bitString);
  if (found.bytes[found.contentStart] !== 0 || found.end === found.contentStart)
    throw new DerError('a bad BIT STRING');
  return found;
}

/** Bits of a named-bit BIT STRING such as KeyUsage: bit 0 is the first. */
export function namedBits(element: DerElement): ReadonlySet<number> {
  const [unused, ...bytes] = content(expectTag(element, tags.bitString));
  if (unused === undefined || unused > 7 || (bytes.length === 0 && unused > 0))
    throw new DerError('a bad BIT STRING');
  const bits = new Set<number>();
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >> bit)) !== 0) bits.add(index * 8 + bit);
  }
  return bits;
}

/** UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 permits them (seconds, "Z"), as milliseconds since 1970. */
export function readTimeMs(element: DerElement): number {
  const text = latin1(element);
  let digits: string;
  if (element.tag === tags.utcTime && /^\d{12}Z$/.test(text)) {
    // RFC 5280 §4.1.2.5.1: two digits from 50 on are the last century's.
    digits = (text < '50' ? '20' : '19') + text;
  } else if (element.tag === tags.generalizedTime && /^\d{14}Z$/.test(text)) {
    digits = text;
  } else {
    throw new DerError('a time is not in the form that certificates use');
  }
  const part = (start: number, end: number): number => Number(digits.slice(start, end));
  const [month, day, hour, minute, second] = [
    part(4, 6),
    part(6, 8),
    part(8, 10),
    part(10, 12),
    part(12, 14),
  ];
  const ms = Date.UTC(part(0, 4), month - 1, day, hour, minute, second);
  const date = new Date(ms);
  if (
    date.getUTCMonth() !== month - 1 ||
    date.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw new DerError('a time names a moment that does not exist');
  }
  return ms;
}

/** Content, one character per byte. */
export function latin1(element: DerElement): string {
  return asBuffer(element.bytes).toString('latin1', element.contentStart, element.end);
}

/** The same bytes with Buffer's methods; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}
