/**
 * Puts TXT and CNAME values into zones that HEXONET hosts, one value at a time. A value that is there already is success;
 * what is taken away is the very line that the zone lists for this owner, type and value.
 */
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../contracts/publisher.ts';
import { RenewdError, toRenewdError } from '../../core/errors.ts';
import { canonicalName, longestZone } from '../../dns/name.ts';
import { checkedAccount } from '../../vendors/common/checked-settings.ts';
import { openTransport, type TransportDependencies } from '../../vendors/hexonet/transport.ts';
import { createZoneClient, type ZoneClient } from './client.ts';
import { resolvedSchema, type HexonetDnsConfig } from './config.ts';
import { isSameRecord, lineOf } from './zone-lines.ts';

/** Over EPP an answer must stay below 10 000 XML nodes, three for each zone. */
const pageSize = 1000;
const pagesMax = 100;
/** Making a publisher must not hold up the others for long. */
const listTimeoutMs = 60_000;

type Dependencies = Pick<PublisherDependencies, 'clock' | 'random' | 'logger' | 'throttleOf' | 'observe'> &
  Pick<TransportDependencies, 'connect'>;

/** Throws `config-invalid` for settings that the schema refuses, and what listing the zones throws. */
export async function createHexonetDns(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  dependencies: Dependencies,
): Promise<DnsPublisher> {
  const { account, zones: configured, ttlSeconds } = checked(settings);
  const transport = await openTransport(account, dependencies);
  const client = createZoneClient(transport);
  const log = dependencies.logger.child({ publisher: name });
  let zones: readonly string[];
  try {
    zones = configured ?? (await listZones(client));
  } catch (thrown) {
    await transport.close();
    throw thrown;
  }
  /** Found by asking; a zone that is given up later is noticed by the command that misses it. */
  const found = new Map<string, string>();

  /** The configured zone, or the longest part of the name that the account hosts. */
  async function zoneOf(record: DnsRecord, signal: AbortSignal): Promise<string | undefined> {
    const recordName = canonicalName(record.name);
    const given = longestZone(recordName, configured ?? []);
    if (given !== undefined) return given;
    const labels = recordName.split('.');
    for (let skip = 0; skip <= labels.length - 2; skip += 1) {
      const suffix = labels.slice(skip).join('.');
      const known = found.get(suffix) ?? ((await isHosted(suffix, signal)) ? suffix : undefined);
      if (known === undefined) continue;
      found.set(suffix, known);
      return known;
    }
    return undefined;
  }

  async function isHosted(zone: string, signal: AbortSignal): Promise<boolean> {
    try {
      await client.status(zone, signal);
      return true;
    } catch (thrown) {
      // 506: a name that can be no zone there, such as one that begins with an underscore.
      if (codeOf(thrown) === 545 || codeOf(thrown) === 506) return false;
      throw thrown;
    }
  }

  async function lineIn(zone: string, record: DnsRecord, signal: AbortSignal): Promise<string | undefined> {
    const lines = await client.records(zone, record.type, signal);
    return lines.find((line) => isSameRecord(line, record, zone));
  }

  async function put(record: DnsRecord, signal: AbortSignal): Promise<void> {
    const zone = await zoneOf(record, signal);
    if (zone === undefined) {
      throw failure(`the account hosts no zone that holds ${record.name}`, record, { kind: 'configuration' });
    }
    try {
      await client.add(zone, lineOf(record, ttlSeconds), signal);
    } catch (thrown) {
      found.delete(zone);
      // 541 is "duplicate record", but also any other bad value: the zone says which.
      if (codeOf(thrown) !== 541 || (await lineIn(zone, record, signal)) === undefined) throw thrown;
    }
  }

  async function take(record: DnsRecord, signal: AbortSignal): Promise<void> {
    const zone = await zoneOf(record, signal);
    // Whoever gave up the zone took the record with it.
    if (zone === undefined) return;
    try {
      const line = await lineIn(zone, record, signal);
      if (line !== undefined) await client.remove(zone, line, signal);
    } catch (thrown) {
      found.delete(zone);
      if (codeOf(thrown) !== 545) throw thrown;
    }
  }

  async function told(record: DnsRecord, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const cause = toRenewdError(thrown);
      if (cause.code === 'dcv-publish-failed') throw cause;
      throw failure(`${record.name} cannot be ${what} at HEXONET: ${cause.message}`, record, {
        kind: kindOf(cause),
        cause,
      });
    }
  }

  return {
    kind: 'dns',
    zones,

    async publish(record, signal) {
      await told(record, 'published', () => put(record, signal));
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is in place');
    },

    async withdraw(record, signal) {
      await told(record, 'withdrawn', () => take(record, signal));
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is removed');
    },

    close: () => transport.close(),
  };
}

function checked(settings: Readonly<Record<string, unknown>>): HexonetDnsConfig {
  const { zones, ttlSeconds, ...account } = checkedAccount(resolvedSchema, settings, 'hexonet-dns');
  return { account, zones, ttlSeconds };
}

async function listZones(client: ZoneClient): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(listTimeoutMs);
  const zones = new Set<string>();
  let first: number | undefined = 0;
  for (let page = 0; page < pagesMax && first !== undefined; page += 1) {
    const { zones: rows, next } = await client.list(first, pageSize, signal);
    for (const zone of rows) zones.add(zone);
    first = next;
  }
  return [...zones];
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof RenewdError ? thrown.fields['resultCode'] : undefined;
}

/** What the flow may see of a publisher: its own kinds, everything else is a failed publication. */
function kindOf({ kind }: RenewdError): RenewdError['kind'] {
  if (kind === 'rate-limited') return 'unavailable';
  return ['unavailable', 'authentication', 'configuration'].includes(kind) ? kind : 'dcv-failed';
}

function failure(
  message: string,
  { name, type }: DnsRecord,
  details: { readonly kind: RenewdError['kind']; readonly cause?: RenewdError },
): RenewdError {
  const { kind, cause } = details;
  const retryAfterMs = cause?.retryAfterMs;
  return new RenewdError('dcv-publish-failed', message, {
    kind,
    fields: { recordName: name, recordType: type },
    ...(cause === undefined ? {} : { cause }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
