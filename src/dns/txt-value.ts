/** A TXT value as one text, and as the segments of at most 255 octets that the wire needs (RFC 1035 §3.3.14). */

/** At least one segment, also for the empty text. */
export function txtSegments(value: string): Uint8Array[] {
  const octets = Buffer.from(value, 'utf8');
  const segments: Uint8Array[] = [];
  for (let start = 0; start < octets.length; start += 255) {
    segments.push(Uint8Array.from(octets.subarray(start, start + 255)));
  }
  return segments.length === 0 ? [new Uint8Array()] : segments;
}

/** Whether the joined segments are exactly `value`, however they were cut. */
export function txtEquals(segments: readonly Uint8Array[], value: string): boolean {
  return Buffer.concat(segments).equals(Buffer.from(value, 'utf8'));
}
