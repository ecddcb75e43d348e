import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts } from '../../../src/platform/free-ports.ts';
import { freePort } from '../../builders/free-port.ts';

/** States of the connections that begin at a port of 127.0.0.1, as Linux numbers them. */
function statesAt(port: number): readonly string[] {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, at]) => at === local)
    .map(([, , , state]) => state ?? '');
}

async function listenOn(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

test('ports for the quickstart: different ones, kept by TIME-WAIT, open to who asks by number', async () => {
  const ports = await freePorts(3);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) {
    expect(statesAt(port)).toEqual(['06']);
    await listenOn(port);
  }
});

test('ports for the servers of tests: held, open to who asks by number, again and again', async () => {
  const port = await freePort();
  await listenOn(port);
  await listenOn(port);
  expect(statesAt(port)).toEqual(['01']);
});
