/**
 * A request and its answer, whatever the transport: UDP first when the request is small, TCP when it is not or when the
 * answer did not fit. What answers another question is ignored.
 */
import { rcodes } from './codes.ts';
import { decodeMessage, type Message } from './message.ts';
import { sameName } from './name.ts';
import type { ServerAddress } from './server-address.ts';
import { askTcp } from './tcp.ts';
import { askUdp, type TransportOptions } from './udp.ts';

/** RFC 1035 §4.2.1; larger requests go over TCP. */
const maxUdpRequestOctets = 512;

export interface Answer {
  readonly message: Message;
  /** As received, for TSIG. */
  readonly bytes: Uint8Array;
}

function answersQuestion(request: Message, answer: Message): boolean {
  const { header } = answer;
  if (!header.response || header.id !== request.header.id || header.opcode !== request.header.opcode)
    return false;
  const asked = request.questions[0];
  const echoed = answer.questions[0];
  if (echoed === undefined) {
    // Errors, and answers to updates, may come without the question (RFC 2136 §3.8).
    return header.rcode !== rcodes.NOERROR || header.opcode !== 0;
  }
  return (
    asked !== undefined &&
    answer.questions.length === 1 &&
    echoed.type === asked.type &&
    echoed.class === asked.class &&
    sameName(echoed.name, asked.name)
  );
}

/** Rejects with RenewdError `dns-failed` (kind `unavailable`), or with the signal's reason. */
export async function exchange(
  server: ServerAddress,
  request: Uint8Array,
  options: TransportOptions,
): Promise<Answer> {
  const asked = decodeMessage(request);
  const accept = (bytes: Uint8Array): Answer | undefined => {
    const message = decodeMessage(bytes);
    return answersQuestion(asked, message) ? { message, bytes: Uint8Array.from(bytes) } : undefined;
  };
  if (request.length <= maxUdpRequestOctets) {
    const answer = await askUdp(server, request, accept, options);
    if (!answer.message.header.truncated) return answer;
  }
  return await askTcp(server, request, accept, options);
}
