/**
 * Domain names: presentation text on our side, labels on the wire (RFC 1035 §3.1, §4.1.4).
 *
 * Text is absolute, without the final dot; the root is "". Octets that are not printable ASCII stand as \DDD, a dot or
 * backslash inside a label as \. and \\ (RFC 1035 §5.1). Case is kept as it came; compare with `sameName`.
 */
import { malformed } from './malformed.ts';
import type { OctetReader, OctetWriter } from './octets.ts';

const maxLabelOctets = 63;
/** RFC 1035 §2.3.4, length octets and the root included. */
const maxNameOctets = 255;

const pointerMark = 0xc0;
/** A pointer holds 14 bits. */
const pointerLimit = 0x4000;

function codeOf(text: string, index: number): number {
  return text.codePointAt(index) ?? -1;
}

/** Labels of a presentation name. Throws for empty or long labels, long names, and anything but ASCII. */
export function parseName(text: string): readonly Uint8Array[] {
  const bare = text.endsWith('.') && !text.endsWith('\\.') ? text.slice(0, -1) : text;
  if (bare === '') return [];
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let total = 1;
  const endLabel = (): void => {
    if (label.length === 0) throw malformed(`name ${JSON.stringify(text.slice(0, 300))} has an empty label`);
    if (label.length > maxLabelOctets) throw malformed(`a label is longer than ${maxLabelOctets} octets`);
    total += label.length + 1;
    if (total > maxNameOctets) throw malformed(`a name is longer than ${maxNameOctets} octets`);
    labels.push(Uint8Array.from(label));
    label = [];
  };
  for (let index = 0; index < bare.length; index += 1) {
    const code = codeOf(bare, index);
    if (code < 0x21 || code > 0x7e) throw malformed('a name holds something other than printable ASCII');
    if (bare[index] === '.') {
      endLabel();
    } else if (bare[index] === '\\') {
      const digits = /^\d{3}/.exec(bare.slice(index + 1, index + 4))?.[0];
      if (digits !== undefined) {
        if (Number(digits) > 255) throw malformed('a name holds an escape over \\255');
        label.push(Number(digits));
        index += 3;
      } else {
        if (index + 1 >= bare.length) throw malformed('a name ends in a backslash');
        label.push(codeOf(bare, index + 1) & 0xff);
        index += 1;
      }
    } else {
      label.push(code);
    }
  }
  endLabel();
  return labels;
}

function labelText(label: Uint8Array): string {
  let text = '';
  for (const octet of label) {
    if (octet < 0x21 || octet > 0x7e) text += `\\${String(octet).padStart(3, '0')}`;
    else if (octet === 0x2e || octet === 0x5c) text += `\\${String.fromCodePoint(octet)}`;
    else text += String.fromCodePoint(octet);
  }
  return text;
}

/** Presentation text of labels, without the final dot. */
export function nameText(labels: readonly Uint8Array[]): string {
  return labels.map(labelText).join('.');
}

/** Lower case (ASCII only, RFC 4343) in the one spelling that compares by `===`. */
export function canonicalName(text: string): string {
  return nameText(parseName(text)).toLowerCase();
}

export function sameName(a: string, b: string): boolean {
  return canonicalName(a) === canonicalName(b);
}

/** Whether `name` is `zone` itself or below it. */
export function isWithin(name: string, zone: string): boolean {
  const inner = parseName(name);
  const outer = parseName(zone);
  if (outer.length > inner.length) return false;
  return sameName(nameText(inner.slice(inner.length - outer.length)), nameText(outer));
}

/** The name without its first label; undefined for the root. */
export function parentName(name: string): string | undefined {
  const labels = parseName(name);
  return labels.length === 0 ? undefined : nameText(labels.slice(1));
}

/** The longest of `zones` that holds `name`. */
export function longestZone(name: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => isWithin(name, zone))
    .reduce<string | undefined>(
      (best, zone) => (best === undefined || parseName(zone).length > parseName(best).length ? zone : best),
      undefined,
    );
}

/** For people: the root is ".", everything else as it is. */
export function showName(name: string): string {
  return name === '' ? '.' : name;
}

/**
 * Reads a name, following compression pointers. Every pointer must lead before the part that it continues, so a chain
 * of pointers descends and ends; the 255-octet limit bounds the labels.
 */
export function readName(reader: OctetReader): string {
  const labels: Uint8Array[] = [];
  const { bytes } = reader;
  let at = reader.position;
  let after: number | undefined;
  let floor = at;
  let total = 1;
  for (;;) {
    const size = bytes[at];
    if (size === undefined) throw malformed('a name ends early');
    if (size === 0) {
      at += 1;
      break;
    }
    if (size >= pointerMark) {
      const low = bytes[at + 1];
      if (low === undefined) throw malformed('a name ends early');
      const target = ((size & 0x3f) << 8) | low;
      after ??= at + 2;
      if (target >= floor) throw malformed('a compression pointer does not lead backwards');
      floor = target;
      at = target;
      continue;
    }
    // 0x40 and 0x80 are reserved label types (RFC 6891 §5).
    if (size > maxLabelOctets) throw malformed('a label has a reserved type');
    if (at + 1 + size > bytes.length) throw malformed('a name ends early');
    total += size + 1;
    if (total > maxNameOctets) throw malformed(`a name is longer than ${maxNameOctets} octets`);
    labels.push(bytes.subarray(at + 1, at + 1 + size));
    at += 1 + size;
  }
  reader.position = after ?? at;
  return nameText(labels);
}

/** Offsets of the name endings already written, for compression. */
export type NameOffsets = Map<string, number>;

/** Writes a name; with `offsets`, endings written before become pointers. Never compress names inside a TSIG record. */
export function writeName(writer: OctetWriter, name: string, offsets?: NameOffsets): void {
  const labels = parseName(name);
  for (const [index, label] of labels.entries()) {
    const ending = nameText(labels.slice(index));
    const known = offsets?.get(ending);
    if (known !== undefined) {
      writer.u16((pointerMark << 8) | known);
      return;
    }
    if (writer.length < pointerLimit) offsets?.set(ending, writer.length);
    writer.u8(label.length);
    writer.put(label);
  }
  writer.u8(0);
}
