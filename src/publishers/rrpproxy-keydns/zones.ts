/**
 * Which KeyDNS zone holds a name: the configured domain where it is a zone, else what GetDNSZone says, else the longest
 * suffix that StatusDNSZone knows.
 */
import { hasKind } from '../../core/errors.ts';
import { canonicalName, isWithin, parentName } from '../../dns/name.ts';
import { single } from '../../vendors/command-text/wire.ts';
import type { Client } from './client.ts';

/** Names are few, but come from certificates: what is remembered is bounded. */
const rememberedMax = 10_000;

export interface Zones {
  /** Undefined when the account has no zone that holds the name. */
  find(name: string, signal: AbortSignal): Promise<string | undefined>;
}

export function createZones(client: Client): Zones {
  const known = new Map<string, string>();

  async function search(name: string, signal: AbortSignal): Promise<string | undefined> {
    const told = await unlessUnknown(() => client.zoneOf(name, signal));
    const zone = told === undefined ? undefined : zoneName(single(told.answer, 'DNSZONE'));
    if (zone !== undefined && isWithin(name, zone)) return zone;
    for (let suffix: string | undefined = name; suffix?.includes('.') === true; suffix = parentName(suffix)) {
      const candidate: string = suffix;
      const status = await unlessUnknown(() => client.zoneStatus(candidate, signal));
      if (status !== undefined) return candidate;
    }
    return undefined;
  }

  return {
    async find(name, signal) {
      const remembered = known.get(name);
      if (remembered !== undefined) return remembered;
      const zone = await search(name, signal);
      if (zone !== undefined && known.size < rememberedMax) known.set(name, zone);
      return zone;
    },
  };
}

/** Undefined for "not here" and for a refusal; anything else is thrown. */
async function unlessUnknown<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (thrown) {
    if (hasKind(thrown, 'not-found', 'rejected')) {
      return undefined;
    }
    throw thrown;
  }
}

function zoneName(text: string | undefined): string | undefined {
  try {
    const name = text === undefined ? '' : canonicalName(text);
    return name === '' ? undefined : name;
  } catch {
    // Not a name: then the answer does not help.
    return undefined;
  }
}
