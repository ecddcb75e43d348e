/**
 * Records as the zone commands write them: one line of zone-file text each (RFC 1035 §5.1). Forms: vendor command pages
 * UpdateDNSZone and QueryDNSZoneRRList. Pure.
 */
import type { DnsRecord } from '../../contracts/publisher.ts';
import { parseZoneLine } from '../../vendors/common/zone-line.ts';

/** Octets of one character string (RFC 1035 §3.3). */
const segmentMax = 255;

/** The line that adds a record, owner and target absolute. */
export function lineOf({ name, type, value }: DnsRecord, ttlSeconds: number): string {
  const data = type === 'CNAME' ? `${value}.` : quoted(value);
  return `${name}. ${ttlSeconds} IN ${type} ${data}`;
}

/** Splitting before escaping keeps an escape in one piece. */
function quoted(text: string): string {
  const segments: string[] = [];
  for (let at = 0; at < text.length || at === 0; at += segmentMax)
    segments.push(text.slice(at, at + segmentMax));
  return segments.map((segment) => `"${segment.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** Whether a listed line is this record; its TTL does not count. */
export function isSameRecord(line: string, record: DnsRecord, zone: string): boolean {
  const parsed = parseZoneLine(line);
  return (
    parsed !== undefined &&
    parsed.type === record.type &&
    ownerOf(line, zone) === record.name.toLowerCase() &&
    (record.type === 'CNAME'
      ? parsed.value === record.value.toLowerCase().replace(/\.$/, '')
      : parsed.value === record.value)
  );
}

/** Listings print the whole name with its final dot; without one a name is relative to the zone. */
function ownerOf(line: string, zone: string): string {
  const [owner = ''] = line.trim().toLowerCase().split(/\s/, 1);
  if (owner === '@') return zone;
  return owner.endsWith('.') ? owner.slice(0, -1) : `${owner}.${zone}`;
}
