/**
 * Questions to the configured recursive resolvers (or the system's), one after the other until one knows. Used to find
 * delegations, zones and addresses; never to judge whether a record is visible.
 */
import { getServers } from 'node:dns';
import { RenewdError } from '../core/errors.ts';
import { rcodeName, rcodes, recordTypes, type RecordTypeName } from './codes.ts';
import { fullRcode, type Message } from './message.ts';
import { sameName, showName } from './name.ts';
import { query } from './query.ts';
import { requireServerAddress, resolveServer, showServer, type ServerAddress } from './server-address.ts';

export interface Resolver {
  /**
   * An answer with rcode NOERROR or NXDOMAIN. Rejects with RenewdError `dns-failed` naming every resolver and why it
   * could not tell, or with the signal's reason.
   */
  query(name: string, type: RecordTypeName, signal: AbortSignal): Promise<Message>;
}

export interface ResolverOptions {
  /** "host:port", "host" or "[IPv6]:port"; empty: the servers that the system uses. */
  readonly servers: readonly string[];
  /** Milliseconds per resolver and transport. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 3000;

async function addressesOf(
  servers: readonly string[],
  signal: AbortSignal,
): Promise<readonly ServerAddress[]> {
  const configured = servers.length > 0 ? servers : getServers();
  const found = await Promise.all(
    configured.map((text) => resolveServer(requireServerAddress(text), signal)),
  );
  return found.flat();
}

export function createResolver({ servers, timeoutMs = defaultTimeoutMs }: ResolverOptions): Resolver {
  return {
    async query(name, type, signal) {
      const reasons: string[] = [];
      for (const server of await addressesOf(servers, signal)) {
        try {
          const answer = await query(server, name, type, { recursionDesired: true, timeoutMs, signal });
          const rcode = fullRcode(answer);
          if (rcode === rcodes.NOERROR || rcode === rcodes.NXDOMAIN) return answer;
          reasons.push(`${showServer(server)} answers ${rcodeName(rcode)}`);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof RenewdError)) throw error;
          reasons.push(error.message);
        }
      }
      const why = reasons.length === 0 ? 'no resolver is configured' : reasons.join('; ');
      throw new RenewdError('dns-failed', `cannot look up ${type} of ${showName(name)}: ${why}`, {
        fields: { name, type },
      });
    },
  };
}

/**
 * The IPv4 and IPv6 addresses of a host, aliases followed as the resolver gave them. Empty when there are none.
 * Some servers fail every question for AAAA; so one failed lookup counts only when the other found nothing.
 */
export async function hostAddresses(
  host: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const lookups = await Promise.allSettled([
    resolver.query(host, 'A', signal),
    resolver.query(host, 'AAAA', signal),
  ]);
  signal.throwIfAborted();
  const addresses = lookups.flatMap((lookup) =>
    lookup.status === 'rejected'
      ? []
      : lookup.value.answers.flatMap(({ data }) =>
          data.kind === 'A' || data.kind === 'AAAA' ? [data.address] : [],
        ),
  );
  const failed = lookups.find((lookup) => lookup.status === 'rejected');
  if (addresses.length === 0 && failed !== undefined) throw failed.reason;
  return [...new Set(addresses)];
}

/** The target of the CNAME record at exactly this name, if the answer has one. */
export function cnameAt(answer: Message, name: string): string | undefined {
  for (const record of answer.answers) {
    if (record.type === recordTypes.CNAME && record.data.kind === 'CNAME' && sameName(record.name, name)) {
      return record.data.target;
    }
  }
  return undefined;
}
