/**
 * The zones of an account. Where the sandbox's name server is authoritative, its records are the zone's records; a zone
 * it does not know is like one that nobody delegated: kept here, and nowhere to be asked for.
 */
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { RECORD_TYPES } from '../../dns/index.ts';
import type { RecordType } from '../../dns/index.ts';
import { Refusal } from '../answers.ts';
import type { Account, World } from '../world.ts';

export interface ZoneRecord {
  /** Lower case, absolute, without final dot. */
  readonly owner: string;
  readonly type: RecordType | 'SOA';
  /** Seconds. */
  readonly ttl: number;
  /** Names in it absolute and without final dot; a TXT value without quotes. */
  readonly data: string;
}

export interface KeyDnsZone {
  readonly name: string;
  /** Absent: the name server has the records. */
  kept?: readonly ZoneRecord[];
  /** For a zone kept here. */
  serial: number;
  /** SOA fields set with AddDNSZone or ModifyDNSZone; told again by StatusDNSZone, not served. */
  readonly soa: Map<string, string>;
  /** When records were changed through this API, by `recordKey`. */
  readonly changedAt: Map<string, Date>;
  readonly createdAt: Date;
  updatedAt: Date;
}

const Snapshot = z.object({
  zones: z.array(
    z.object({
      origin: z.string(),
      records: z.array(z.object({ name: z.string(), type: z.string(), ttl: z.number(), value: z.string() })),
    }),
  ),
});

type ServedZone = z.output<typeof Snapshot>['zones'][number];

function servedZones(world: World): readonly ServedZone[] {
  return world.dns === undefined ? [] : Snapshot.parse(world.dns.snapshot()).zones;
}

export const isWithin = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

export const recordKey = ({ owner, type, data }: ZoneRecord): string => `${owner} ${type} ${data}`;

function longest<T>(candidates: readonly T[], nameOf: (candidate: T) => string, name: string): T | undefined {
  return candidates
    .filter((candidate) => isWithin(name, nameOf(candidate)))
    .toSorted((a, b) => nameOf(b).length - nameOf(a).length)[0];
}

export function newZone(world: World, name: string): KeyDnsZone {
  const now = world.clock.now();
  const served = longest(servedZones(world), ({ origin }) => origin, name) !== undefined;
  const server = (number: number): ZoneRecord => ({
    owner: name,
    type: 'NS',
    ttl: 28_800,
    data: `ns${number}.keydns.example`,
  });
  return {
    name,
    ...(served ? {} : { kept: [server(1), server(2)] }),
    serial: 1,
    soa: new Map(),
    changedAt: new Map(),
    createdAt: now,
    updatedAt: now,
  };
}

/** What the account holds from the start. */
export function openZones(world: World, account: Account): void {
  const { keyDnsZones } = world.options;
  for (const { origin } of servedZones(world)) {
    const held = keyDnsZones === 'all' || keyDnsZones.includes(origin);
    if (held) account.zones.set(origin, newZone(world, origin));
  }
}

/** Without final dot (the sister system wants one); A-labels or not. */
export function zoneName(text: string): string {
  const name = domainToASCII(text.trim().toLowerCase());
  const labels = name.split('.');
  const wellFormed =
    labels.length >= 2 && name.length <= 253 && labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  if (!wellFormed) throw new Refusal(505, 'DNSZONE');
  return name;
}

export function zoneBy(account: Account, text: string): KeyDnsZone {
  const zone = account.zones.get(zoneName(text));
  if (zone === undefined) throw new Refusal(545, text);
  return zone;
}

/** The account's zone a name lies in: the closest one. */
export function enclosingZone(account: Account, name: string): KeyDnsZone | undefined {
  return longest([...account.zones.values()], (zone) => zone.name, name);
}

function typeOf(text: string): ZoneRecord['type'] | undefined {
  return text === 'SOA' ? text : RECORD_TYPES.find((type) => type === text);
}

/** Types the name server has and this API cannot write are left out. */
export function recordsOf(world: World, account: Account, zone: KeyDnsZone): ZoneRecord[] {
  if (zone.kept !== undefined) return [...zone.kept];
  const served = longest(servedZones(world), ({ origin }) => origin, zone.name);
  return (served?.records ?? []).flatMap(({ name, type, ttl, value }): ZoneRecord[] => {
    const known = typeOf(type);
    const ours = known !== undefined && enclosingZone(account, name) === zone;
    return ours ? [{ owner: name, type: known, ttl, data: value }] : [];
  });
}

/** The SOA of the zone, or of the served zone it lies in: server, mailbox, serial, refresh, retry, expire, minimum. */
export function soaFields(world: World, zone: KeyDnsZone): string[] {
  const served = longest(servedZones(world), ({ origin }) => origin, zone.name);
  const soa = served?.records.find(({ type }) => type === 'SOA')?.value;
  const kept = `ns1.keydns.example tech.keydns.example ${zone.serial} 10800 3600 604800 3600`;
  return (zone.kept === undefined ? (soa ?? kept) : kept).split(' ');
}

/** The zone's own pillars, and what the options name. */
export function isLocked(world: World, zone: KeyDnsZone, record: ZoneRecord): boolean {
  const { owner, type } = record;
  if (type === 'SOA' || (type === 'NS' && owner === zone.name)) return true;
  return world.options.lockedRecords.includes(`${owner} ${type}`);
}
