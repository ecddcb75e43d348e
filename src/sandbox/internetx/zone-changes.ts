/** Records added to and removed from a zone: all of them, or none. */
import type { RecordBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import type { ManagedZone } from './dns-zones.ts';
import { ApiError } from './envelope.ts';
import { messageOf } from '../guards.ts';
import type { World } from './world.ts';
import { printedValue, readRecord } from './zone-records.ts';
import type { RequestedRecord } from './zone-records.ts';

/** A list of the request and what it is called there. */
export type NamedRecords = readonly [name: string, records: readonly RecordBody[]];

export function applyChanges(
  context: RouteContext,
  zone: ManagedZone,
  task: string,
  adds: NamedRecords,
  rems: NamedRecords,
): void {
  const { world } = context;
  const read = ([list, bodies]: NamedRecords): RequestedRecord[] =>
    bodies.map((body, index) => readRecord(body, zone.origin, task, `${list}[${index}]`));
  const undo: (() => void)[] = [];
  try {
    for (const record of read(rems)) undo.push(...remove(world, zone, record, task));
    for (const [index, record] of read(adds).entries()) {
      if (exists(world, record)) {
        if (context.gateway && world.options.xmlDuplicateRecord === 'ignore') continue;
        throw duplicate(zone, record, index, task);
      }
      undo.push(add(world, record, task));
    }
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw error;
  }
}

const exists = ({ dns }: World, record: RequestedRecord): boolean =>
  dns
    ?.records(record.name, record.type)
    .some((value) => valueKey(record.type, value) === printedValue(record)) === true;

const valueKey = (type: string, value: string): string => (type === 'TXT' ? value : value.toLowerCase());

/** As the recorded refusal writes it: zone, name server and the record's place; the record in zone file form. */
function duplicate(zone: ManagedZone, record: RequestedRecord, index: number, task: string): ApiError {
  const value = record.type === 'TXT' ? `"${record.value}"` : record.value;
  const place = { type: `${zone.origin}@${zone.nameServer}/rr[${zone.records.length + index}]` };
  return new ApiError(task, [
    { code: 'EF02022', objects: [{ ...place, value: `${record.name} ${record.type} ${value}` }] },
  ]);
}

function add({ dns }: World, record: RequestedRecord, task: string): () => void {
  inDns(record, task, () => dns?.addRecord(record));
  return () => dns?.removeRecord(record);
}

/** What the name server cannot take is the request's mistake. */
function inDns<T>({ name, type, value }: RequestedRecord, task: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    const objects = [{ type: `${name} ${type}`, value }];
    throw new ApiError(task, [{ code: 'EF01000', text: messageOf(error), objects }]);
  }
}

/** How to put it back; nothing when it was not there, which the vendor's documents do not mention. */
function remove(
  { dns, options }: World,
  zone: ManagedZone,
  record: RequestedRecord,
  task: string,
): (() => void)[] {
  const { name, type, value } = record;
  const stored = zone.records.find((each) => each.name === name && each.type === type);
  const removed = inDns(record, task, () => dns?.removeRecord({ name, type, value }) ?? 0);
  if (removed > 0) {
    return [
      () => dns?.addRecord({ name, type, value, ...(stored === undefined ? {} : { ttl: stored.ttl }) }),
    ];
  }
  if (options.missingRecord === 'ignore') return [];
  throw new ApiError(task, [{ text: `${zone.origin} has no record ${name} ${type} ${value}.` }]);
}
