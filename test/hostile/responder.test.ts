/** The built-in responder is open to the internet: flooded, it serves nobody for a while, and everything else goes on. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../builders/world.ts';
import { expectCleanLogs, good, march, marchUntilGood, newest, renewable, stateOf } from './kit.ts';

/** More than it takes at once. */
const attackers = 400;

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

async function answerTo(port: number, request: string): Promise<string> {
  const socket = await open(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(request);
  await closed(socket);
  return Buffer.concat(chunks).toString('latin1');
}

test('slow requests by the hundred hold it for seconds, not for ever, and hold nobody else', async () => {
  const world = await createWorld();
  const port = world.responderPort;
  const flooded = 'flooded';
  await world.seed({ name: flooded, ...renewable });
  await world.seed({ name: good, provider: 'inx', ...renewable });

  const sockets = await Promise.all(Array.from({ length: attackers }, () => open(port)));
  // The beginning of a request, and never its end.
  for (const socket of sockets)
    socket.write('GET /.well-known/pki-validation/fileauth.txt HTTP/1.1\r\nHost: ');
  const gone = Promise.all(sockets.map(closed));
  await world.configure([
    { name: flooded, dcv: { method: 'file', publisher: 'responder' } },
    { name: good, provider: 'inx' },
  ]);
  await marchUntilGood(world);
  expect(await stateOf(world, flooded)).not.toBe('served');

  // By itself: nobody who attacks lets go.
  await gone;
  const headers = 'X-Filler: '.padEnd(64 * 1024, 'x');
  expect(await answerTo(port, `GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`)).toMatch(
    /^(HTTP\/1\.1 400|$)/,
  );
  expect(await answerTo(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  expect(await answerTo(port, '\u0016\u0003\u0001\u0002\u0000garbage')).toMatch(/^HTTP\/1\.1 400/);
  await march(world, async () => (await newest(world, flooded))?.state === 'served');
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(1);
  await expectCleanLogs(world);
});
