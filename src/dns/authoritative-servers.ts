/** Which addresses answer for the zone that holds a name: those of the configuration, else those that DNS names. */
import { RenewdError } from '../core/errors.ts';
import { mapBounded } from './bounded.ts';
import { canonicalName, longestZone, sameName, showName } from './name.ts';
import { hostAddresses, type Resolver } from './resolver.ts';
import { dnsPort, requireServerAddress, resolveServer, type ServerAddress } from './server-address.ts';
import { findZone } from './zone-cut.ts';

/** There is no limit in the protocol; 13 is what the root and the largest zones have. */
const maxNameServers = 13;
const maxAddresses = 32;
const maxParallel = 8;

export interface AuthoritativeSource {
  readonly resolver: Resolver;
  /** Zone → "host:port" of the servers to ask instead of those that DNS names. The longest matching zone counts. */
  readonly authoritative: Readonly<Record<string, readonly string[]>>;
  /** Port of the servers that DNS names; 53 unless a test says otherwise. */
  readonly nameServerPort?: number;
}

/** One server, by its name in DNS or in the configuration. */
export interface NameServer {
  readonly name: string;
  readonly addresses: readonly ServerAddress[];
  /** Why there is no address: the name has none, or it could not be found out. */
  readonly lookupFailure?: RenewdError;
}

export interface AuthoritativeServers {
  readonly zone: string;
  /** At most 13, with at most 32 addresses together. */
  readonly servers: readonly NameServer[];
}

async function configuredServers(
  zone: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<AuthoritativeServers> {
  const servers = await Promise.all(
    texts.map(async (name) => ({ name, addresses: await resolveServer(requireServerAddress(name), signal) })),
  );
  return { zone: canonicalName(zone), servers };
}

async function nameServerNames(
  zone: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await resolver.query(zone, 'NS', signal);
  const names = answer.answers.flatMap(({ name, data }) =>
    data.kind === 'NS' && sameName(name, zone) ? [canonicalName(data.target)] : [],
  );
  if (names.length === 0) {
    throw new RenewdError('dns-failed', `zone ${showName(zone)} has no NS records`, { fields: { zone } });
  }
  return [...new Set(names)].sort().slice(0, maxNameServers);
}

async function lookUp(
  name: string,
  port: number,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<NameServer> {
  try {
    const hosts = await hostAddresses(name, resolver, signal);
    return { name, addresses: hosts.map((host) => ({ host, port })) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RenewdError)) throw error;
    return { name, addresses: [], lookupFailure: error };
  }
}

/** Cuts each server down to its share of the addresses, so that none is left out altogether. */
function bounded(servers: readonly NameServer[]): readonly NameServer[] {
  const share = Math.max(1, Math.floor(maxAddresses / Math.max(1, servers.length)));
  const total = servers.reduce((sum, server) => sum + server.addresses.length, 0);
  if (total <= maxAddresses) return servers;
  return servers
    .slice(0, maxAddresses)
    .map((server) => ({ ...server, addresses: server.addresses.slice(0, share) }));
}

/** Rejects with RenewdError `dns-failed` when the zone or its NS records cannot be found. */
export async function findAuthoritativeServers(
  name: string,
  source: AuthoritativeSource,
  signal: AbortSignal,
): Promise<AuthoritativeServers> {
  const { resolver, authoritative, nameServerPort = dnsPort } = source;
  const configured = longestZone(name, Object.keys(authoritative));
  const texts = configured === undefined ? undefined : authoritative[configured];
  if (configured !== undefined && texts !== undefined) {
    const { zone, servers } = await configuredServers(configured, texts, signal);
    return { zone, servers: bounded(servers) };
  }
  const zone = (await findZone(name, resolver, signal)).name;
  const names = await nameServerNames(zone, resolver, signal);
  const servers = await mapBounded(names, maxParallel, (one) =>
    lookUp(one, nameServerPort, resolver, signal),
  );
  return { zone, servers: bounded(servers) };
}
