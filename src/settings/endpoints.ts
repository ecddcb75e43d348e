/** "host:port" texts: listen address, resolvers, probes. IPv6 addresses stand in brackets: "[2001:db8::1]:443". */
import { isIP } from 'node:net';

export interface Endpoint {
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port: number;
}

export type EndpointReading = Endpoint | { readonly problem: string; readonly hint: string };

/** @param defaultPort used when no port is written; absent: a port is required. */
export function readEndpoint(text: string, defaultPort?: number): EndpointReading {
  const example = `e.g. "example.com:${defaultPort ?? 443}" or "[2001:db8::1]:${defaultPort ?? 443}"`;
  if (isIP(text) === 6) {
    if (defaultPort !== undefined) return { host: text.toLowerCase(), port: defaultPort };
    return { problem: 'is an IPv6 address without brackets and port', hint: `write "[${text}]:443"` };
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]/\s]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return { problem: 'is not "host:port"', hint: example };
  const [, bracketed, bare = '', portText] = match;
  if (bracketed !== undefined && isIP(bracketed) !== 6) {
    return { problem: 'has brackets around something that is no IPv6 address', hint: example };
  }
  if (portText === undefined && defaultPort === undefined) {
    return { problem: 'has no port', hint: `write "${text}:443"` };
  }
  const port = portText === undefined ? (defaultPort ?? 0) : Number(portText);
  if (port < 1 || port > 65_535) return { problem: `has port ${port}`, hint: 'ports go from 1 to 65535' };
  return { host: (bracketed ?? bare).toLowerCase(), port };
}

export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
