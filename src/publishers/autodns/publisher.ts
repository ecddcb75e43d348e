/**
 * Puts TXT and CNAME values into zones at AutoDNS, one record per request, so that everything else in the zone stays as
 * it is. A value that is there already is fine; what is to go is removed as the zone lists it, and only if it does.
 */
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../contracts/publisher.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import { canonicalName, longestZone } from '../../dns/name.ts';
import { retryRepeatable } from '../../vendors/common/retry.ts';
import { urlOf } from '../../vendors/internetx/account.ts';
import type { AutodnsConfig } from './config.ts';
import { failedChange, noZone, type ChangePlace } from './failures.ts';
import type { ZoneGateway, ZoneId, ZoneRecord } from './gateway.ts';
import { createJsonZoneGateway } from './json-gateway.ts';
import { createXmlZoneGateway } from './xml-gateway.ts';

/** The reason of a duplicate (lego, recorded answer of the zone stream). */
const duplicateReason = 'EF02022';

/** Throws RenewdError `config-invalid` for an address that would send the password in the clear. */
export function createAutodns(
  name: string,
  config: AutodnsConfig,
  dependencies: PublisherDependencies,
): DnsPublisher {
  const { clock, random, logger } = dependencies;
  const zones = config.zones.map(canonicalName);
  const gateway: ZoneGateway =
    config.encoding === 'xml'
      ? createXmlZoneGateway(config, dependencies)
      : createJsonZoneGateway(config, dependencies);
  const server = URL.parse(urlOf(config))?.host ?? '';
  const log = logger.child({ publisher: name, server });
  const found = new Map<string, ZoneId>();

  function again<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    return retryRepeatable(task, { clock, random, signal });
  }

  function placeOf(record: DnsRecord, zone: ZoneId | undefined): ChangePlace {
    return { publisher: name, server, zone: zone?.origin, recordName: record.name };
  }

  /** The closest zone around the record: its own name first, then one label less, down to the configured domain. */
  async function zoneOf(record: DnsRecord, signal: AbortSignal): Promise<ZoneId> {
    const domain = longestZone(record.name, zones);
    if (domain === undefined) {
      const message = `${record.name} is in none of the domains of publisher "${name}" (${zones.join(', ')})`;
      throw new RenewdError('dcv-no-publisher', message, {
        fields: { publisher: name, recordName: record.name },
      });
    }
    if (!config.lookup) return { origin: domain, nameServer: undefined };
    const candidates = candidatesOf(canonicalName(record.name), domain);
    for (const candidate of candidates) {
      const known = found.get(candidate);
      if (known !== undefined) return known;
      const zone = await again(signal, () => gateway.findZone(candidate, signal)).catch(quietWhenMissing);
      if (zone === undefined) continue;
      found.set(candidate, zone);
      return zone;
    }
    throw noZone(placeOf(record, undefined), candidates);
  }

  async function inZone(
    record: DnsRecord,
    signal: AbortSignal,
    change: (zone: ZoneId) => Promise<void>,
  ): Promise<void> {
    let zone: ZoneId | undefined;
    try {
      signal.throwIfAborted();
      zone = await zoneOf(record, signal);
      await change(zone);
    } catch (thrown) {
      // The zone may have been moved: it is looked for again next time.
      if (zone !== undefined) found.delete(zone.origin);
      throw failedChange(thrown, placeOf(record, zone));
    }
  }

  async function add(zone: ZoneId, record: DnsRecord, signal: AbortSignal): Promise<void> {
    const ours = zoneRecord(record, zone, config.ttlSeconds);
    try {
      await again(signal, () => gateway.add(zone, ours, signal));
    } catch (thrown) {
      if (thrown instanceof RenewdError && thrown.fields.reason === duplicateReason) return;
      throw thrown;
    }
  }

  async function remove(zone: ZoneId, record: DnsRecord, signal: AbortSignal): Promise<void> {
    const listed = await again(signal, () => gateway.records(zone, signal)).catch(quietWhenMissing);
    const ours = zoneRecord(record, zone, config.ttlSeconds);
    const present = (listed ?? []).filter((one) => isSame(one, ours, zone));
    for (const one of present) await again(signal, () => gateway.remove(zone, one, signal));
  }

  return {
    kind: 'dns',
    zones,

    async publish(record, signal) {
      await inZone(record, signal, (zone) => add(zone, record, signal));
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is in place');
    },

    async withdraw(record, signal) {
      await inZone(record, signal, (zone) => remove(zone, record, signal));
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is removed');
    },

    close: () => gateway.close(),
  };
}

/** "a.b.example.com" in "example.com": itself, "b.example.com", "example.com". */
function candidatesOf(name: string, domain: string): readonly string[] {
  const candidates: string[] = [];
  for (let rest = name; rest.length >= domain.length; rest = rest.slice(rest.indexOf('.') + 1)) {
    candidates.push(rest);
    if (rest === domain) break;
  }
  return candidates;
}

/** Names relative to the zone, which both encodings take; an alias points to an absolute name, with its final dot. */
function zoneRecord(record: DnsRecord, zone: ZoneId, ttlSeconds: number): ZoneRecord {
  const name = canonicalName(record.name);
  return {
    name: name === zone.origin ? '' : name.slice(0, -zone.origin.length - 1),
    type: record.type,
    value: record.type === 'CNAME' ? `${canonicalName(record.value)}.` : record.value,
    ttlSeconds,
  };
}

/** Listed names may be relative, absolute or "@", text may stand in quotes, targets may lack the final dot. */
function isSame(listed: ZoneRecord, ours: ZoneRecord, zone: ZoneId): boolean {
  if (listed.type !== ours.type || relative(listed.name, zone) !== ours.name) return false;
  if (ours.type === 'CNAME') return bare(listed.value) === bare(ours.value);
  return listed.value === ours.value || listed.value === `"${ours.value}"`;
}

function relative(name: string, zone: ZoneId): string {
  const lower = name.trim().toLowerCase();
  if (lower === '@') return '';
  const absolute = lower.replace(/\.$/, '');
  if (absolute === zone.origin) return '';
  return absolute.endsWith(`.${zone.origin}`) ? absolute.slice(0, -zone.origin.length - 1) : absolute;
}

function bare(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/** A zone that is not there has none of our records. */
function quietWhenMissing(thrown: unknown): undefined {
  if (hasKind(thrown, 'not-found')) return undefined;
  throw thrown;
}
