/** UpdateDNSZone, CreateDNSZone, DeleteDNSZone. */
import { Refusal, success, value } from './answers.ts';
import type { Command } from './command.ts';
import { parseRecord, recordText, sameRecord } from './resource-records.ts';
import type { GivenRecord, ResourceRecord } from './resource-records.ts';
import { originFrom, soaOf, zoneBy } from './zone-queries.ts';
import { soaTtl } from './zones.ts';

/** First RRn, which replaces everything but the SOA, then DELRRn, then ADDRRn. All of it happens, or nothing does. */
export const updateDnsZone: Command = (context, parameters) => {
  const { world } = context;
  const zone = zoneBy(context, parameters);
  const { origin } = zone;
  const before = zone.records();
  const ttl = soaTtl(before);
  const parsed = (name: string): [string, GivenRecord][] =>
    parameters.list(name).map((text) => [text, parseRecord(text, origin)]);
  const complete = ({ name, type, data, ttl: given }: GivenRecord): ResourceRecord => ({
    name,
    type,
    data,
    ttl: given ?? ttl,
  });

  const replacing = parsed('RR').map(([, record]) => complete(record));
  const removals = parsed('DELRR');
  const additions = parsed('ADDRR').map(([, record]) => complete(record));
  let records: readonly ResourceRecord[] =
    replacing.length === 0
      ? before
      : [...before.filter(({ type }) => type === 'SOA'), ...withoutRepeats(replacing)];
  for (const [text, record] of removals) {
    const kept = records.filter((each) => !isMeant(each, record, world.options.recordDeletion));
    if (kept.length === records.length && world.options.missingRecord === 'refuse') {
      throw new Refusal(541, `no such record [${text}]`);
    }
    records = kept;
  }
  for (const record of additions) {
    if (records.some((each) => sameRecord(each, record))) {
      throw new Refusal(541, `duplicate record [${recordText(record)}]`);
    }
    records = [...records, record];
  }
  checkAliases(records);
  if (replacing.length + removals.length + additions.length > 0) {
    zone.replace(records);
    zone.updatedAt = world.clock.now();
  }
  return success(value('SOASERIAL', soaOf(zone).numbers[0] ?? ''));
};

function isMeant(record: ResourceRecord, wanted: GivenRecord, deletion: 'lenient' | 'exact'): boolean {
  if (!sameRecord(record, wanted)) return false;
  if (deletion === 'lenient') return wanted.ttl === undefined || wanted.ttl === record.ttl;
  return wanted.ttl === record.ttl && (wanted.type !== 'TXT' || wanted.quoted);
}

function withoutRepeats(records: readonly ResourceRecord[]): ResourceRecord[] {
  return records.filter((record, at) => records.findIndex((each) => sameRecord(each, record)) === at);
}

/** RFC 1034 §3.6.2: an alias stands alone. */
function checkAliases(records: readonly ResourceRecord[]): void {
  for (const alias of records.filter(({ type }) => type === 'CNAME')) {
    if (records.filter(({ name }) => name === alias.name).length > 1) {
      throw new Refusal(541, `CNAME and other data [${recordText(alias)}]`);
    }
  }
}

export const createDnsZone: Command = ({ world }, parameters) => {
  const origin = originFrom(parameters);
  if (world.zones.find(origin) !== undefined) throw new Refusal(540, 'zone');
  const given = parameters.list('RR').map((text) => parseRecord(text, origin));
  const ttl = parameters.int('SOATTL', 0, 2_147_483_647) ?? 3600;
  const records = withoutRepeats(given.map((record) => ({ ...record, ttl: record.ttl ?? ttl })));
  checkAliases(records);
  const zone = world.zones.create(origin, world.clock.now());
  const before = zone.records().filter((record) => !records.some((each) => sameRecord(each, record)));
  if (records.length > 0) zone.replace([...before, ...records]);
  return success();
};

export const deleteDnsZone: Command = (context, parameters) => {
  context.world.zones.delete(zoneBy(context, parameters).origin);
  return success();
};
