/**
 * Our own look at a published record, before the provider is told to look: every address of every authoritative server
 * of its zone is asked without recursion. Visible means that each of them shows exactly our value from its own data.
 */
import type { DnsRecord, PropagationReport } from '../contracts/publisher.ts';
import { RenewdError } from '../core/errors.ts';
import {
  findAuthoritativeServers,
  type AuthoritativeServers,
  type AuthoritativeSource,
  type NameServer,
} from './authoritative-servers.ts';
import { mapBounded } from './bounded.ts';
import { showServer } from './server-address.ts';
import { lookAt, type Sighting } from './sighting.ts';

const maxParallel = 8;

export interface PropagationOptions extends AuthoritativeSource {
  /** Milliseconds for the whole look. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Row {
  readonly nameServer: string;
  readonly server: string;
  readonly outcome:
    | Sighting['outcome']
    /** The server's name has no address: it can show nothing to anyone. */
    | 'nowhere';
  readonly detail: string;
}

function rowWithoutAddress({ name, lookupFailure }: NameServer): Row {
  return lookupFailure === undefined
    ? { nameServer: name, server: name, outcome: 'nowhere', detail: 'has no address' }
    : { nameServer: name, server: name, outcome: 'invisible', detail: lookupFailure.message };
}

async function lookEverywhere(
  { zone, servers }: AuthoritativeServers,
  record: DnsRecord,
  signal: AbortSignal,
): Promise<Row[]> {
  const targets = servers.flatMap(({ name, addresses }) => addresses.map((address) => ({ name, address })));
  const rows = await mapBounded(targets, maxParallel, async ({ name, address }): Promise<Row> => {
    const shown = showServer(address);
    const sighting = await lookAt(address, zone, record, signal);
    return { nameServer: name, server: name === shown ? shown : `${name} ${shown}`, ...sighting };
  });
  return [...rows, ...servers.filter(({ addresses }) => addresses.length === 0).map(rowWithoutAddress)];
}

function report(rows: readonly Row[]): PropagationReport {
  const showing = new Set(rows.filter((row) => row.outcome === 'visible').map((row) => row.nameServer));
  const counts = (row: Row): boolean =>
    row.outcome !== 'nowhere' && !(row.outcome === 'out-of-reach' && showing.has(row.nameServer));
  return {
    visible: showing.size > 0 && rows.filter(counts).every((row) => row.outcome === 'visible'),
    servers: rows.map((row) => ({
      server: row.server,
      visible: row.outcome === 'visible',
      detail: counts(row) ? row.detail : `${row.detail} (does not count)`,
    })),
  };
}

/**
 * Looks once, everywhere. Rejects with RenewdError `dns-failed` when the zone or its servers cannot be found (in time),
 * or with the signal's reason. Servers that do not answer, or not in time, are rows of the report.
 *
 * An address that could not be asked for want of a route, or that is IPv6 and gave no answer, does not count when the
 * same server showed the value at another of its addresses.
 */
export async function checkPropagation(
  record: DnsRecord,
  options: PropagationOptions,
): Promise<PropagationReport> {
  options.signal.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), options.timeoutMs);
  const signal = AbortSignal.any([options.signal, limit.signal]);
  try {
    const servers = await findAuthoritativeServers(record.name, options, signal);
    const rows = await lookEverywhere(servers, record, signal);
    options.signal.throwIfAborted();
    return report(rows);
  } catch (error) {
    if (options.signal.aborted || !limit.signal.aborted) throw error;
    throw new RenewdError(
      'dns-failed',
      `the authoritative servers of ${record.name} could not be found within ${options.timeoutMs} ms`,
      { cause: error, fields: { name: record.name } },
    );
  } finally {
    clearTimeout(timer);
  }
}
