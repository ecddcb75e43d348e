/**
 * Domain names as the DNS server keeps them: labels joined with dots, no dot at the end, the root as "". Every byte of a
 * label that is no plain ASCII letter, digit, "-", "_" or "*" is written as \DDD (RFC 1035 §5.1), so that a dot always
 * separates labels and comparing text compares names.
 */

export class DnsFormatError extends Error {
  override readonly name = 'DnsFormatError';
}

/** A reader over one packet. */
export interface WireCursor {
  readonly packet: Buffer;
  offset: number;
}

const PLAIN = /^[A-Za-z0-9_*-]$/;

function labelToText(label: Buffer): string {
  let text = '';
  for (const byte of label) {
    const character = String.fromCharCode(byte);
    text += PLAIN.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/** RFC 1035 §2.3.4: labels of 1 to 63 bytes, 255 in all. */
export function nameToWire(name: string): Buffer {
  const parts: Buffer[] = [];
  let size = 1;
  for (const label of labels(name)) {
    const bytes = labelToBytes(label);
    if (bytes.length === 0 || bytes.length > 63)
      throw new DnsFormatError(`"${name}" has a label that is not 1 to 63 bytes long`);
    size += bytes.length + 1;
    parts.push(Buffer.of(bytes.length), bytes);
  }
  if (size > 255) throw new DnsFormatError(`"${name}" is longer than 255 bytes`);
  return Buffer.concat([...parts, Buffer.of(0)]);
}

function labelToBytes(label: string): Buffer {
  const bytes: number[] = [];
  for (const match of label.matchAll(/\\(\d{3})|([\s\S])/gu)) {
    if (match[1] !== undefined) bytes.push(Number(match[1]) & 0xff);
    else bytes.push(...Buffer.from(match[2] ?? '', 'utf8'));
  }
  return Buffer.from(bytes);
}

export const labels = (name: string): string[] => (name === '' ? [] : name.split('.'));

/** As people write it: any case, a dot at the end or not. */
export const normalizeName = (name: string): string => name.trim().replace(/\.$/, '').toLowerCase();

export const isWithin = (name: string, zone: string): boolean =>
  zone === '' || name === zone || name.endsWith(`.${zone}`);

export const parentOf = (name: string): string =>
  name.includes('.') ? name.slice(name.indexOf('.') + 1) : '';

/** RFC 1035 §4.1.4. Every pointer must lead further back than the one before, which ends every loop. */
export function readName(cursor: WireCursor): string {
  const { packet } = cursor;
  const texts: string[] = [];
  let size = 1;
  let position = cursor.offset;
  let furthestBack = position;
  let end: number | undefined;
  for (;;) {
    const length = packet[position];
    if (length === undefined) throw new DnsFormatError('a name runs out of the message');
    if (length >= 0xc0) {
      const low = packet[position + 1];
      if (low === undefined) throw new DnsFormatError('a name runs out of the message');
      const target = (length & 0x3f) * 256 + low;
      if (target >= furthestBack) throw new DnsFormatError('a name points forward or in a circle');
      end ??= position + 2;
      furthestBack = target;
      position = target;
      continue;
    }
    if (length > 63) throw new DnsFormatError('a label has a reserved length');
    if (length === 0) break;
    if (position + 1 + length > packet.length) throw new DnsFormatError('a label runs out of the message');
    size += length + 1;
    if (size > 255) throw new DnsFormatError('a name is longer than 255 bytes');
    texts.push(labelToText(packet.subarray(position + 1, position + 1 + length)));
    position += 1 + length;
  }
  cursor.offset = end ?? position + 1;
  return texts.join('.');
}

/** Every number of a message that is not a TTL. */
export function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
