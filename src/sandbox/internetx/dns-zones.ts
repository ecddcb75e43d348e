/** The zones this vendor manages: those of the sandbox's name server, or some of them. */
import { z } from 'zod';
import { normalizeName } from '../dns/name.ts';
import { isSameOrParent } from '../vendor-kit/names.ts';
import type { World } from './world.ts';

export interface ZoneRecord {
  /** Absolute, lower case, without the dot at the end. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** TXT without quotes, names without the dot at the end, MX with its preference in front. */
  readonly value: string;
}

export interface ManagedZone {
  readonly origin: string;
  /** The first name server the vendor runs: half of the zone's key. */
  readonly nameServer: string;
  readonly records: readonly ZoneRecord[];
}

const Snapshot = z.object({
  zones: z.array(
    z.object({
      origin: z.string(),
      records: z.array(z.object({ name: z.string(), type: z.string(), ttl: z.number(), value: z.string() })),
    }),
  ),
});

/** Every zone that is managed and can be looked at. */
export function managedZones(world: World): ManagedZone[] {
  if (world.dns === undefined) return [];
  const { managedZones: wanted } = world.options;
  return Snapshot.parse(world.dns.snapshot())
    .zones.filter(({ origin }) => wanted === 'sandbox' || wanted.includes(origin))
    .map(({ origin, records }) => ({ origin, records, nameServer: nameServerOf(origin, records) }));
}

function nameServerOf(origin: string, records: readonly ZoneRecord[]): string {
  return records.find(({ name, type }) => name === origin && type === 'NS')?.value ?? `ns1.${origin}`;
}

/** The zone called so; or the closest one above, because clients also ask for the zone of a record's own name. */
export function managedZone(world: World, name: string, exact: boolean): ManagedZone | undefined {
  const wanted = normalizeName(name);
  const [closest] = managedZones(world)
    .filter(({ origin }) => (exact ? origin === wanted : isSameOrParent(origin, wanted)))
    .sort((a, b) => b.origin.length - a.origin.length);
  return closest;
}

/** Would the vendor write a record for this name by itself? */
export function isInManagedZone(world: World, name: string): boolean {
  const { managedZones: wanted } = world.options;
  const origins = wanted === 'sandbox' ? managedZones(world).map(({ origin }) => origin) : wanted;
  return origins.some((origin) => isSameOrParent(origin, name));
}
