/** DNS servers as they are written ("192.0.2.53", "ns1.example.com:5353", "[2001:db8::53]:53") and as addresses. */
import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { RenewdError } from '../core/errors.ts';

export interface ServerAddress {
  /** An IP address; before `resolveServer` also a host name. */
  readonly host: string;
  readonly port: number;
}

export const dnsPort = 53;

/** A host name with more addresses than this is asked at the first ones only. */
const maxAddressesOfHost = 8;

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return dnsPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Undefined when the text is not host, host:port, [IPv6]:port or an IPv6 address. */
export function parseServerAddress(text: string): ServerAddress | undefined {
  if (isIPv6(text)) return { host: text, port: dnsPort };
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(text);
  if (bracketed !== null) {
    const [, host = '', portText] = bracketed;
    const port = portOf(portText);
    return isIPv6(host) && port !== undefined ? { host, port } : undefined;
  }
  const plain = /^([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))(?::(.+))?$/.exec(text);
  if (plain === null) return undefined;
  const [, host = '', portText] = plain;
  const port = portOf(portText);
  return port === undefined ? undefined : { host, port };
}

/** Like `parseServerAddress`, for text that the configuration should have checked. Throws `config-invalid`. */
export function requireServerAddress(text: string): ServerAddress {
  const address = parseServerAddress(text);
  if (address !== undefined) return address;
  throw new RenewdError(
    'config-invalid',
    `not a DNS server (host, host:port or [IPv6]:port): ${JSON.stringify(text)}`,
  );
}

/** "192.0.2.53:53", "[2001:db8::53]:53" */
export function showServer(server: ServerAddress): string {
  return isIPv6(server.host) ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`;
}

/**
 * The addresses of a server, in the system's order of preference; /etc/hosts counts.
 * Throws RenewdError `dns-failed` when the name has none.
 */
export async function resolveServer(
  server: ServerAddress,
  signal: AbortSignal,
): Promise<readonly ServerAddress[]> {
  signal.throwIfAborted();
  if (isIP(server.host) !== 0) return [server];
  try {
    const found = await lookup(server.host, { all: true });
    signal.throwIfAborted();
    return found.slice(0, maxAddressesOfHost).map(({ address }) => ({ host: address, port: server.port }));
  } catch (error) {
    signal.throwIfAborted();
    throw new RenewdError('dns-failed', `the address of DNS server ${server.host} cannot be found`, {
      cause: error,
      fields: { server: showServer(server) },
    });
  }
}
