/**
 * Servers that cannot prove that they are the reseller: real TLS on loopback, under a root that this process trusts.
 * Nothing is said to them, least of all a password; the reseller beside them does its work.
 */
import { once } from 'node:events';
import { createServer as createTcpServer, type Server } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { ProviderName } from '../builders/accounts.ts';
import { newCa, newLeaf, type CertificateOptions, type TestCertificate } from '../builders/pki.ts';
import { createWorld } from '../builders/world.ts';
import {
  besiege,
  expectCleanLogs,
  expectStillAsking,
  expectUntouched,
  holdDeadlines,
  march,
  marchUntilGood,
  stateOf,
  toldAbout,
  vendorOf,
} from './kit.ts';

const hostile: readonly ProviderName[] = ['cnr', 'old', 'inx', 'hx', 'epp', 'rs'];
const goodProvider = 'xml';

const trusted = await newCa('trusted transport root');
const stranger = await newCa('unknown transport root');
const usualCas = getCACertificates('default');

beforeAll(() => setDefaultCACertificates([...usualCas, trusted.pem]));
afterAll(() => setDefaultCACertificates(usualCas));
afterEach(() => {
  vi.restoreAllMocks();
});

/** TLS of the tests is real, and so is its time. */
const daysFromToday = (days: number): Date => new Date(Date.now() + days * 86_400_000);

async function identity(
  issuer: TestCertificate | undefined,
  options: CertificateOptions = {},
): Promise<TlsOptions> {
  const leaf = await newLeaf(issuer, {
    names: ['api.example'],
    addresses: ['127.0.0.1'],
    notBefore: daysFromToday(-1),
    notAfter: daysFromToday(9),
    ...options,
  });
  return { key: leaf.key.pem, cert: leaf.pem };
}

interface Peer {
  readonly port: number;
  /** Everything that came through the encryption, or in the clear where there is none. */
  readonly heard: () => string;
}

async function listening(server: Server, heard: readonly Buffer[]): Promise<Peer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, heard: () => Buffer.concat(heard).toString('latin1') };
}

/** Speaks first, as EPP servers do, and answers everything with the same word. */
async function tlsPeer(options: TlsOptions): Promise<Peer> {
  const heard: Buffer[] = [];
  const server = createTlsServer(options, (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(chunk);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
  });
  server.on('tlsClientError', () => undefined);
  return listening(server, heard);
}

interface Impostor {
  readonly name: string;
  readonly says: RegExp;
  readonly begin: () => Promise<Peer>;
  readonly hangs?: true;
}

const impostors: readonly Impostor[] = [
  {
    name: 'a certificate for other names',
    says: /: ERR_TLS_CERT_ALTNAME_INVALID$/m,
    begin: async () =>
      tlsPeer(await identity(trusted, { names: ['bank.example'], addresses: ['127.0.0.9'] })),
  },
  {
    name: 'a certificate of an unknown CA',
    says: /: UNABLE_TO_VERIFY_LEAF_SIGNATURE$/m,
    begin: async () => tlsPeer(await identity(stranger)),
  },
  {
    name: 'a certificate that it signed itself',
    says: /: DEPTH_ZERO_SELF_SIGNED_CERT$/m,
    begin: async () => tlsPeer(await identity(undefined)),
  },
  {
    name: 'a certificate that has expired',
    says: /: CERT_HAS_EXPIRED$/m,
    begin: async () => tlsPeer(await identity(trusted, { notAfter: daysFromToday(-0.01) })),
  },
  {
    name: 'a certificate of the future',
    says: /: CERT_NOT_YET_VALID$/m,
    begin: async () => tlsPeer(await identity(trusted, { notBefore: daysFromToday(1) })),
  },
  {
    name: 'no TLS at all',
    says: /: (ERR_SSL_\w+|EPROTO|UND_ERR_SOCKET)$/m,
    begin() {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
      return listening(server, []);
    },
  },
  {
    name: 'only TLS 1.1',
    says: /: (ERR_SSL_\w+|EPROTO|ECONNRESET)$/m,
    begin: async () =>
      tlsPeer({
        ...(await identity(trusted)),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
  },
  {
    name: 'a handshake that never ends',
    says: /: (timed out|UND_ERR_CONNECT_TIMEOUT|cancelled)$/m,
    hangs: true,
    begin: () =>
      listening(
        createTcpServer((socket) => {
          socket.on('error', () => undefined);
          socket.resume();
        }),
        [],
      ),
  },
];

/** A world in which all the hostile accounts lead to one peer. */
async function worldAround({ port }: Peer) {
  const world = await createWorld({
    adjust: (configuration) => ({
      ...configuration,
      providers: configuration.providers.map((account) => {
        if (!hostile.some((name) => name === account.name)) return account;
        const url = account.name === 'epp' ? `epps://127.0.0.1:${port}` : `https://127.0.0.1:${port}/api/`;
        const ca = account.name === 'epp' ? { ca: trusted.pem } : {};
        return { ...account, config: { ...account.config, url, ...ca } };
      }),
    }),
  });
  return { world, before: await besiege(world, hostile, goodProvider) };
}

test.each(impostors)('$name', async ({ begin, says, hangs }) => {
  const deadlines = holdDeadlines();
  const peer = await begin();
  const { world, before } = await worldAround(peer);
  await marchUntilGood(world);
  if (hangs === true) {
    await expectStillAsking(world, hostile);
    deadlines.release();
  }
  for (const name of hostile) {
    await march(world, async () => (await toldAbout(world, name)).length > 0);
    const told = await toldAbout(world, name);
    expect.soft(new Set(told.map(({ code }) => code)), name).toEqual(new Set(['provider-unavailable']));
    expect.soft(told.map(({ sentence }) => sentence).join('\n'), name).toMatch(says);
    expect(await stateOf(world, name)).toBe('none');
  }
  expect(peer.heard()).toBe('');
  expectUntouched(world, hostile, before);
  for (const vendor of new Set(hostile.map(vendorOf)).difference(new Set([vendorOf(goodProvider)])))
    expect(world.sandbox.vendors.get(vendor)?.simulator.invoices()).toEqual([]);
  await expectCleanLogs(world);
});

test('a server that proves it is spoken to: the refusals above are for what each of them lacks', async () => {
  const peer = await tlsPeer(await identity(trusted));
  const { world } = await worldAround(peer);
  await marchUntilGood(world);
  for (const name of hostile.filter((one) => one !== 'epp'))
    await march(world, async () => (await toldAbout(world, name)).length > 0);
  expect(peer.heard()).toContain('renewd');
});
