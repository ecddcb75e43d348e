import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command } from '../../../../src/vendors/hexonet/command.ts';
import { createFrameReader, encodeFrame } from '../../../../src/vendors/hexonet/epp/frame.ts';
import { openTransport } from '../../../../src/vendors/hexonet/transport.ts';
import { thrownBy } from '../support.ts';
import { account, dependenciesOf, described, greeting, never, newWatch, response } from './support.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const command: Command = { name: 'CreateSSLCert', parameters: {}, repeatable: false };
const folder = mkdtempSync(join(tmpdir(), 'renewd-epp-'));
const servers: Server[] = [];
let caPem = '';
let otherCaPem = '';
let goodPort = 0;
let otherNamePort = 0;
const received: string[] = [];

async function makeCa(): Promise<{ certificate: X509Certificate; keys: webcrypto.CryptoKeyPair }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=test transport root',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return { certificate, keys };
}

async function serve(
  ca: Awaited<ReturnType<typeof makeCa>>,
  name: { type: 'ip' | 'dns'; value: string },
): Promise<number> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const leaf = await X509CertificateGenerator.create({
    subject: 'CN=test server',
    issuer: ca.certificate.subject,
    signingKey: ca.keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([name])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const server = createServer(
    { key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`, cert: leaf.toString('pem') },
    answerAll,
  );
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answerAll(socket: TLSSocket): void {
  const reader = createFrameReader();
  socket.on('error', () => undefined);
  socket.write(encodeFrame(greeting()));
  socket.on('data', (chunk: Uint8Array) => {
    for (const xml of reader.push(chunk)) {
      received.push(described(xml).what);
      socket.write(encodeFrame(response()));
    }
  });
}

beforeAll(async () => {
  const [ca, other] = [await makeCa(), await makeCa()];
  caPem = ca.certificate.toString('pem');
  otherCaPem = other.certificate.toString('pem');
  goodPort = await serve(ca, { type: 'ip', value: '127.0.0.1' });
  otherNamePort = await serve(ca, { type: 'dns', value: 'epp.example.test' });
  writeFileSync(join(folder, 'ca.pem'), caPem);
  writeFileSync(join(folder, 'empty.pem'), 'nothing');
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function send(port: number, more: object): Promise<void> {
  const settings = { transport: 'epp', url: `epps://127.0.0.1:${port}`, keepAliveSeconds: 0, ...more };
  const transport = await openTransport(account(settings), dependenciesOf(newWatch()));
  try {
    await transport.send(command, never);
  } finally {
    await transport.close();
  }
}

test('a private CA as PEM or as a file, and the address in the certificate', async () => {
  received.length = 0;
  await send(goodPort, { ca: caPem });
  await send(goodPort, { ca: join(folder, 'ca.pem') });
  expect(received).toEqual(['login', 'command', 'logout', 'login', 'command', 'logout']);
});

test.each([
  ['the public CAs only', () => ({ port: goodPort, more: {} })],
  ['another CA', () => ({ port: goodPort, more: { ca: otherCaPem } })],
  ['a certificate for another name', () => ({ port: otherNamePort, more: { ca: caPem } })],
])('%s: nothing is said to the server, not even the password', async (_, how) => {
  received.length = 0;
  const { port, more } = how();
  expect(await thrownBy(send(port, more))).toMatchObject({
    code: 'provider-unavailable',
    message: expect.stringMatching(/no EPP session with 127\.0\.0\.1:\d+: (ERR_TLS|UNABLE|SELF|DEPTH|CERT)/),
  });
  expect(received).toEqual([]);
});

test.each(['empty.pem', 'missing.pem'])(
  'a CA file without certificates (%s) is a mistake of the configuration',
  async (file) => {
    expect(await thrownBy(send(goodPort, { ca: join(folder, file) }))).toMatchObject({
      code: 'config-invalid',
    });
  },
);
