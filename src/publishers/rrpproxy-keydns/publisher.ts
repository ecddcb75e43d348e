/**
 * Puts TXT and CNAME values into KeyDNS zones by ModifyDNSZone, one value at a time: looks first, adds or removes one
 * line, and leaves every other record alone.
 */
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../contracts/publisher.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import { canonicalName, longestZone } from '../../dns/name.ts';
import { accountUrl } from '../../vendors/rrpproxy/config.ts';
import { listAll } from '../../vendors/rrpproxy/pages.ts';
import { createTransport } from '../../vendors/rrpproxy/transport.ts';
import { createClient } from './client.ts';
import type { KeydnsConfig } from './config.ts';
import { failureOf, type Place } from './failures.ts';
import { isAt, isRecord, ownsName, recordLine } from './records.ts';
import { createZones } from './zones.ts';

type Dependencies = Pick<PublisherDependencies, 'clock' | 'random' | 'throttleOf' | 'observe' | 'logger'>;

export function createKeydns(name: string, config: KeydnsConfig, dependencies: Dependencies): DnsPublisher {
  const transport = createTransport(config, dependencies);
  const client = createClient(transport);
  const finder = createZones(client);
  const domains = config.zones.map(canonicalName);
  const server = URL.parse(accountUrl(config))?.host ?? '';
  const log = dependencies.logger.child({ publisher: name, server });

  function domainOf(record: DnsRecord): string {
    const domain = longestZone(record.name, domains);
    if (domain !== undefined) return domain;
    throw new RenewdError(
      'dcv-no-publisher',
      `${record.name} is in none of the zones of publisher "${name}" (${domains.join(', ')})`,
      { fields: { publisher: name, recordName: record.name } },
    );
  }

  /** The lines of one type. Throws `provider-protocol` when the list cannot be read to its end. */
  async function linesOf(zone: string, type: DnsRecord['type'], signal: AbortSignal): Promise<string[]> {
    const { rows, complete } = await listAll(
      (page) => client.listRecords({ zone, type, wide: false, ...page }, signal),
      { key: ['RR', 'RR#'], columns: [] },
    );
    if (complete) return rows.map((row) => row.get('RR') ?? '');
    throw new RenewdError('provider-protocol', `the records of zone ${zone} cannot be listed to their end`);
  }

  /** Zone and lines; the configured domain is tried first, so that usually nothing has to be looked up. */
  async function look(
    record: DnsRecord,
    signal: AbortSignal,
  ): Promise<{ readonly zone: string; readonly lines: readonly string[] } | undefined> {
    const configured = domainOf(record);
    try {
      return { zone: configured, lines: await linesOf(configured, record.type, signal) };
    } catch (thrown) {
      if (!hasKind(thrown, 'not-found')) throw thrown;
    }
    const zone = await finder.find(record.name, signal);
    return zone === undefined ? undefined : { zone, lines: await linesOf(zone, record.type, signal) };
  }

  async function isLocked(zone: string, record: DnsRecord, signal: AbortSignal): Promise<boolean> {
    const { rows } = await listAll(
      (page) => client.listRecords({ zone, type: record.type, wide: true, ...page }, signal),
      { key: ['NAME'], columns: ['CONTENT', 'LOCKED'], refusable: true },
    );
    return rows.some(
      (row) =>
        ownsName(row.get('NAME') ?? '', record.name, zone) && /^(1|yes|true)$/i.test(row.get('LOCKED') ?? ''),
    );
  }

  async function add(record: DnsRecord, place: Place, signal: AbortSignal): Promise<void> {
    const found = await look(record, signal);
    if (found === undefined) {
      throw new RenewdError(
        'dcv-publish-failed',
        `the account has no KeyDNS zone that holds ${record.name}`,
        {
          kind: 'configuration',
          fields: { ...place },
        },
      );
    }
    const { zone, lines } = found;
    if (lines.some((line) => isRecord(line, record, zone))) return;
    if (record.type === 'CNAME' && lines.some((line) => isAt(line, record.name, zone))) {
      throw new RenewdError(
        'dcv-publish-failed',
        `another CNAME record lies at ${record.name} in zone ${zone}; remove it, nothing was changed`,
        { fields: { ...place, zone } },
      );
    }
    const line = recordLine(record, Math.max(60, config.ttlSeconds));
    if (line === undefined) {
      throw new RenewdError('dcv-publish-failed', `the value for ${record.name} cannot stand in a zone`, {
        fields: { ...place, zone },
      });
    }
    try {
      await client.addRecord(zone, line, signal);
    } catch (thrown) {
      if (!hasKind(thrown, 'rejected', 'conflict', 'not-found')) throw thrown;
      // Somebody else may have added it between the look and the command.
      const after = await linesOf(zone, record.type, signal);
      if (!after.some((one) => isRecord(one, record, zone))) throw thrown;
    }
  }

  async function remove(record: DnsRecord, place: Place, signal: AbortSignal): Promise<void> {
    const found = await look(record, signal);
    if (found === undefined) return;
    const { zone } = found;
    for (const line of found.lines.filter((one) => isRecord(one, record, zone))) {
      try {
        await client.deleteRecord(zone, line, signal);
      } catch (thrown) {
        if (!hasKind(thrown, 'rejected', 'conflict', 'not-found')) throw thrown;
        const after = await linesOf(zone, record.type, signal);
        if (!after.includes(line)) continue;
        if (!(await isLocked(zone, record, signal))) throw thrown;
        throw new RenewdError(
          'dcv-publish-failed',
          `the record at ${record.name} in zone ${zone} is locked by the provider and cannot be removed`,
          { cause: thrown, fields: { ...place, zone } },
        );
      }
    }
  }

  /** Looking and changing belong together, so that two proofs at one name cannot get between each other. */
  async function inTurn(
    record: DnsRecord,
    signal: AbortSignal,
    change: (record: DnsRecord, place: Place, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    signal.throwIfAborted();
    const place = { server, publisher: name, recordName: record.name };
    const same = { ...record, name: canonicalName(record.name) };
    const queue = dependencies.throttleOf(`rrpproxy ${server} ${config.login} zone ${domainOf(same)}`, {
      requestsPerSecond: 1000,
      concurrency: 1,
    });
    try {
      await queue.run(signal, () => change(same, place, signal));
    } catch (thrown) {
      signal.throwIfAborted();
      throw failureOf(thrown, place);
    }
  }

  return {
    kind: 'dns',
    zones: domains,

    async publish(record, signal) {
      await inTurn(record, signal, add);
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is in place');
    },

    async withdraw(record, signal) {
      await inTurn(record, signal, remove);
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is removed');
    },

    close: () => transport.close(),
  };
}
