/** QueryDNSZoneList, StatusDNSZone, QueryDNSZoneRRList. Zone names end with a dot here. */
import { normaliseName } from '../vendor-kit/names.ts';
import { dateTime, listAnswer, Refusal, success, value, values } from './answers.ts';
import type { Row } from './answers.ts';
import type { Command, CommandContext } from './command.ts';
import { matches } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { recordText } from './resource-records.ts';
import type { ResourceRecord } from './resource-records.ts';
import type { HostedZone } from './zones.ts';

export function originFrom(parameters: Parameters): string {
  const text = parameters.required('DNSZONE');
  const origin = text.endsWith('.') ? normaliseName(text) : undefined;
  if (origin === undefined) throw new Refusal(506, 'Syntax error in parameter: DNSZONE');
  return origin;
}

export function zoneBy({ world }: CommandContext, parameters: Parameters): HostedZone {
  const origin = originFrom(parameters);
  const zone = world.zones.find(origin);
  if (zone === undefined) throw new Refusal(545, `${origin}.`);
  return zone;
}

interface Soa {
  readonly ttl: number;
  readonly server: string;
  readonly mailbox: string;
  readonly numbers: readonly string[];
}

/** The numbers: serial, refresh, retry, expire, minimum. */
export function soaOf(zone: HostedZone): Soa {
  const record = zone.records().find(({ type }) => type === 'SOA');
  const [server = '', mailbox = '', ...numbers] = (record?.data ?? '').split(' ');
  return { ttl: record?.ttl ?? 0, server: `${server}.`, mailbox: `${mailbox}.`, numbers };
}

export const queryDnsZoneList: Command = ({ world, account }, parameters) => {
  const wide = parameters.word('WIDE', ['0', '1', 'DNSNODE']) ?? '0';
  const created = parameters.range('CREATEDDATE');
  const updated = parameters.range('UPDATEDDATE');
  const zones = world.zones
    .list()
    .filter(
      (zone) =>
        matches(parameters.text('DNSZONE'), `${zone.origin}.`) &&
        matches(parameters.text('SUBCLASS'), 'EXTERNAL') &&
        matches(parameters.text('STATUS'), 'ACTIVE') &&
        matches(parameters.text('SOAMNAME'), soaOf(zone).server) &&
        created(zone.createdAt) &&
        updated(zone.updatedAt),
    )
    .sort((a, b) => (a.origin < b.origin ? -1 : 1));
  const rows = zones.map((zone): Row => {
    const soa = soaOf(zone);
    return [
      ['DNSZONE', `${zone.origin}.`],
      ...(wide === '0'
        ? []
        : ([
            ['DNSZONECONFIGCLASS', ''],
            ['DNSZONECREATEDDATE', dateTime(zone.createdAt)],
            ['DNSZONERRSTOTAL', String(zone.records().length)],
            ['DNSZONESOAEXPIRE', soa.numbers[3] ?? ''],
            ['DNSZONESOAMINTTL', soa.numbers[4] ?? ''],
            ['DNSZONESOAMNAME', soa.server],
            ['DNSZONESOAREFRESH', soa.numbers[1] ?? ''],
            ['DNSZONESOARETRY', soa.numbers[2] ?? ''],
            ['DNSZONESOARNAME', soa.mailbox],
            ['DNSZONESOASERIAL', soa.numbers[0] ?? ''],
            ['DNSZONESOATTL', String(soa.ttl)],
            ['DNSZONESUBCLASS', 'EXTERNAL'],
            ['DNSZONEUMLAUT', `${zone.origin}.`],
            ['DNSZONEUPDATEDDATE', dateTime(zone.updatedAt)],
            ['PARENTUSER', 'sandbox.parent'],
            ['PEERUSER', ''],
            ['STATUS', 'ACTIVE'],
            ['USER', account.name],
          ] as const)),
    ];
  });
  return listAnswer(rows, parameters.page(10_000));
};

export const statusDnsZone: Command = (context, parameters) => {
  const zone = zoneBy(context, parameters);
  const soa = soaOf(zone);
  const records = zone.records();
  const www = records.find(
    ({ name, type }) => name === `www.${zone.origin}` && /^(A|AAAA|CNAME)$/.test(type),
  );
  return success([
    ...value('CREATEDDATE', dateTime(zone.createdAt)),
    ...value('DNSSEC-MODE', 'DISABLED'),
    ...value('PEERUSER', ''),
    ...value('RRSTOTAL', String(records.length)),
    ...value('SOAEXPIRE', soa.numbers[3] ?? ''),
    ...value('SOAMINTTL', soa.numbers[4] ?? ''),
    ...value('SOAMNAME', soa.server),
    ...value('SOAREFRESH', soa.numbers[1] ?? ''),
    ...value('SOARETRY', soa.numbers[2] ?? ''),
    ...value('SOARNAME', soa.mailbox),
    ...value('SOASERIAL', soa.numbers[0] ?? ''),
    ...value('SOATTL', String(soa.ttl)),
    ...value('STATUS', 'ACTIVE'),
    ...value('UPDATEDDATE', dateTime(zone.updatedAt)),
    ...value('WWWTARGETDATA', www === undefined ? '' : (recordText(www).split(' ').at(-1) ?? '')),
    ...value('WWWTARGETTYPE', www?.type ?? ''),
  ]);
};

export const queryDnsZoneRrList: Command = (context, parameters) => {
  const zone = zoneBy(context, parameters);
  const records = zone.records();
  const type = parameters.text('RRTYPE')?.toUpperCase();
  const pattern = parameters.text('RR');
  const found = records.filter(
    (record) =>
      (type === undefined || record.type === type) &&
      (pattern === undefined || matchesRecord(pattern, recordText(record), zone.origin)),
  );
  const short = parameters.flag('SHORT') === true;
  return success([
    ...value('COUNT', String(found.length)),
    ...value('TOTAL', String(records.length)),
    ...values(
      'RR',
      found.map((record) => (short ? shortened(record, zone.origin) : recordText(record))),
    ),
  ]);
};

/** Word by word, the first against a name of the zone; TTL and class may be left out, `...` is any rest. */
function matchesRecord(pattern: string, text: string, origin: string): boolean {
  const [owner = '', ...words] = pattern.replace(/\s*\.\.\.$/, '').split(/\s+/);
  const name = owner === '@' ? `${origin}.` : /[.*]$/.test(owner) ? owner : `${owner}.${origin}.`;
  const [given = '', ttl = '', ...rest] = text.split(' ');
  if (!matches(name, given)) return false;
  const asked = words.filter((word) => word.toUpperCase() !== 'IN');
  if (/^\d+$/.test(asked[0] ?? '') && asked.shift() !== ttl) return false;
  return matches(`${asked.join(' ')}*`, rest.filter((word, at) => at > 0 || word !== 'IN').join(' '));
}

function shortened(record: ResourceRecord, origin: string): string {
  const owner = record.name === origin ? '@' : record.name.slice(0, -origin.length - 1);
  return `${owner}${recordText(record).slice(record.name.length + 1)}`;
}
