/**
 * One question over UDP. The socket is connected, so the kernel drops what does not come from the asked address and
 * port, and reports "port unreachable" at once; the local port is the kernel's random choice.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ServerAddress } from './server-address.ts';
import { noAnswer, unreachable } from './transport-errors.ts';

/** How often the question is sent before giving up. */
const attempts = 3;

export interface TransportOptions {
  /** Milliseconds for the whole exchange, every attempt included; at most 2^31−1. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves with the first datagram that `accept` turns into something; it returns undefined, or throws, for datagrams
 * that are not the answer, and waiting goes on. Rejects with RenewdError `dns-failed` (kind `unavailable`), or with the
 * signal's reason.
 */
export async function askUdp<Answer>(
  server: ServerAddress,
  request: Uint8Array,
  accept: (datagram: Uint8Array) => Answer | undefined,
  { timeoutMs, signal }: TransportOptions,
): Promise<Answer> {
  signal.throwIfAborted();
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      let complaint: unknown;
      let sent = 0;
      const send = (): void => {
        if (sent === attempts) {
          reject(noAnswer(server, timeoutMs, complaint));
          return;
        }
        sent += 1;
        timer = setTimeout(send, timeoutMs / attempts);
        socket.send(request, (error) => {
          if (error !== null) reject(unreachable(server, error));
        });
      };
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('error', (error) => reject(unreachable(server, error)));
      socket.on('message', (datagram) => {
        try {
          const answer = accept(datagram);
          if (answer !== undefined) resolve(answer);
        } catch (error) {
          // Perhaps forged; the real answer may still come. Named if none does.
          complaint = error;
        }
      });
      socket.connect(server.port, server.host, send);
    });
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    socket.close();
  }
}
