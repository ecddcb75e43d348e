/**
 * Dynamic update messages (RFC 2136): add one value to a record set, or take one value out. Never whole sets, so that
 * what others keep at the same name stays.
 */
import { opcodes, recordClasses, recordTypes } from './codes.ts';
import { blankHeader, encodeMessage, type ResourceRecord } from './message.ts';
import type { RecordData } from './record-data.ts';
import { txtSegments } from './txt-value.ts';

/** A TXT text or a CNAME target at a name. */
export interface UpdateValue {
  readonly name: string;
  readonly type: 'TXT' | 'CNAME';
  readonly value: string;
}

const nothing: RecordData = { kind: 'raw', octets: new Uint8Array() };

function dataOf(value: UpdateValue): RecordData {
  return value.type === 'TXT'
    ? { kind: 'TXT', segments: txtSegments(value.value) }
    : { kind: 'CNAME', target: value.value };
}

/** Change: the value is added to what is there (RFC 2136 §2.5.1). */
export function addValue(value: UpdateValue, ttlSeconds: number): ResourceRecord {
  return {
    name: value.name,
    type: recordTypes[value.type],
    class: recordClasses.IN,
    ttl: ttlSeconds,
    data: dataOf(value),
  };
}

/** Change: exactly this value goes, if it is there (RFC 2136 §2.5.4). */
export function deleteValue(value: UpdateValue): ResourceRecord {
  return { ...addValue(value, 0), class: recordClasses.NONE };
}

/** Prerequisite: nothing at all exists at the name, else YXDOMAIN (RFC 2136 §2.4.5). */
export function nameIsFree(name: string): ResourceRecord {
  return { name, type: recordTypes.ANY, class: recordClasses.NONE, ttl: 0, data: nothing };
}

/** Prerequisite: no record of the type exists at the name, else YXRRSET (RFC 2136 §2.4.3). */
export function typeIsAbsent(name: string, type: 'TXT' | 'CNAME'): ResourceRecord {
  return { name, type: recordTypes[type], class: recordClasses.NONE, ttl: 0, data: nothing };
}

/** Prerequisite: the record set is exactly this one value, else NXRRSET (RFC 2136 §2.4.2). */
export function setIsExactly(value: UpdateValue): ResourceRecord {
  return addValue(value, 0);
}

export interface Update {
  readonly zone: string;
  readonly prerequisites: readonly ResourceRecord[];
  readonly changes: readonly ResourceRecord[];
}

/** Octets of an update without signature. */
export function encodeUpdate(id: number, update: Update): Uint8Array {
  return encodeMessage({
    header: blankHeader(id, opcodes.update),
    questions: [{ name: update.zone, type: recordTypes.SOA, class: recordClasses.IN }],
    answers: update.prerequisites,
    authorities: update.changes,
    additionals: [],
  });
}
