/**
 * Puts TXT and CNAME values into zones by DNS update, one value at a time, so that the proof of another certificate at
 * the same name stays. Every update states what must not be there: servers ignore an impossible addition silently
 * (RFC 2136 §3.4.2.2) and say NOERROR.
 */
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../contracts/publisher.ts';
import { RenewdError } from '../../core/errors.ts';
import { rcodes } from '../../dns/codes.ts';
import { canonicalName, longestZone } from '../../dns/name.ts';
import { requireServerAddress, showServer } from '../../dns/server-address.ts';
import { createTsigKey } from '../../dns/tsig.ts';
import { addValue, deleteValue, nameIsFree, setIsExactly, typeIsAbsent } from '../../dns/update.ts';
import type { Rfc2136Config } from './config.ts';
import { occupiedName } from './failures.ts';
import { createQueues } from './queues.ts';
import { sendUpdate, type UpdateSender } from './send.ts';

type Prerequisites = Parameters<typeof sendUpdate>[1]['prerequisites'];
type Changes = Parameters<typeof sendUpdate>[1]['changes'];

/** Throws RenewdError `config-invalid` when the key's secret is not base64. */
export function createRfc2136(
  name: string,
  config: Rfc2136Config,
  { clock, logger }: Pick<PublisherDependencies, 'clock' | 'logger'>,
): DnsPublisher {
  const { ttlSeconds } = config;
  const zones = config.zones.map(canonicalName);
  const sender: UpdateSender = {
    server: requireServerAddress(config.server),
    key: createTsigKey(config.key.name, config.key.algorithm, config.key.secret),
    timeoutMs: config.timeout,
    clock,
  };
  const log = logger.child({ publisher: name, server: showServer(sender.server) });
  const inTurn = createQueues();

  function zoneOf(record: DnsRecord): string {
    const zone = longestZone(record.name, zones);
    if (zone !== undefined) return zone;
    const message = `${record.name} is in none of the zones of publisher "${name}" (${zones.join(', ')})`;
    throw new RenewdError('dcv-no-publisher', message, {
      fields: { publisher: name, recordName: record.name },
    });
  }

  async function send(
    record: DnsRecord,
    prerequisites: Prerequisites,
    changes: Changes,
    expected: readonly number[],
    signal: AbortSignal,
  ): Promise<number> {
    return await sendUpdate(
      sender,
      { zone: zoneOf(record), prerequisites, changes },
      record.name,
      expected,
      signal,
    );
  }

  function occupied(what: string, record: DnsRecord): RenewdError {
    return occupiedName(what, {
      server: showServer(sender.server),
      zone: zoneOf(record),
      keyName: sender.key.name,
      algorithm: sender.key.algorithm,
      recordName: record.name,
    });
  }

  async function publishText(record: DnsRecord, signal: AbortSignal): Promise<void> {
    const prerequisites = [typeIsAbsent(record.name, 'CNAME')];
    const rcode = await send(record, prerequisites, [addValue(record, ttlSeconds)], [rcodes.YXRRSET], signal);
    if (rcode === rcodes.YXRRSET) throw occupied('a TXT record cannot stand beside the CNAME record', record);
  }

  async function publishAlias(record: DnsRecord, signal: AbortSignal): Promise<void> {
    const added = await send(
      record,
      [nameIsFree(record.name)],
      [addValue(record, ttlSeconds)],
      [rcodes.YXDOMAIN],
      signal,
    );
    if (added === rcodes.NOERROR) return;
    // Perhaps it is our own, from before a crash or a lost answer.
    const same = await send(record, [setIsExactly(record)], [], [rcodes.NXRRSET], signal);
    if (same === rcodes.NXRRSET) throw occupied('a CNAME record cannot be added beside other data', record);
  }

  return {
    kind: 'dns',
    zones,

    async publish(record, signal) {
      await inTurn(canonicalName(record.name), async () => {
        signal.throwIfAborted();
        await (record.type === 'TXT' ? publishText(record, signal) : publishAlias(record, signal));
      });
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is in place');
    },

    async withdraw(record, signal) {
      await inTurn(canonicalName(record.name), async () => {
        signal.throwIfAborted();
        await send(record, [], [deleteValue(record)], [], signal);
      });
      log.debug({ recordName: record.name, recordType: record.type }, 'record value is removed');
    },

    close: () => Promise.resolve(),
  };
}
