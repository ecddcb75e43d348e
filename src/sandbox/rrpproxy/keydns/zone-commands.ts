/** AddDNSZone, CheckDNSZone, StatusDNSZone, GetDNSZone, QueryDNSZoneList, DeleteDNSZone. */
import { dateTime, Refusal, succeeded, success, value } from '../answers.ts';
import type { Command } from '../command.ts';
import { listAnswer, matches, ordered } from '../lists.ts';
import type { World } from '../world.ts';
import { checkSets, exchange, withRecord } from './modify.ts';
import { parseRecord } from './records.ts';
import { refuseSecondary, setSoa } from './soa.ts';
import { enclosingZone, isLocked, newZone, recordsOf, soaFields, zoneBy, zoneName } from './zones.ts';
import type { ZoneRecord } from './zones.ts';

function isTaken(world: World, name: string): boolean {
  return [...world.accounts.values()].some((account) => account.zones.has(name));
}

export const addDnsZone: Command = (context, parameters) => {
  const { world, account } = context;
  const name = zoneName(parameters.required('dnszone'));
  if (isTaken(world, name)) throw new Refusal(549, `${name} exists already`);
  refuseSecondary(parameters);
  if (world.options.zoneNeedsSoa) {
    for (const needed of ['soattl', 'soaserial']) parameters.required(needed);
  }
  const zone = newZone(world, name);
  setSoa(zone, parameters);
  const records = [...parameters.indexed('rr')].map(([number, line]) =>
    parseRecord(line, `RR${number}`, zone, world.options),
  );
  account.zones.set(name, zone);
  const before = recordsOf(world, account, zone);
  try {
    const after = records.reduce<readonly ZoneRecord[]>(withRecord, before);
    checkSets(after);
    exchange(context, zone, before, after);
  } catch (error) {
    account.zones.delete(name);
    throw error;
  }
  return success([...value('dnszone', name), ...(parameters.flag('signed') ? value('signed', '1') : [])]);
};

export const checkDnsZone: Command = ({ world }, parameters) =>
  succeeded(isTaken(world, zoneName(parameters.required('dnszone'))) ? 211 : 210);

export const statusDnsZone: Command = ({ world, account }, parameters) => {
  const zone = zoneBy(account, parameters.required('dnszone'));
  const [mname = '', rname = '', serial = '', refresh = '', retry = '', expire = '', minimum = ''] =
    soaFields(world, zone);
  const set = (name: string, served: string) => value(name, zone.soa.get(name) ?? served);
  return success([
    ...value('dnszone', zone.name),
    ...value('external', '0'),
    ...value('premiumdnsset', ''),
    ...value('signed', '0'),
    ...set('soaexpire', expire),
    ...set('soaminttl', minimum),
    ...set('soamname', mname),
    ...set('soarefresh', refresh),
    ...set('soaretry', retry),
    ...set('soarname', rname),
    ...value('soaserial', serial),
    ...set('soattl', '28800'),
    ...value('zonetype', 'Master'),
  ]);
};

/** The zone a name lies in. */
export const getDnsZone: Command = ({ account }, parameters) => {
  const text = parameters.required('domain');
  const zone = enclosingZone(account, text.toLowerCase().replace(/\.$/, ''));
  if (zone === undefined) throw new Refusal(545, text);
  return success(value('dnszone', zone.name));
};

export const queryDnsZoneList: Command = (context, parameters) => {
  const { account } = context;
  const external = parameters.flag('external');
  const found = [...account.zones.values()].filter(
    ({ name }) => !external && matches(parameters.text('dnszone'), name),
  );
  const sorted = ordered(found, parameters, { dnszone: ({ name }) => name });
  const wide = parameters.flag('wide');
  return listAnswer(context, parameters, {
    command: 'QueryDNSZoneList',
    columns: ['dnszone', ...(wide ? ['zonetype', 'updated date', 'external'] : [])],
    rows: sorted.map(({ name, updatedAt }) => [name, 'Master', dateTime(updatedAt, 'seconds'), '0']),
  });
};

/** The records go with the zone, except those the name server itself stands on. */
export const deleteDnsZone: Command = (context, parameters) => {
  const { world, account } = context;
  const zone = zoneBy(account, parameters.required('dnszone'));
  const before = recordsOf(world, account, zone);
  exchange(
    context,
    zone,
    before,
    before.filter((record) => isLocked(world, zone, record)),
  );
  account.zones.delete(zone.name);
  return success();
};
