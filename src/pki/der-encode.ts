/** The few DER elements (ITU-T X.690 §10.1) that are written without a library. */

/** One element; `parts` are its content, one after the other. Content of 64 KiB and more is not written here. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, { length: one }) => sum + one, 0);
  if (length >= 0x1_00_00) throw new RangeError('too long for what is written here');
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), ...parts]);
}
