/** QueryDNSZoneRRList and ExportDNSZone. */
import { dateTime, success, values } from '../answers.ts';
import type { Command } from '../command.ts';
import { listAnswer, matches, ordered } from '../lists.ts';
import type { Parameters } from '../parameters.ts';
import { contentOf, listedOwner, recordLine } from './records.ts';
import { isLocked, recordKey, recordsOf, zoneBy } from './zones.ts';
import type { KeyDnsZone, ZoneRecord } from './zones.ts';

const priority = ({ type, data }: ZoneRecord): string => (type === 'MX' ? (data.split(' ')[0] ?? '') : '');

const changedAt = (zone: KeyDnsZone, record: ZoneRecord): string =>
  dateTime(zone.changedAt.get(recordKey(record)) ?? zone.createdAt, 'seconds');

/** Names are looked for as listed or absolute, text with or without its quotes. */
function isWanted(parameters: Parameters, zone: KeyDnsZone, record: ZoneRecord): boolean {
  const either = (name: string, forms: readonly string[]): boolean =>
    forms.some((form) => matches(parameters.text(name), form));
  return (
    either('name', [listedOwner(record.owner, zone, 'relative'), record.owner, `${record.owner}.`]) &&
    either('type', [record.type]) &&
    either('content', [contentOf(record), record.data]) &&
    either('ttl', [String(record.ttl)]) &&
    either('prio', [priority(record)])
  );
}

export const queryDnsZoneRrList: Command = (context, parameters) => {
  const { world, account } = context;
  const zone = zoneBy(account, parameters.required('dnszone'));
  const form = world.options.keyDnsOwners;
  const found = recordsOf(world, account, zone).filter((record) => isWanted(parameters, zone, record));
  const number = (text: string): string => text.padStart(12, '0');
  const sorted = ordered(found, parameters, {
    name: ({ owner }) => listedOwner(owner, zone, 'relative'),
    type: ({ type }) => type,
    content: contentOf,
    prio: (record) => number(priority(record)),
    ttl: ({ ttl }) => number(String(ttl)),
    changed_date: (record) => changedAt(zone, record),
  });
  if (!parameters.flag('wide')) {
    return listAnswer(context, parameters, {
      command: 'QueryDNSZoneRRList',
      columns: ['rr'],
      rows: sorted.map((record) => [recordLine(record, zone, form)]),
    });
  }
  return listAnswer(context, parameters, {
    command: 'QueryDNSZoneRRList',
    columns: ['name', 'type', 'content', 'ttl', 'prio', 'locked', 'updated date'],
    rows: sorted.map((record) => [
      listedOwner(record.owner, zone, form),
      record.type,
      contentOf(record),
      String(record.ttl),
      priority(record),
      isLocked(world, zone, record) ? '1' : '0',
      changedAt(zone, record),
    ]),
  });
};

/** As a BIND zone file, line by line. */
export const exportDnsZone: Command = ({ world, account }, parameters) => {
  const zone = zoneBy(account, parameters.required('dnszone'));
  const lines = recordsOf(world, account, zone).map((record) => recordLine(record, zone, 'absolute'));
  return success(values('line', [`$ORIGIN ${zone.name}.`, ...lines]));
};
