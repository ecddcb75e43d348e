/** The few DER elements (ITU-T X.690 §10.1) that are written without a library. */

/** One element; `parts` are its content, one after the other. Content of 16 MiB and more is not written here. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, { length: one }) => sum + one, 0);
  if (length >= 0x1_00_00_00) throw new RangeError('too long for what is written here');
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : length < 0x1_00_00
          ? [tag, 0x82, length >> 8, length & 0xff]
          : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), ...parts]);
}

/** An OBJECT IDENTIFIER from its dotted form; arcs below 2^31. */
export function encodeOid(dotted: string): Buffer {
  const [root = 0, second = 0, ...others] = dotted.split('.').map(Number);
  // X.690 §8.19.4: the first two arcs share a number.
  const bytes = [root * 40 + second, ...others].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
    return digits;
  });
  return encode(0x06, Buffer.from(bytes));
}

/** A non-negative INTEGER below 2^31. */
export function encodeInteger(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  let start = 0;
  // As short as it can be without the first bit being taken for a sign.
  while (start < 4 && bytes[start] === 0 && (bytes[start + 1] ?? 0) < 0x80) start += 1;
  return encode(0x02, bytes.subarray(start));
}
