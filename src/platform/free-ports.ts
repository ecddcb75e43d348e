/** Ports on loopback for servers that are told their port before they start. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const host = '127.0.0.1';

/**
 * `count` TCP ports of 127.0.0.1, all different, which the kernel gives to nobody else for a minute. A port that was only
 * bound and closed would be on offer again at once. One that has a connection in TIME-WAIT is not, while a server that asks
 * for it by number gets it (RFC 9293 §3.3.2; the side that closes first stays there).
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect(port, host);
  const gone = once(client, 'close');
  const connection = await accepted;
  connection.end().resume();
  client.resume();
  await gone;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
