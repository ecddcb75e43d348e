import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { listeningPort } from '../guards.ts';

/** One port of 127.0.0.1 for UDP and TCP alike, packets in, packets out. Knows nothing of DNS but TCP's length prefix. */

export type PacketHandler = (packet: Buffer, transport: 'udp' | 'tcp') => Buffer | undefined;

export interface PacketServer {
  readonly port: number;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** RFC 7766 §6.2.3 leaves idle time to the server; a few seconds are plenty on loopback. */
const TCP_IDLE_MS = 10_000;
/** The kernel picks the TCP port; that the same UDP port is taken already is rare but possible. */
const PORT_ATTEMPTS = 20;

export async function servePackets(port: number, handle: PacketHandler): Promise<PacketServer> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = await listenTcp(port);
    const chosen = listeningPort(tcp.server);
    try {
      const udp = await bindUdp(chosen);
      serveUdp(udp, handle);
      serveTcp(tcp, handle);
      let closed: Promise<void> | undefined;
      return { port: chosen, close: () => (closed ??= close(tcp, udp)) };
    } catch (error) {
      tcp.server.close();
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

interface TcpSide {
  readonly server: Server;
  readonly connections: Set<Socket>;
}

async function listenTcp(port: number): Promise<TcpSide> {
  const server = createServer();
  server.listen({ host: LOOPBACK, port });
  await once(server, 'listening');
  return { server, connections: new Set() };
}

async function bindUdp(port: number): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ address: LOOPBACK, port, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function serveUdp(socket: UdpSocket, handle: PacketHandler): void {
  // A client that is gone makes the kernel report "connection refused" here; that is no matter of ours.
  socket.on('error', () => undefined);
  socket.on('message', (packet, sender) => {
    const answer = handle(packet, 'udp');
    if (answer !== undefined) socket.send(answer, sender.port, sender.address, () => undefined);
  });
}

function serveTcp({ server, connections }: TcpSide, handle: PacketHandler): void {
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    // Whatever goes wrong on one connection ends that connection.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const length = pending.readUInt16BE(0);
        const answer = handle(pending.subarray(2, 2 + length), 'tcp');
        pending = pending.subarray(2 + length);
        if (answer === undefined) {
          socket.destroy();
          return;
        }
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([prefix, answer]));
      }
    });
  });
}

async function close({ server, connections }: TcpSide, udp: UdpSocket): Promise<void> {
  for (const socket of connections) socket.destroy();
  await Promise.all([
    new Promise<void>((resolve) => server.close(() => resolve())),
    new Promise<void>((resolve) => udp.close(() => resolve())),
  ]);
}
