import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { normalizeName, uint16 } from './name.ts';
import { CLASS, typeName } from './rdata.ts';
import type { DecodedMessage } from './wire.ts';
import { decodeMessage, encodeMessage } from './wire.ts';

/** Asks one name server one question: over UDP, over TCP when the answer was cut. Follows nothing, keeps nothing. */

export interface DnsAddress {
  readonly host: string;
  readonly port: number;
}

const UDP_ATTEMPTS = 2;

/** Rejects with a sentence for people when no usable answer came within `timeoutMs` (per attempt). */
export async function queryDns(
  server: DnsAddress,
  name: string,
  type: number,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<DecodedMessage> {
  const id = randomInt(65_536);
  const normalized = normalizeName(name);
  const query = encodeMessage({
    id,
    isResponse: false,
    opcode: 0,
    authoritative: false,
    truncated: false,
    // A recursive server may be configured as the CA's resolver; an authoritative one does not mind.
    recursionDesired: true,
    rcode: 0,
    questions: [{ name: normalized, type, class: CLASS.IN }],
    answers: [],
    authorities: [],
    additionals: [],
  });
  const matching = (packet: Buffer): DecodedMessage | undefined => {
    const message = decodeMessage(packet);
    const [question] = message.questions;
    const fits =
      message.isResponse &&
      message.id === id &&
      (question === undefined || (question.name.toLowerCase() === normalized && question.type === type));
    return fits ? message : undefined;
  };
  const what = `${typeName(type)} ${normalized} at ${server.host}:${server.port}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await exchangeUdp(server, query, matching, timeoutMs);
      return answer.truncated ? await exchangeTcp(server, query, matching, timeoutMs) : answer;
    } catch (error) {
      if (attempt < UDP_ATTEMPTS) continue;
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

type Matcher = (packet: Buffer) => DecodedMessage | undefined;

function exchangeUdp(
  server: DnsAddress,
  query: Buffer,
  matching: Matcher,
  timeoutMs: number,
): Promise<DecodedMessage> {
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4');
  return new Promise<DecodedMessage>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    socket.on('error', (error) => settle(() => reject(error)));
    socket.on('message', (packet) => {
      try {
        const answer = matching(packet);
        // Not ours: somebody else's late answer. Keep listening.
        if (answer !== undefined) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
    // Connected, so that a closed port is reported instead of waited for.
    socket.connect(server.port, server.host, (error?: Error) => {
      if (error === undefined) socket.send(query);
      else settle(() => reject(error));
    });
  }).finally(() => socket.close());
}

function exchangeTcp(
  server: DnsAddress,
  query: Buffer,
  matching: Matcher,
  timeoutMs: number,
): Promise<DecodedMessage> {
  const socket = connect({ host: server.host, port: server.port });
  return new Promise<DecodedMessage>((resolve, reject) => {
    socket.setTimeout(timeoutMs, () => reject(new Error(`no answer over TCP within ${timeoutMs} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed without an answer')));
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      if (pending.length < 2 || pending.length < 2 + pending.readUInt16BE(0)) return;
      try {
        const answer = matching(pending.subarray(2, 2 + pending.readUInt16BE(0)));
        if (answer === undefined) reject(new Error('the answer over TCP is to another question'));
        else resolve(answer);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.write(Buffer.concat([uint16(query.length), query]));
  }).finally(() => socket.destroy());
}
