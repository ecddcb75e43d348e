/** ModifyDNSZone: single records in and out with ADDRR and DELRR; RR puts its records in the place of all others. */
import { messageOf } from '../../guards.ts';
import { Refusal, success, value } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Parameters } from '../parameters.ts';
import { isStoredAs, parseRecord } from './records.ts';
import { refuseSecondary, setSoa } from './soa.ts';
import { isLocked, recordKey, recordsOf, zoneBy } from './zones.ts';
import type { KeyDnsZone, ZoneRecord } from './zones.ts';

/** "≤ 1000 records per name+type" (knowledge base). */
const RECORDS_PER_SET_MAX = 1000;

export const modifyDnsZone: Command = (context, parameters) => {
  const zone = zoneBy(context.account, parameters.required('dnszone'));
  refuseSecondary(parameters);
  const before = recordsOf(context.world, context.account, zone);
  const after = changed(context, parameters, zone, before);
  setSoa(zone, parameters);
  exchange(context, zone, before, after);
  return success(parameters.flag('signed') ? value('signed', '1') : []);
};

/** What the zone shall be afterwards. Nothing is applied before everything is known to be right. */
function changed(
  { world }: CommandContext,
  parameters: Parameters,
  zone: KeyDnsZone,
  before: readonly ZoneRecord[],
): ZoneRecord[] {
  const { options } = world;
  let records = [...before];
  const whole = parameters.indexed('rr');
  if (whole.size > 0) {
    records = records.filter((record) => isLocked(world, zone, record));
    for (const [number, line] of whole) {
      records = withRecord(records, parseRecord(line, `RR${number}`, zone, options));
    }
  }
  for (const [number, line] of parameters.indexed('delrr')) {
    const stored = records.find((record) => isStoredAs(line, record, zone));
    if (stored === undefined) throw new Refusal(541, `DELRR${number} is not in the zone`);
    if (isLocked(world, zone, stored)) throw new Refusal(557, `DELRR${number} is locked`);
    records = records.filter((record) => record !== stored);
  }
  for (const [number, line] of parameters.indexed('addrr')) {
    const record = parseRecord(line, `ADDRR${number}`, zone, options);
    const known = records.some((each) => recordKey(each) === recordKey(record));
    if (known && options.duplicateRecord !== 'accept') {
      throw new Refusal(options.duplicateRecord, `ADDRR${number} is in the zone already`);
    }
    if (
      known &&
      records.some((each) => recordKey(each) === recordKey(record) && isLocked(world, zone, each))
    ) {
      throw new Refusal(557, `ADDRR${number} is locked`);
    }
    records = withRecord(records, record);
  }
  checkSets(records);
  return records;
}

/** A set has one TTL (RFC 2181 §5.2): that of the record that came last. */
export function withRecord(records: readonly ZoneRecord[], added: ZoneRecord): ZoneRecord[] {
  return [
    ...records
      .filter((record) => recordKey(record) !== recordKey(added))
      .map((record) =>
        record.owner === added.owner && record.type === added.type ? { ...record, ttl: added.ttl } : record,
      ),
    added,
  ];
}

export function checkSets(records: readonly ZoneRecord[]): void {
  const byOwner = new Map<string, Map<string, number>>();
  for (const { owner, type } of records) {
    const types = byOwner.get(owner) ?? new Map<string, number>();
    byOwner.set(owner, types.set(type, (types.get(type) ?? 0) + 1));
  }
  for (const [owner, types] of byOwner) {
    const aliases = types.get('CNAME') ?? 0;
    if (aliases > 1 || (aliases === 1 && types.size > 1)) {
      throw new Refusal(541, `${owner} cannot be an alias and something else`);
    }
    if (Math.max(...types.values()) > RECORDS_PER_SET_MAX) {
      throw new Refusal(541, `${owner} has more than ${RECORDS_PER_SET_MAX} records of one type`);
    }
  }
}

/** Makes the zone what it shall be, at the name server where it has it. */
export function exchange(
  { world }: CommandContext,
  zone: KeyDnsZone,
  before: readonly ZoneRecord[],
  after: readonly ZoneRecord[],
): void {
  const line = (record: ZoneRecord): string => `${record.ttl} ${recordKey(record)}`;
  const [old, wanted] = [new Set(before.map(line)), new Set(after.map(line))];
  const gone = before.filter((record) => !wanted.has(line(record)));
  const come = after.filter((record) => !old.has(line(record)));
  if (gone.length + come.length === 0) return;
  if (zone.kept === undefined) {
    atNameServer(world.dns, gone, come);
  } else {
    zone.kept = after;
    zone.serial += 1;
  }
  const now = world.clock.now();
  zone.updatedAt = now;
  for (const record of gone) zone.changedAt.delete(recordKey(record));
  for (const record of come) zone.changedAt.set(recordKey(record), now);
}

/** All of it or nothing: what the name server refuses half way is taken back. */
function atNameServer(
  dns: CommandContext['world']['dns'],
  gone: readonly ZoneRecord[],
  come: readonly ZoneRecord[],
): void {
  const remove = ({ owner, type, data }: ZoneRecord): void => {
    if (type !== 'SOA') dns?.removeRecord({ name: owner, type, value: data });
  };
  const add = ({ owner, type, data, ttl }: ZoneRecord): void => {
    if (type !== 'SOA') dns?.addRecord({ name: owner, type, value: data, ttl });
  };
  gone.forEach(remove);
  const added: ZoneRecord[] = [];
  try {
    for (const record of come) {
      add(record);
      added.push(record);
    }
  } catch (error) {
    added.forEach(remove);
    gone.forEach(add);
    throw new Refusal(549, messageOf(error));
  }
}
