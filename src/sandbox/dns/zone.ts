import { isWithin, nameToWire, parentOf, readName } from './name.ts';
import { CLASS, rdataKey, rdataToText, TYPE, typeName } from './rdata.ts';
import type { DnsRecord } from './wire.ts';

/** One zone's records in memory, and the changes that keep it a zone. Names come in lower case. */

export interface RecordSet {
  ttl: number;
  /** By `rdataKey`, in the order they were added. */
  readonly data: Map<string, Buffer>;
}

export interface Zone {
  readonly origin: string;
  /** Owner, then type. */
  readonly sets: Map<string, Map<number, RecordSet>>;
}

export const DEFAULT_TTL_SECONDS = 60;
/** How long a "there is nothing" may be cached; short, because tests and newcomers wait for it. */
const NEGATIVE_TTL_SECONDS = 5;

/** SOA and one name server at 127.0.0.1. */
export function createZone(origin: string): Zone {
  const zone: Zone = { origin, sets: new Map() };
  const server = `ns1.${origin}`;
  const numbers = Buffer.alloc(20);
  [1, 3600, 600, 86_400, NEGATIVE_TTL_SECONDS].forEach((value, index) =>
    numbers.writeUInt32BE(value, index * 4),
  );
  const soa = Buffer.concat([nameToWire(server), nameToWire(`hostmaster.${origin}`), numbers]);
  put(zone, origin, TYPE.SOA, DEFAULT_TTL_SECONDS, soa);
  put(zone, origin, TYPE.NS, DEFAULT_TTL_SECONDS, nameToWire(server));
  put(zone, server, TYPE.A, DEFAULT_TTL_SECONDS, Buffer.of(127, 0, 0, 1));
  return zone;
}

export const setOf = (zone: Zone, name: string, type: number): RecordSet | undefined =>
  zone.sets.get(name)?.get(type);

export function recordsOf(name: string, type: number, set: RecordSet | undefined): DnsRecord[] {
  if (set === undefined) return [];
  return [...set.data.values()].map((data) => ({ name, type, class: CLASS.IN, ttl: set.ttl, data }));
}

/** Adds without asking; the whole set takes the new TTL (RFC 2181 §5.2). True when something changed. */
function put(zone: Zone, name: string, type: number, ttl: number, data: Buffer): boolean {
  const types = zone.sets.get(name) ?? new Map<number, RecordSet>();
  zone.sets.set(name, types);
  const set = types.get(type) ?? { ttl, data: new Map<string, Buffer>() };
  types.set(type, set);
  const key = rdataKey(type, data);
  const changed = !set.data.has(key) || set.ttl !== ttl;
  set.ttl = ttl;
  set.data.set(key, Buffer.from(data));
  return changed;
}

/** Why a record cannot be added, for people; undefined when it can. */
export function additionProblem(zone: Zone, name: string, type: number): string | undefined {
  const types = zone.sets.get(name);
  if (type === TYPE.SOA) return 'a zone has exactly one SOA record';
  if (type === TYPE.CNAME && types !== undefined && [...types.keys()].some((other) => other !== TYPE.CNAME)) {
    return 'a name with other records cannot be an alias (RFC 1034 §3.6.2)';
  }
  if (type !== TYPE.CNAME && types?.has(TYPE.CNAME) === true) {
    return 'the name is an alias and can have no other records (RFC 1034 §3.6.2)';
  }
  return undefined;
}

/** RFC 2136 §3.4.2.2: what cannot be is ignored silently; an alias takes the place of the one before. */
export function addRecord(zone: Zone, record: Omit<DnsRecord, 'class'>): boolean {
  const { name, type, ttl, data } = record;
  if (type === TYPE.SOA) return replaceSoa(zone, ttl, name, data);
  if (additionProblem(zone, name, type) !== undefined) return false;
  if (type === TYPE.CNAME) {
    const known = setOf(zone, name, type);
    if (known !== undefined && !known.data.has(rdataKey(type, data))) known.data.clear();
  }
  return put(zone, name, type, ttl, data);
}

function replaceSoa(zone: Zone, ttl: number, name: string, data: Buffer): boolean {
  if (name !== zone.origin) return false;
  const step = (serialOf(data) - serial(zone)) >>> 0;
  // RFC 1982 §3.2: newer is what lies less than half the circle ahead.
  if (step === 0 || step >= 0x8000_0000) return false;
  zone.sets.get(name)?.delete(TYPE.SOA);
  return put(zone, name, TYPE.SOA, ttl, data);
}

/** RFC 2136 §3.4.2.4: neither the SOA nor the zone's last NS can be deleted. */
export function removeRecord(zone: Zone, name: string, type: number, data: Buffer): boolean {
  const set = setOf(zone, name, type);
  if (set === undefined || type === TYPE.SOA) return false;
  if (type === TYPE.NS && name === zone.origin && set.data.size === 1) return false;
  const removed = set.data.delete(rdataKey(type, data));
  tidy(zone, name, type);
  return removed;
}

/** RFC 2136 §3.4.2.3: the SOA and NS sets at the top of the zone stay. */
export function removeSet(zone: Zone, name: string, type: number): boolean {
  if (name === zone.origin && (type === TYPE.SOA || type === TYPE.NS)) return false;
  const set = setOf(zone, name, type);
  if (set === undefined) return false;
  set.data.clear();
  tidy(zone, name, type);
  return true;
}

export function removeName(zone: Zone, name: string): boolean {
  let removed = false;
  for (const type of zone.sets.get(name)?.keys() ?? []) removed = removeSet(zone, name, type) || removed;
  return removed;
}

function tidy(zone: Zone, name: string, type: number): void {
  const types = zone.sets.get(name);
  if (types?.get(type)?.data.size === 0) types.delete(type);
  if (types?.size === 0) zone.sets.delete(name);
}

export function soaRecord(zone: Zone): DnsRecord {
  const [record] = recordsOf(zone.origin, TYPE.SOA, setOf(zone, zone.origin, TYPE.SOA));
  if (record === undefined) throw new Error(`the zone ${zone.origin} has lost its SOA record`);
  return record;
}

export const serial = (zone: Zone): number => serialOf(soaRecord(zone).data);

/** The SOA's numbers are its last 20 bytes; the first of them is the serial. */
const serialOf = (soa: Buffer): number => soa.readUInt32BE(soa.length - 20);

/** RFC 2136 §3.6: by one, and never to 0 on its way around (RFC 1982 §7 advises so). */
export function incrementSerial(zone: Zone): void {
  const { data, ttl } = soaRecord(zone);
  const next = Buffer.from(data);
  next.writeUInt32BE((serialOf(data) + 1) >>> 0 || 1, next.length - 20);
  zone.sets.get(zone.origin)?.delete(TYPE.SOA);
  put(zone, zone.origin, TYPE.SOA, ttl, next);
}

export type LookupResult =
  | { readonly kind: 'found'; readonly records: DnsRecord[] }
  | { readonly kind: 'alias'; readonly record: DnsRecord; readonly target: string }
  | { readonly kind: 'referral'; readonly nameServers: DnsRecord[] }
  | { readonly kind: 'no-data' }
  | { readonly kind: 'no-name' };

/** RFC 1034 §4.3.2 steps 3a to 3c without wildcards. The name must lie within the zone. */
export function lookup(zone: Zone, name: string, type: number): LookupResult {
  const referral = referralFor(zone, name);
  if (referral !== undefined) return { kind: 'referral', nameServers: referral };
  const types = zone.sets.get(name);
  if (types === undefined) {
    // RFC 8020: a name with something below it exists, though it has no records itself.
    return [...zone.sets.keys()].some((other) => isWithin(other, name))
      ? { kind: 'no-data' }
      : { kind: 'no-name' };
  }
  if (type === TYPE.ANY) {
    return { kind: 'found', records: [...types].flatMap(([each, set]) => recordsOf(name, each, set)) };
  }
  const records = recordsOf(name, type, types.get(type));
  if (records.length > 0) return { kind: 'found', records };
  const [alias] = recordsOf(name, TYPE.CNAME, types.get(TYPE.CNAME));
  if (alias === undefined) return { kind: 'no-data' };
  return { kind: 'alias', record: alias, target: nameIn(alias) };
}

/** The name a CNAME or NS record leads to, in lower case. */
export const nameIn = (record: DnsRecord): string =>
  readName({ packet: record.data, offset: 0 }).toLowerCase();

/** Name servers between the zone's top and the name: the data belongs to somebody else. */
function referralFor(zone: Zone, name: string): DnsRecord[] | undefined {
  let found: DnsRecord[] | undefined;
  for (let cut = name; cut !== zone.origin && cut !== ''; cut = parentOf(cut)) {
    const nameServers = recordsOf(cut, TYPE.NS, setOf(zone, cut, TYPE.NS));
    if (nameServers.length > 0) found = nameServers;
  }
  return found;
}

/** For people: owner, then type, then values. */
export function zoneSnapshot(zone: Zone): Record<string, unknown> {
  const records = [...zone.sets].flatMap(([name, types]) =>
    [...types].flatMap(([type, set]) =>
      [...set.data.values()].map((data) => ({
        name,
        type: typeName(type),
        ttl: set.ttl,
        value: rdataToText(type, data),
      })),
    ),
  );
  return { origin: zone.origin, serial: serial(zone), records };
}
