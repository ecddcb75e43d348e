/** Ports for real servers, whose configuration has to name them. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

const host = '127.0.0.1';
let keeper: Promise<{ readonly server: Server; readonly port: number }> | undefined;

/** Accepts the connections that hold ports. */
async function startKeeper(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => void socket.unref()).listen(0, host);
  await once(server, 'listening');
  server.unref();
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server without an address');
  return { server, port: address.port };
}

/**
 * A port of 127.0.0.1, for TCP and UDP, that the kernel gives to nobody else as long as this process lives, so a server
 * may also be stopped and started on it. It is held by a connection that begins at it: who asks the kernel for any port
 * does not get this one, who listens on it by number does (SO_REUSEADDR, which all servers set). For UDP a socket on
 * another address of loopback keeps away those who bind all addresses.
 */
export async function freePort(): Promise<number> {
  keeper ??= startKeeper();
  const { port: keeperPort } = await keeper;
  for (;;) {
    const holder = connect({ host, port: keeperPort, localAddress: host });
    await once(holder, 'connect');
    const port = holder.localPort ?? 0;
    if ((await bindUdp(port, host, 'close')) && (await bindUdp(port, '127.0.0.2', 'hold'))) {
      holder.unref();
      return port;
    }
    holder.destroy();
  }
}

/** Whether it could be bound. */
async function bindUdp(port: number, address: string, then: 'close' | 'hold'): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, address, () => resolve(true));
  });
  if (bound && then === 'hold') socket.unref();
  else socket.close();
  return bound;
}
