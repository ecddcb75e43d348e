import { isWithin } from './name.ts';
import { CLASS, isMetaType, RCODE, rcodeName, rdataKey, rdataToText, TYPE, typeName } from './rdata.ts';
import type { TsigKey } from './tsig.ts';
import type { DnsMessage, DnsRecord } from './wire.ts';
import * as zones from './zone.ts';
import type { Zone } from './zone.ts';

/** Dynamic updates (RFC 2136), signed ones only: prerequisites, a look at every change, then all changes or none. */

export interface UpdateChange {
  readonly action: 'add' | 'delete-record' | 'delete-set' | 'delete-name';
  readonly name: string;
  readonly type: string;
  readonly value?: string;
  readonly ttl?: number;
}

export interface UpdateHistoryEntry {
  readonly at: Date;
  readonly zone: string;
  /** The TSIG key that signed it, or tried to. */
  readonly key?: string;
  readonly transport: 'udp' | 'tcp';
  /** "NOERROR", "NXRRSET", "BADKEY", … */
  readonly result: string;
  /** What was asked for; done only when `result` is NOERROR. */
  readonly changes: readonly UpdateChange[];
  readonly serial?: number;
}

export interface UpdateOutcome {
  readonly rcode: number;
  readonly serial?: number;
}

type Records = readonly DnsRecord[];

export function applyUpdate(
  message: DnsMessage,
  zonesByOrigin: ReadonlyMap<string, Zone>,
  key: TsigKey | undefined,
): UpdateOutcome {
  const [question] = message.questions;
  // §3.1.1: the zone section holds exactly one record, of type SOA.
  if (message.questions.length !== 1 || question?.type !== TYPE.SOA) return { rcode: RCODE.FORMERR };
  const zone = zonesByOrigin.get(question.name.toLowerCase());
  if (zone === undefined || question.class !== CLASS.IN) return { rcode: RCODE.NOTAUTH };
  if (key === undefined) return { rcode: RCODE.REFUSED };
  if (key.zones !== undefined && !key.zones.includes(zone.origin)) return { rcode: RCODE.REFUSED };

  const prerequisites = message.answers.map(inLowerCase);
  const updates = message.authorities.map(inLowerCase);
  const rcode = checkPrerequisites(zone, prerequisites) || prescan(zone, updates);
  if (rcode !== RCODE.NOERROR) return { rcode };

  const serialBefore = zones.serial(zone);
  const changed = updates.map((update) => apply(zone, update)).includes(true);
  // §3.6: a serial the update itself brought along stands.
  if (changed && zones.serial(zone) === serialBefore) zones.incrementSerial(zone);
  return { rcode, serial: zones.serial(zone) };
}

const inLowerCase = (record: DnsRecord): DnsRecord => ({ ...record, name: record.name.toLowerCase() });

/** §3.2. */
function checkPrerequisites(zone: Zone, prerequisites: Records): number {
  const wanted = new Map<string, { name: string; type: number; keys: Set<string> }>();
  for (const { name, type, class: recordClass, ttl, data } of prerequisites) {
    if (ttl !== 0) return RCODE.FORMERR;
    if (!isWithin(name, zone.origin)) return RCODE.NOTZONE;
    const set = zones.setOf(zone, name, type);
    const nameInUse = zone.sets.has(name);
    if (recordClass === CLASS.ANY) {
      if (data.length > 0) return RCODE.FORMERR;
      if (type === TYPE.ANY && !nameInUse) return RCODE.NXDOMAIN;
      if (type !== TYPE.ANY && set === undefined) return RCODE.NXRRSET;
    } else if (recordClass === CLASS.NONE) {
      if (data.length > 0) return RCODE.FORMERR;
      if (type === TYPE.ANY && nameInUse) return RCODE.YXDOMAIN;
      if (type !== TYPE.ANY && set !== undefined) return RCODE.YXRRSET;
    } else if (recordClass === CLASS.IN) {
      if (data.length === 0 || isMetaType(type)) return RCODE.FORMERR;
      const id = `${name} ${type}`;
      const entry = wanted.get(id) ?? { name, type, keys: new Set<string>() };
      entry.keys.add(rdataKey(type, data));
      wanted.set(id, entry);
    } else {
      return RCODE.FORMERR;
    }
  }
  for (const { name, type, keys } of wanted.values()) {
    const present = new Set(zones.setOf(zone, name, type)?.data.keys());
    if (keys.symmetricDifference(present).size > 0) return RCODE.NXRRSET;
  }
  return RCODE.NOERROR;
}

/** §3.4.1.3. */
function prescan(zone: Zone, updates: Records): number {
  for (const { name, type, class: recordClass, ttl, data } of updates) {
    if (!isWithin(name, zone.origin)) return RCODE.NOTZONE;
    if (recordClass === CLASS.IN) {
      if (isMetaType(type) || data.length === 0) return RCODE.FORMERR;
    } else if (recordClass === CLASS.ANY) {
      if (ttl !== 0 || data.length > 0 || (isMetaType(type) && type !== TYPE.ANY)) return RCODE.FORMERR;
    } else if (recordClass === CLASS.NONE) {
      if (ttl !== 0 || isMetaType(type) || data.length === 0) return RCODE.FORMERR;
    } else {
      return RCODE.FORMERR;
    }
  }
  return RCODE.NOERROR;
}

/** §3.4.2. True when something changed. */
function apply(zone: Zone, { name, type, class: recordClass, ttl, data }: DnsRecord): boolean {
  if (recordClass === CLASS.IN) return zones.addRecord(zone, { name, type, ttl, data });
  if (recordClass === CLASS.NONE) return zones.removeRecord(zone, name, type, data);
  return type === TYPE.ANY ? zones.removeName(zone, name) : zones.removeSet(zone, name, type);
}

/** What the update asked for, for the history; tolerant, because it is also used for updates that were refused. */
export function describeUpdate(message: DnsMessage): { zone: string; changes: UpdateChange[] } {
  return {
    zone: message.questions[0]?.name.toLowerCase() ?? '',
    changes: message.authorities.map((record) => {
      const about = { name: record.name.toLowerCase(), type: typeName(record.type) };
      if (record.class === CLASS.ANY) {
        return { action: record.type === TYPE.ANY ? 'delete-name' : 'delete-set', ...about };
      }
      const value = record.data.length === 0 ? '' : rdataToText(record.type, record.data);
      return record.class === CLASS.NONE
        ? { action: 'delete-record', ...about, value }
        : { action: 'add', ...about, value, ttl: record.ttl };
    }),
  };
}

export const updateResult = (rcode: number, tsigError: number | undefined): string =>
  rcodeName(tsigError ?? rcode);
