/** One question over TCP: messages with a 16-bit length in front (RFC 1035 §4.2.2, RFC 7766 §8). */
import { connect } from 'node:net';
import type { ServerAddress } from './server-address.ts';
import { noAnswer, unreachable } from './transport-errors.ts';
import type { TransportOptions } from './udp.ts';

/** Answers to questions that we did not ask, before the connection counts as useless. */
const maxForeignMessages = 8;

function frame(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Takes the whole messages off the front of `pending`; at most one unfinished message (64 KiB) stays. */
function takeFrames(pending: Buffer): { readonly messages: Buffer[]; readonly rest: Buffer } {
  const messages: Buffer[] = [];
  let at = 0;
  while (pending.length - at >= 2) {
    const end = at + 2 + pending.readUInt16BE(at);
    if (end > pending.length) break;
    messages.push(pending.subarray(at + 2, end));
    at = end;
  }
  return { messages, rest: pending.subarray(at) };
}

/** As `askUdp`, over one connection that is closed afterwards. The request is sent once. */
export async function askTcp<Answer>(
  server: ServerAddress,
  request: Uint8Array,
  accept: (message: Uint8Array) => Answer | undefined,
  { timeoutMs, signal }: TransportOptions,
): Promise<Answer> {
  signal.throwIfAborted();
  const socket = connect({ host: server.host, port: server.port });
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      let rest: Buffer = Buffer.alloc(0);
      let complaint: unknown;
      let foreign = 0;
      timer = setTimeout(() => reject(noAnswer(server, timeoutMs, complaint)), timeoutMs);
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('error', (error) => reject(unreachable(server, error)));
      socket.on('close', () => reject(unreachable(server, complaint ?? new Error('connection closed'))));
      socket.on('connect', () => socket.write(frame(request)));
      socket.on('data', (chunk) => {
        const taken = takeFrames(Buffer.concat([rest, chunk]));
        rest = taken.rest;
        for (const message of taken.messages) {
          try {
            const answer = accept(message);
            if (answer !== undefined) resolve(answer);
          } catch (error) {
            complaint = error;
          }
          foreign += 1;
          if (foreign > maxForeignMessages) reject(noAnswer(server, timeoutMs, complaint));
        }
      });
    });
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}
