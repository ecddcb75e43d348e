/** Endpoints that are anything but the server that was reloaded: the set before is put back, nothing is bought again. */
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { StoredFailure } from '../../src/core/renewal.ts';
import { stageName } from '../builders/inventory.ts';
import { newCa, newLeaf } from '../builders/pki.ts';
import { createWorld } from '../builders/world.ts';
import {
  expectCleanLogs,
  expectStillAsking,
  good,
  holdDeadlines,
  march,
  marchUntilGood,
  mebibyte,
  memoryPeak,
  newest,
  renewable,
} from './kit.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

interface Endpoint {
  readonly name: string;
  readonly says: RegExp;
  readonly begin: () => Server | Promise<Server>;
  readonly hangs?: true;
}

const raw = (behave: (socket: Socket) => void): Server =>
  createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    behave(socket);
  });

const root = await newCa('elsewhere root');

const endpoints: readonly Endpoint[] = [
  { name: 'silent', says: /no answer in time/, hangs: true, begin: () => raw(() => undefined) },
  {
    name: 'trickle',
    says: /no answer in time/,
    hangs: true,
    begin: () =>
      raw((socket) => {
        // The head of a handshake record of 16 KiB, and then an octet now and then.
        socket.write(Buffer.from([22, 3, 3, 0x40, 0]));
        const timer = setInterval(() => socket.write(Buffer.of(2)), 20);
        socket.on('close', () => clearInterval(timer));
      }),
  },
  { name: 'hangs-up', says: /closed|disconnected|ECONNRESET/, begin: () => raw((socket) => socket.end()) },
  {
    name: 'speaks-http',
    says: /wrong version number|packet length too long|SSL/i,
    begin: () => raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n\u001b[2J')),
  },
  {
    name: 'speaks-ssh',
    says: /wrong version number|packet length too long|SSL/i,
    begin: () => raw((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')),
  },
  {
    name: 'garbage',
    says: /wrong version number|packet length too long|SSL/i,
    begin: () => raw((socket) => socket.write(Buffer.alloc(8 * mebibyte, 0xa5))),
  },
  {
    name: 'huge-chain',
    says: /excessive message size|SSL/i,
    async begin() {
      const leaf = await newLeaf(root, { names: ['huge-chain.example.test'] });
      // OpenSSL reads 100 KiB of certificates at most, unless it is told otherwise.
      const cert = leaf.pem + root.pem.repeat(400);
      return createTlsServer({ key: leaf.key.pem, cert }, (socket) => socket.on('error', () => undefined));
    },
  },
  {
    name: 'another',
    says: /serves another certificate/,
    async begin() {
      const leaf = await newLeaf(root, { names: ['another.example.test'] });
      return createTlsServer({ key: leaf.key.pem, cert: leaf.pem }, (socket) => {
        socket.on('error', () => undefined);
        socket.end();
      });
    },
  },
];

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('not served, and why; the set before is what readers see; others are served meanwhile', async () => {
  const deadlines = holdDeadlines();
  const world = await createWorld();
  const ports = new Map<string, number>();
  for (const { name, begin } of endpoints) ports.set(name, await portOf(await begin()));
  for (const { name } of endpoints) await world.seed({ name, ...renewable });
  await world.seed({ name: good, ...renewable });
  const current = (name: string): string => readlinkSync(`${world.directory}/tls/${name}/.current`);
  const before = new Map(
    endpoints.map(({ name }) => [
      name,
      { set: current(name), served: world.stage.serves(stageName(name, 0)) },
    ]),
  );
  await world.configure([
    ...endpoints.map(({ name }) => ({
      name,
      target: {
        probe: [{ host: '127.0.0.1', port: ports.get(name) ?? 0, serverName: `${name}.example.test` }],
      },
    })),
    { name: good },
  ]);
  const told = new Map<string, StoredFailure>();
  const untilTold = async (hanging: boolean): Promise<void> => {
    for (const { name } of endpoints.filter(({ hangs = false }) => hangs === hanging))
      await march(world, async () => {
        const failure = (await newest(world, name))?.failure ?? null;
        if (failure !== null) told.set(name, failure);
        return failure !== null;
      });
  };
  const peak = await memoryPeak(async () => {
    // The same reseller, the same machine: the one behind the good endpoint waits for none of the others.
    await marchUntilGood(world);
    await expectStillAsking(
      world,
      endpoints.filter(({ hangs }) => hangs === true).map(({ name }) => name),
    );
    // Before the deadlines are let go, which are short then: these say what they are by themselves.
    await untilTold(false);
    deadlines.release();
    await untilTold(true);
  });
  for (const { name, says } of endpoints) {
    const failure = told.get(name);
    expect.soft(failure?.code, name).toBe('not-served');
    expect.soft(failure?.message, name).toMatch(says);
    expect.soft(failure?.message, name).toMatch(/127\.0\.0\.1:\d+.*; the previous set is back in place$/);
    expect.soft(current(name), name).toBe(before.get(name)?.set);
    expect.soft(world.stage.serves(stageName(name, 0)), name).toBe(before.get(name)?.served);
  }
  expect(peak).toBeLessThan(128 * mebibyte);
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toHaveLength(endpoints.length + 1);
  await expectCleanLogs(world);
});
