import type { AddressInfo } from 'node:net';

/** Narrowing of what the type system cannot know. */

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The port a TCP server listens on; a server on a pipe, or not listening, is a mistake in the sandbox. */
export function listeningPort(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
