/** Against real TLS servers on loopback, on ports that the kernel chose. */
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { addressesMax, endpointText, probeEndpoint } from '../../../src/renewal/probe/probe-endpoint.ts';
import { probeTarget, serverNameFor } from '../../../src/renewal/probe/probe-target.ts';
import { handClock } from '../../builders/clocks.ts';
import { newCa, newKey, newLeaf, newChain, now, type TestCertificate } from '../../builders/pki.ts';

const { root, intermediate, leaf: old } = await newChain();
const fresh = await newLeaf(intermediate);
const timeoutMs = 20_000;

function fingerprintOf(certificate: TestCertificate): string {
  return Buffer.from(new Uint8Array(fingerprints.get(certificate) ?? [])).toString('hex');
}
const fingerprints = new Map<TestCertificate, ArrayBuffer>();
for (const one of [old, fresh]) fingerprints.set(one, await one.certificate.getThumbprint('SHA-256'));

function optionsFor(leaf: TestCertificate, chain: readonly TestCertificate[] = [intermediate]): TlsOptions {
  return { key: leaf.key.pem, cert: leaf.pem + chain.map(({ pem }) => pem).join('') };
}

/** Listens on loopback and closes, connections included, when the test ends. Returns the port. */
async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  server.listen(port, host);
  await once(server, 'listening');
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

describe('one endpoint', () => {
  test('what is served: leaf, length of the chain, end', async () => {
    const port = await listen(createTlsServer(optionsFor(old)));
    expect(
      await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs, serverName: 'shop.example.com' }),
    ).toEqual([
      {
        endpoint: `127.0.0.1:${port}`,
        address: '127.0.0.1',
        serverName: 'shop.example.com',
        fingerprint256: fingerprintOf(old),
        notAfter: old.certificate.notAfter,
        leafDer: expect.any(Uint8Array),
        chainLength: 2,
        error: undefined,
      },
    ]);
  });

  test.each([
    ['the leaf alone', [], 1],
    ['with the root', [intermediate, root], 3],
  ])('chain: %s', async (_title, chain, length) => {
    const port = await listen(createTlsServer(optionsFor(old, chain)));
    const [report] = await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs });
    expect(report?.chainLength).toBe(length);
  });

  test('the server name decides what is shown', async () => {
    const asked: string[] = [];
    const { createSecureContext } = await import('node:tls');
    const server = createTlsServer({
      ...optionsFor(old),
      SNICallback: (name, done) => {
        asked.push(name);
        done(null, createSecureContext(optionsFor(name === 'fresh.example.com' ? fresh : old)));
      },
    });
    const port = await listen(server);
    const ask = async (serverName: string) =>
      (await probeEndpoint({ host: '127.0.0.1', port, serverName }, { timeoutMs }))[0];
    expect((await ask('fresh.example.com'))?.fingerprint256).toBe(fingerprintOf(fresh));
    expect((await ask('old.example.com'))?.fingerprint256).toBe(fingerprintOf(old));
    // RFC 6066 §3: an address is no server name.
    expect(await ask('127.0.0.1')).toMatchObject({
      serverName: undefined,
      fingerprint256: fingerprintOf(old),
    });
    expect(asked).toEqual(['fresh.example.com', 'old.example.com']);
  });

  test('every address of a name', async () => {
    const port = await listen(createTlsServer(optionsFor(old)));
    await listen(createTlsServer(optionsFor(fresh)), '127.0.0.2', port);
    const lookup = () => Promise.resolve(['127.0.0.1', '127.0.0.2', '127.0.0.1']);
    const reports = await probeEndpoint({ host: 'shop.example.com', port }, { timeoutMs, lookup });
    expect(reports.map(({ address, fingerprint256 }) => [address, fingerprint256])).toEqual([
      ['127.0.0.1', fingerprintOf(old)],
      ['127.0.0.2', fingerprintOf(fresh)],
    ]);
  });

  test('not more addresses than the limit', async () => {
    const lookup = () => Promise.resolve(Array.from({ length: 200 }, (_, index) => `127.0.1.${index}`));
    const port = await listen(createTcpServer((socket) => socket.destroy()));
    const reports = await probeEndpoint({ host: 'many.example.com', port }, { timeoutMs, lookup });
    expect(reports).toHaveLength(addressesMax);
  });

  test('of two certificates the kind that is asked for', async () => {
    const ca = await newCa('rsa ca', undefined, { key: await newKey('rsa2048') });
    const rsa = await newLeaf(ca, { key: await newKey('rsa2048') });
    const port = await listen(createTlsServer({ key: [old.key.pem, rsa.key.pem], cert: [old.pem, rsa.pem] }));
    const ask = async (keyKind: 'rsa' | 'ecdsa') =>
      (await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs, keyKind }))[0];
    expect((await ask('ecdsa'))?.fingerprint256).toBe(fingerprintOf(old));
    expect(Buffer.from(await rsa.certificate.getThumbprint('SHA-256')).toString('hex')).toBe(
      (await ask('rsa'))?.fingerprint256,
    );
  });

  test('expired, self-signed, for another name: all are seen', async () => {
    const odd = await newLeaf(undefined, {
      names: ['other.example'],
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2020-02-01'),
    });
    const port = await listen(createTlsServer(optionsFor(odd, [])));
    const [report] = await probeEndpoint(
      { host: '127.0.0.1', port },
      { timeoutMs, serverName: 'shop.example.com' },
    );
    expect(report).toMatchObject({ notAfter: new Date('2020-02-01'), error: undefined });
  });
});

describe('peers that misbehave', () => {
  test('nobody listens', async () => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = portOf(server);
    server.close();
    await once(server, 'close');
    const [report] = await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs });
    expect(report).toMatchObject({
      fingerprint256: undefined,
      error: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('accepts and never answers', async () => {
    const port = await listen(createTcpServer());
    const [report] = await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs: 100 });
    expect(report).toMatchObject({ fingerprint256: undefined, error: 'no answer in time' });
  });

  test('answers with a trickle that never ends', async () => {
    const server = createTcpServer((socket) => {
      // A record of the largest size, announced and then sent byte by byte.
      socket.write(Buffer.from([0x16, 3, 3, 0x40, 0]));
      const timer = setInterval(() => socket.write(Buffer.from([2])), 5);
      socket.once('close', () => clearInterval(timer));
    });
    const port = await listen(server);
    const [report] = await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs: 150 });
    expect(report?.error).toBe('no answer in time');
  });

  test.each<[string, (socket: Socket) => void]>([
    ['closes at once', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends garbage without end', (socket) => void socket.write(Buffer.alloc(1_000_000, 7))],
  ])('%s', async (_title, behave) => {
    const port = await listen(createTcpServer(behave));
    const [report] = await probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs });
    expect(report?.fingerprint256).toBeUndefined();
    expect(report?.error).toMatch(/^[^\n]{5,300}$/);
  });

  test.each<[string, () => Promise<readonly string[]>, RegExp]>([
    ['fails', () => Promise.reject(new Error('SERVFAIL')), /cannot resolve shop\.example\.com: SERVFAIL/],
    ['finds nothing', () => Promise.resolve([]), /it has no address/],
    ['never answers', () => new Promise(() => {}), /no answer in time/],
  ])('the lookup %s', async (_title, lookup, error) => {
    const reports = await probeEndpoint({ host: 'shop.example.com', port: 443 }, { timeoutMs: 100, lookup });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      address: '',
      fingerprint256: undefined,
      error: expect.stringMatching(error),
    });
  });

  test('aborting ends it at once, with the reason', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    const abort = new AbortController();
    const reason = new Error('shutting down');
    const running = probeEndpoint({ host: '127.0.0.1', port }, { timeoutMs, signal: abort.signal });
    await once(server, 'connection');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

describe('a target', () => {
  test('served at once', async () => {
    const port = await listen(createTlsServer(optionsFor(fresh)));
    const clock = handClock(now);
    const report = await probeTarget([{ host: '127.0.0.1', port }], fingerprintOf(fresh), {
      clock,
      timeoutMs: 60_000,
    });
    expect(report).toMatchObject({ served: true, looks: 1, rows: [{ matches: true, error: undefined }] });
    expect(clock.slept).toEqual([]);
  });

  test('first the old, then the new one', async () => {
    const server = createTlsServer(optionsFor(old));
    const port = await listen(server);
    let naps = 0;
    const clock = handClock(now, () => {
      naps += 1;
      if (naps === 3) server.setSecureContext(optionsFor(fresh));
    });
    const report = await probeTarget([{ host: '127.0.0.1', port }], fingerprintOf(fresh), {
      clock,
      timeoutMs: 60_000,
    });
    expect(report).toMatchObject({ served: true, looks: 4 });
    expect(clock.slept).toEqual([250, 500, 1000]);
  });

  test('never: the deadline ends it, with what was seen last', async () => {
    const port = await listen(createTlsServer(optionsFor(old)));
    const clock = handClock(now);
    const report = await probeTarget([{ host: '127.0.0.1', port }], fingerprintOf(fresh), {
      clock,
      timeoutMs: 10_000,
    });
    expect(report.served).toBe(false);
    expect(report.rows).toMatchObject([
      { matches: false, fingerprint256: fingerprintOf(old), address: '127.0.0.1' },
    ]);
    expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000, 2250]);
  });

  test('one address of two is not enough', async () => {
    const port = await listen(createTlsServer(optionsFor(fresh)));
    await listen(createTlsServer(optionsFor(old)), '127.0.0.2', port);
    const lookup = () => Promise.resolve(['127.0.0.1', '127.0.0.2']);
    const report = await probeTarget([{ host: 'shop.example.com', port }], fingerprintOf(fresh), {
      clock: handClock(now),
      timeoutMs: 0,
      lookup,
    });
    expect(report.served).toBe(false);
    expect(report.looks).toBe(1);
    expect(report.rows.map(({ matches }) => matches)).toEqual([true, false]);
  });

  test('one endpoint that is down is not enough', async () => {
    const port = await listen(createTlsServer(optionsFor(fresh)));
    const silent = await listen(createTcpServer((socket) => socket.destroy()));
    const report = await probeTarget(
      [
        { host: '127.0.0.1', port },
        { host: '127.0.0.1', port: silent },
      ],
      fingerprintOf(fresh),
      { clock: handClock(now), timeoutMs: 0 },
    );
    expect(report.served).toBe(false);
    expect(report.rows).toHaveLength(2);
  });

  test('without endpoints there is nothing to wait for', async () => {
    expect(await probeTarget([], fingerprintOf(fresh), { clock: handClock(now), timeoutMs: 1000 })).toEqual({
      served: true,
      rows: [],
      looks: 1,
    });
  });

  test('aborting while it waits', async () => {
    const port = await listen(createTlsServer(optionsFor(old)));
    const abort = new AbortController();
    const reason = new Error('shutting down');
    const clock = handClock(now, () => abort.abort(reason));
    await expect(
      probeTarget([{ host: '127.0.0.1', port }], fingerprintOf(fresh), {
        clock,
        timeoutMs: 60_000,
        signal: abort.signal,
      }),
    ).rejects.toBe(reason);
    await expect(
      probeTarget([], '', { clock: systemClock, timeoutMs: 0, signal: abort.signal }),
    ).rejects.toBe(reason);
  });
});

test.each([
  [{ host: 'shop.example.com', port: 1 }, ['a.example'], 'shop.example.com'],
  [{ host: '192.0.2.1', port: 1 }, ['*.example.com', 'b.example.com'], 'b.example.com'],
  [{ host: '192.0.2.1', port: 1 }, ['*.example.com'], 'www.example.com'],
  [{ host: '2001:db8::1', port: 1 }, [], '2001:db8::1'],
  [{ host: '192.0.2.1', port: 1, serverName: 'x.example' }, ['a.example'], 'x.example'],
])('server name for %j with %j', (endpoint, names, expected) => {
  expect(serverNameFor(endpoint, names)).toBe(expected);
});

test('endpoints as text', () => {
  expect(endpointText({ host: 'a.example', port: 443 })).toBe('a.example:443');
  expect(endpointText({ host: '::1', port: 443 })).toBe('[::1]:443');
});
