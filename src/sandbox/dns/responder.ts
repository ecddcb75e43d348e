import type { SandboxClock } from '../contract.ts';
import { answerQuestion } from './answer.ts';
import type { QueryAnswer } from './answer.ts';
import { CLASS, RCODE, rcodeName, TYPE, typeName } from './rdata.ts';
import { encodeSigned, verifyTsig } from './tsig.ts';
import type { TsigKey, TsigVerdict } from './tsig.ts';
import { applyUpdate, describeUpdate, updateResult } from './update.ts';
import type { UpdateHistoryEntry } from './update.ts';
import type { DecodedMessage, DnsMessage, DnsRecord } from './wire.ts';
import { decodeMessage, encodeMessage, HEADER_BYTES } from './wire.ts';
import type { Zone } from './zone.ts';

/** From one packet to its answer: reads, checks the signature, dispatches, signs. Never throws, whatever comes in. */

export interface QueryHistoryEntry {
  readonly at: Date;
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
  readonly rcode: string;
}

export interface ResponderOptions {
  readonly clock: SandboxClock;
  readonly zones: ReadonlyMap<string, Zone>;
  readonly keys: readonly TsigKey[];
  readonly onUpdate: (entry: UpdateHistoryEntry) => void;
  readonly onQuery: (entry: QueryHistoryEntry) => void;
}

export type Transport = 'udp' | 'tcp';

const OPCODE = { query: 0, update: 5 } as const;
/** RFC 1035 §2.3.4 without EDNS; with it, what fits into one Ethernet frame (RFC 9715 §3). */
const UDP_BYTES = 512;
const EDNS_UDP_BYTES = 1232;
const TCP_BYTES = 65_535;
const NO_RECORDS = { answers: [], authorities: [], additionals: [] } as const;

export function createResponder(
  options: ResponderOptions,
): (packet: Buffer, transport: Transport) => Buffer | undefined {
  return (packet, transport) => {
    // Too short to have an id, or itself an answer: answering would be noise, or a loop.
    if (packet.length < HEADER_BYTES || (packet.readUInt16BE(2) & 0x8000) !== 0) return undefined;
    try {
      return respond(options, packet, transport);
    } catch {
      // Everything a packet can do wrong shows as an exception while reading it; the sender learns just that.
      return headerOnly(packet, RCODE.FORMERR);
    }
  };
}

function respond(options: ResponderOptions, packet: Buffer, transport: Transport): Buffer {
  const message = decodeMessage(packet);
  const nowSeconds = Math.floor(options.clock.now().getTime() / 1000);
  const verdict = verifyTsig(packet, message, options.keys, nowSeconds);
  const opts = message.additionals.filter((record) => record.type === TYPE.OPT);
  const [opt] = opts;
  if (opts.length > 1) return headerOnly(packet, RCODE.FORMERR);

  const answer = answerFor(options, message, verdict, transport, opt);
  const room = transport === 'tcp' ? TCP_BYTES : udpRoom(opt);
  return encodeSigned(answer, verdict, nowSeconds, room);
}

/** RFC 6891 §6.2.3: the class of the OPT record is what the sender can take; less than 512 counts as 512. */
const udpRoom = (opt: DnsRecord | undefined): number =>
  opt === undefined ? UDP_BYTES : Math.min(Math.max(opt.class, UDP_BYTES), EDNS_UDP_BYTES);

function answerFor(
  options: ResponderOptions,
  message: DecodedMessage,
  verdict: TsigVerdict,
  transport: Transport,
  opt: DnsRecord | undefined,
): DnsMessage {
  const answerWith = (rcode: number, rest: Partial<QueryAnswer> = {}, extendedRcode = 0): DnsMessage => ({
    id: message.id,
    isResponse: true,
    opcode: message.opcode,
    authoritative: rest.authoritative ?? false,
    truncated: false,
    recursionDesired: message.recursionDesired,
    rcode,
    questions: message.questions,
    answers: rest.answers ?? [],
    authorities: rest.authorities ?? [],
    additionals: [...(rest.additionals ?? []), ...(opt === undefined ? [] : [ownOpt(extendedRcode)])],
  });
  // RFC 6891 §6.1.3: a version we do not know is BADVERS (16), whose upper bits travel in the OPT record.
  if (opt !== undefined && ((opt.ttl >>> 16) & 0xff) > 0) return answerWith(RCODE.NOERROR, NO_RECORDS, 1);

  if (message.opcode === OPCODE.update) {
    const tsigError = verdict.kind === 'bad' ? verdict.error : undefined;
    const key = verdict.kind === 'valid' ? verdict.key : undefined;
    const outcome =
      tsigError === undefined ? applyUpdate(message, options.zones, key) : { rcode: RCODE.NOTAUTH };
    options.onUpdate({
      at: options.clock.now(),
      ...describeUpdate(message),
      ...(verdict.kind === 'unsigned' ? {} : { key: verdict.requestTsig.keyName }),
      transport,
      result: updateResult(outcome.rcode, tsigError),
      ...('serial' in outcome && outcome.serial !== undefined ? { serial: outcome.serial } : {}),
    });
    return answerWith(outcome.rcode);
  }
  if (verdict.kind === 'bad') return answerWith(RCODE.NOTAUTH);
  if (message.opcode !== OPCODE.query) return answerWith(RCODE.NOTIMP);
  const [question] = message.questions;
  if (question === undefined || message.questions.length !== 1) return answerWith(RCODE.FORMERR);
  const answer = answerQuestion(question, options.zones);
  options.onQuery({
    at: options.clock.now(),
    name: question.name.toLowerCase(),
    type: question.class === CLASS.IN ? typeName(question.type) : `CLASS${question.class}`,
    transport,
    rcode: rcodeName(answer.rcode),
  });
  return answerWith(answer.rcode, answer);
}

const ownOpt = (extendedRcode: number): DnsRecord => ({
  name: '',
  type: TYPE.OPT,
  class: EDNS_UDP_BYTES,
  ttl: extendedRcode * 0x0100_0000,
  data: Buffer.alloc(0),
});

function headerOnly(packet: Buffer, rcode: number): Buffer {
  const flags = packet.readUInt16BE(2);
  return encodeMessage({
    id: packet.readUInt16BE(0),
    isResponse: true,
    opcode: (flags >> 11) & 0x0f,
    authoritative: false,
    truncated: false,
    recursionDesired: (flags & 0x0100) !== 0,
    rcode,
    questions: [],
    ...NO_RECORDS,
  });
}
