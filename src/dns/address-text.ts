/** IP addresses: text on our side, 4 or 16 octets on the wire. */
import { isIPv4, isIPv6 } from 'node:net';
import { malformed } from './malformed.ts';

export function ipv4Octets(text: string): Uint8Array {
  if (!isIPv4(text)) throw malformed(`not an IPv4 address: ${JSON.stringify(text.slice(0, 60))}`);
  return Uint8Array.from(text.split('.').map(Number));
}

export function ipv4Text(octets: Uint8Array): string {
  return octets.join('.');
}

/** Groups of one side of "::"; a dotted quad counts as two. */
function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

export function ipv6Octets(text: string): Uint8Array {
  if (!isIPv6(text) || text.includes('%'))
    throw malformed(`not an IPv6 address: ${JSON.stringify(text.slice(0, 60))}`);
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const behind = tail === undefined ? [] : groupsOf(tail);
  const gap = Array.from({ length: 8 - before.length - behind.length }, () => 0);
  return Uint8Array.from([...before, ...gap, ...behind].flatMap((group) => [group >> 8, group & 0xff]));
}

/** RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zero groups as "::". */
export function ipv6Text(octets: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => (octets[index * 2] ?? 0) * 256 + (octets[index * 2 + 1] ?? 0),
  );
  let bestStart = 0;
  let bestLength = 0;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > bestLength) [bestStart, bestLength] = [start, length];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (bestLength < 2) return hex(groups);
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`;
}
