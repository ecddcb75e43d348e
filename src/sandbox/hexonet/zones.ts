/**
 * The zones this account manages. Those of the sandbox's name server are seen by everybody, the CA included. A zone that is
 * created here for a domain delegated elsewhere exists in these books only, as in life: nobody asks the vendor's servers.
 */
import { z } from 'zod';
import type { SandboxDns } from '../dns/index.ts';
import { isWritable, parseRecord, sameRecord } from './resource-records.ts';
import type { ResourceRecord } from './resource-records.ts';

/** As `SandboxDns.addRecord` and its neighbours take and give it. */
const Snapshot = z.object({
  zones: z.array(
    z.object({
      origin: z.string(),
      serial: z.number(),
      records: z.array(z.object({ name: z.string(), type: z.string(), ttl: z.number(), value: z.string() })),
    }),
  ),
});

export interface HostedZone {
  /** Lower case, without the last dot. */
  readonly origin: string;
  readonly createdAt: Date;
  updatedAt: Date;
  /** The SOA among them. */
  records(): ResourceRecord[];
  /** Exactly these, but for the SOA and what cannot be removed. */
  replace(records: readonly ResourceRecord[]): void;
}

export interface ZoneBook {
  list(): HostedZone[];
  find(origin: string): HostedZone | undefined;
  create(origin: string, now: Date): HostedZone;
  delete(origin: string): void;
  /** Puts a record where it belongs; a zone that is needed for it is created. */
  publish(record: string, now: Date): void;
}

export function createZoneBook(dns: SandboxDns, hosted: 'all' | readonly string[], now: Date): ZoneBook {
  const known = Snapshot.parse(dns.snapshot()).zones.map(({ origin }) => origin);
  const wanted = hosted === 'all' ? known : hosted.map((name) => name.toLowerCase().replace(/\.$/, ''));
  const zones = new Map<string, HostedZone>();
  const book: ZoneBook = {
    list: () => [...zones.values()],
    find: (origin) => zones.get(origin),
    create(origin, at) {
      const zone = known.includes(origin) ? servedZone(dns, origin, at) : unseenZone(origin, at);
      zones.set(origin, zone);
      return zone;
    },
    delete(origin) {
      const zone = zones.get(origin);
      zone?.replace(zone.records().filter(({ type }) => type === 'SOA' || type === 'NS'));
      zones.delete(origin);
    },
    publish(text, at) {
      const [owner = ''] = text.split(' ');
      const name = owner.toLowerCase().replace(/\.$/, '');
      const zone = enclosing(zones, name) ?? book.create(name.slice(name.indexOf('.') + 1), at);
      const { type, data } = parseRecord(text, zone.origin);
      const added: ResourceRecord = { name, type, data, ttl: soaTtl(zone.records()) };
      if (zone.records().some((record) => sameRecord(record, added))) return;
      zone.replace([
        ...zone.records().filter((record) => record.name !== name || record.type !== 'CNAME'),
        added,
      ]);
      zone.updatedAt = at;
    },
  };
  for (const origin of wanted) book.create(origin, now);
  return book;
}

/** The longest origin the name lies within. */
function enclosing(zones: ReadonlyMap<string, HostedZone>, name: string): HostedZone | undefined {
  return [...zones.values()]
    .filter(({ origin }) => name === origin || name.endsWith(`.${origin}`))
    .sort((a, b) => b.origin.length - a.origin.length)[0];
}

/** "TTL of the whole zone", for records that bring none. */
export const soaTtl = (records: readonly ResourceRecord[]): number =>
  records.find(({ type }) => type === 'SOA')?.ttl ?? 3600;

function servedZone(dns: SandboxDns, origin: string, now: Date): HostedZone {
  const read = (): ResourceRecord[] => {
    const zone = Snapshot.parse(dns.snapshot()).zones.find((each) => each.origin === origin);
    const records = (zone?.records ?? []).map(({ value, ...record }) => ({ ...record, data: value }));
    // The SOA stands first in the vendor's listings.
    return records.sort((a, b) => Number(b.type === 'SOA') - Number(a.type === 'SOA'));
  };
  return {
    origin,
    createdAt: now,
    updatedAt: now,
    records: read,
    replace(target) {
      const current = read();
      const removed = current.filter((record) => !target.some((each) => sameRecord(each, record)));
      const remove = (records: readonly ResourceRecord[]): void => {
        for (const { name, type, data } of records) {
          if (isWritable(type)) dns.removeRecord({ name, type, value: data });
        }
      };
      // An alias needs its name empty first; a zone's last name server goes only when there is another.
      remove(removed.filter(({ type }) => type !== 'NS'));
      for (const { name, type, data, ttl } of target) {
        const same = current.find((record) => sameRecord(record, { name, type, data }));
        if (isWritable(type) && same?.ttl !== ttl) dns.addRecord({ name, type, value: data, ttl });
      }
      remove(removed.filter(({ type }) => type === 'NS'));
    },
  };
}

function unseenZone(origin: string, now: Date): HostedZone {
  let serial = 1;
  let records: readonly ResourceRecord[] = [];
  const soa = (): ResourceRecord => ({
    name: origin,
    type: 'SOA',
    ttl: 3600,
    data: `ns1.${origin} hostmaster.${origin} ${serial} 86400 7200 360000 172800`,
  });
  return {
    origin,
    createdAt: now,
    updatedAt: now,
    records: () => [soa(), ...records],
    replace(target) {
      records = target.filter(({ type }) => type !== 'SOA');
      serial += 1;
    },
  };
}
