/**
 * Records as KeyDNS writes them: `name ttl IN TYPE data`, the owner absolute with a final dot, relative or `@`, texts in
 * quotes (knowledge base, dns/keydns/resource-records.md). Pure.
 */
import type { DnsRecord } from '../../contracts/publisher.ts';
import { parseZoneLine } from '../../vendors/common/zone-line.ts';

/** One TXT segment (RFC 1035 §3.3: at most 255 octets). */
const segmentMax = 255;

/** The line that adds a record. Undefined when the value cannot stand in one: it must be printable ASCII. */
export function recordLine({ name, type, value }: DnsRecord, ttlSeconds: number): string | undefined {
  if (!/^[\x20-\x7e]{1,2000}$/.test(value)) return undefined;
  const data = type === 'TXT' ? quoted(value) : `${value.replace(/\.$/, '')}.`;
  return `${name}. ${ttlSeconds} IN ${type} ${data}`;
}

function quoted(value: string): string {
  const segments = value.match(new RegExp(`.{1,${segmentMax}}`, 'g')) ?? [];
  return segments.map((segment) => `"${segment.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** Whether a listed line is this record, whatever its TTL. */
export function isRecord(line: string, { name, type, value }: DnsRecord, zone: string): boolean {
  const listed = parseZoneLine(line);
  const owner = /^\s*(\S+)\s/.exec(line)?.[1];
  if (listed === undefined || owner === undefined || listed.type !== type) return false;
  return ownsName(owner, name, zone) && sameValue(listed.value, value, type);
}

/** Whether a listed line lies at this name. */
export function isAt(line: string, name: string, zone: string): boolean {
  const owner = /^\s*(\S+)\s/.exec(line)?.[1];
  return owner !== undefined && ownsName(owner, name, zone);
}

/** Without a final dot an owner is relative, but some lists print whole names without one. */
export function ownsName(owner: string, name: string, zone: string): boolean {
  const lower = owner.toLowerCase();
  if (lower === '@') return name === zone;
  if (lower.endsWith('.')) return lower.slice(0, -1) === name;
  return lower === name || `${lower}.${zone}` === name;
}

function sameValue(listed: string, value: string, type: DnsRecord['type']): boolean {
  if (type === 'TXT') return listed === value;
  return listed === value.toLowerCase().replace(/\.$/, '');
}
