/** Asks one DNS server one question. What the answer means is the caller's matter. */
import { randomInt } from 'node:crypto';
import { opcodes, rcodes, recordClasses, recordTypes, type RecordTypeName } from './codes.ts';
import { exchange } from './exchange.ts';
import { blankHeader, encodeMessage, type Message, type ResourceRecord } from './message.ts';
import type { ServerAddress } from './server-address.ts';

export interface QueryOptions {
  /** Set for resolvers; off for authoritative servers, so that they answer from their own data. */
  readonly recursionDesired: boolean;
  /** Milliseconds per transport, retries included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Large enough for nearly every answer, small enough not to be fragmented (RFC 9715 §3.1, DNS Flag Day 2020). */
const udpPayloadOctets = 1232;

const ednsRecord: ResourceRecord = {
  name: '',
  type: recordTypes.OPT,
  class: udpPayloadOctets,
  ttl: 0,
  data: { kind: 'OPT', options: [] },
};

/** An unpredictable message id: part of what makes a forged answer hard (RFC 5452 §9). */
export function randomMessageId(): number {
  return randomInt(0x1_0000);
}

async function ask(
  server: ServerAddress,
  name: string,
  type: RecordTypeName,
  options: QueryOptions,
  additionals: readonly ResourceRecord[],
): Promise<Message> {
  const request = encodeMessage({
    header: { ...blankHeader(randomMessageId(), opcodes.query), recursionDesired: options.recursionDesired },
    questions: [{ name, type: recordTypes[type], class: recordClasses.IN }],
    answers: [],
    authorities: [],
    additionals,
  });
  return (await exchange(server, request, options)).message;
}

/**
 * The server's answer, whatever its rcode. `server.host` is an IP address.
 * Rejects with RenewdError `dns-failed` (kind `unavailable`), or with the signal's reason.
 */
export async function query(
  server: ServerAddress,
  name: string,
  type: RecordTypeName,
  options: QueryOptions,
): Promise<Message> {
  const answer = await ask(server, name, type, options, [ednsRecord]);
  const { rcode } = answer.header;
  // Servers from before EDNS answer so (RFC 6891 §7).
  if (rcode !== rcodes.FORMERR && rcode !== rcodes.NOTIMP) return answer;
  return await ask(server, name, type, options, []);
}
