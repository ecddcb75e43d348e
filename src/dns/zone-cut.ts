/** Finds the zone that holds a name: ask for SOA, and go up until an answer names the zone's start. */
import { RenewdError } from '../core/errors.ts';
import type { Message } from './message.ts';
import { canonicalName, isWithin, parentName, sameName, showName } from './name.ts';
import type { SoaData } from './record-data.ts';
import { cnameAt, type Resolver } from './resolver.ts';

export interface Zone {
  /** Lower case, no final dot. */
  readonly name: string;
  readonly soa: SoaData;
}

/** A SOA of `name` itself (answer), or the one above it that a negative answer carries (RFC 2308 §3). */
export function zoneIn(answer: Message, name: string): Zone | undefined {
  const own = answer.answers.filter((record) => sameName(record.name, name));
  // The SOA beside an alias belongs to the zone of the alias's target.
  const above = cnameAt(answer, name) === undefined ? answer.authorities : [];
  for (const record of [...own, ...above]) {
    if (record.data.kind === 'SOA' && isWithin(name, record.name)) {
      return { name: canonicalName(record.name), soa: record.data };
    }
  }
  return undefined;
}

/** Rejects with RenewdError `dns-failed` when no resolver can tell, or none knows any zone above the name. */
export async function findZone(name: string, resolver: Resolver, signal: AbortSignal): Promise<Zone> {
  for (let at: string | undefined = name; at !== undefined; at = parentName(at)) {
    const zone = zoneIn(await resolver.query(at, 'SOA', signal), at);
    if (zone !== undefined) return zone;
  }
  throw new RenewdError('dns-failed', `no zone was found for ${showName(name)}`, { fields: { name } });
}
