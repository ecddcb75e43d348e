/** A DNS server on loopback that does what a test tells it, over UDP and TCP on one port. */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { recordClasses, recordTypes } from '../../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, type Message, type ResourceRecord } from '../../../src/dns/message.ts';
import type { RecordData } from '../../../src/dns/record-data.ts';
import type { ServerAddress } from '../../../src/dns/server-address.ts';

export interface Asked {
  readonly request: Message;
  readonly bytes: Uint8Array;
  readonly transport: 'udp' | 'tcp';
  /** Counts from 1, per server. */
  readonly count: number;
  /** Where a datagram came from. */
  readonly from?: RemoteInfo;
}

/** What to send back: octets, one after the other; none for silence. */
export type Handler = (asked: Asked) => readonly Uint8Array[];

export interface FakeServer extends ServerAddress {
  /** "127.0.0.1:port" */
  readonly text: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);
}

export async function startFakeServer(handler: Handler): Promise<FakeServer> {
  const host = '127.0.0.1';
  const asked: Asked[] = [];
  const note = (bytes: Uint8Array, transport: 'udp' | 'tcp', from?: RemoteInfo): Asked => {
    const one: Asked = {
      request: decodeMessage(bytes),
      bytes,
      transport,
      count: asked.length + 1,
      ...(from === undefined ? {} : { from }),
    };
    asked.push(one);
    return one;
  };
  const connections = new Set<Socket>();
  const tcp = createServer((connection) => {
    connections.add(connection);
    connection.on('error', () => connection.destroy());
    let pending = Buffer.alloc(0);
    connection.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      if (pending.length < 2 || pending.length < 2 + pending.readUInt16BE(0)) return;
      const answers = handler(note(pending.subarray(2), 'tcp'));
      if (answers.length === 0) connection.end();
      // One octet first: framing must not depend on how the stream is cut.
      const stream = Buffer.concat(answers.map(frame));
      connection.write(stream.subarray(0, 1), () => connection.write(stream.subarray(1)));
    });
  });
  const { udp, port } = await onePort(tcp, host);
  udp.on('message', (bytes, from) => {
    for (const answer of handler(note(bytes, 'udp', from))) udp.send(answer, from.port, from.address);
  });
  return {
    host,
    port,
    text: `${host}:${port}`,
    asked,
    async close() {
      udp.close();
      for (const connection of connections) connection.destroy();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

export interface Reply {
  readonly rcode?: number;
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  readonly answers?: readonly ResourceRecord[];
  readonly authorities?: readonly ResourceRecord[];
}

/** A proper answer to a request. */
export function replyTo(request: Message, reply: Reply): Message {
  return {
    header: {
      ...request.header,
      response: true,
      authoritative: reply.authoritative ?? true,
      truncated: reply.truncated ?? false,
      rcode: reply.rcode ?? 0,
    },
    questions: request.questions,
    answers: reply.answers ?? [],
    authorities: reply.authorities ?? [],
    additionals: [],
  };
}

export function answerTo(request: Message, reply: Reply): Uint8Array {
  return encodeMessage(replyTo(request, reply));
}

export function makeRecord(name: string, data: RecordData): ResourceRecord {
  if (data.kind === 'raw') throw new Error('a raw record has no type of its own');
  return { name, type: recordTypes[data.kind], class: recordClasses.IN, ttl: 60, data };
}

export function soaRecord(zone: string, serial = 1): ResourceRecord {
  const host = zone === '' ? 'ns1' : `ns1.${zone}`;
  const timers = { refresh: 3600, retry: 600, expire: 86_400, minimum: 5 };
  return makeRecord(zone, { kind: 'SOA', primary: host, mailbox: host, serial, ...timers });
}

export function textRecord(name: string, ...segments: readonly string[]): ResourceRecord {
  return makeRecord(name, {
    kind: 'TXT',
    segments: segments.map((segment) => Uint8Array.from(Buffer.from(segment))),
  });
}

/** The kernel gives a TCP port; the UDP port of the same number may be taken, then another is asked for. */
async function onePort(
  tcp: Server,
  host: string,
): Promise<{ readonly udp: UdpSocket; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    tcp.listen(0, host);
    await once(tcp, 'listening');
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const udp = createSocket('udp4');
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      return { udp, port };
    } catch (error) {
      udp.close();
      tcp.close();
      await once(tcp, 'close');
      if (attempt === 10) throw error;
    }
  }
}
