/** A loopback stand-in that hears commands and answers what the test says, and the provider pointed at it. */
import { createThrottleBook } from '../../../../src/vendors/common/throttle.ts';
import { createServer } from 'node:http';
import { webcrypto, createHash } from 'node:crypto';
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509';
import { Secret } from '../../../../src/core/certificate.ts';
import type { Provider, ProviderDependencies } from '../../../../src/contracts/provider.ts';
import { createClient, type Client } from '../../../../src/providers/rrpproxy/client.ts';
import { accountSchema, type Account } from '../../../../src/providers/rrpproxy/config.ts';
import { manifest } from '../../../../src/providers/rrpproxy/index.ts';
import { createTransport } from '../../../../src/vendors/rrpproxy/transport.ts';
import { jumpingClock, middling } from '../../vendors/support.ts';

export const password = 'pässwörd &+% 1234';

/** A command as it came, names in capitals. */
export type Heard = Record<string, string>;

export type Said = string | { readonly status: number; readonly body: string } | typeof reset;

/** Cut the connection instead of answering. */
export const reset = Symbol('reset');

export interface Vendor extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  /** Form fields beside the command, one entry per request. */
  readonly forms: URLSearchParams[];
}

/** Answers each request with what `say` makes of its command. */
export async function vendor(say: (heard: Heard, count: number) => Said): Promise<Vendor> {
  const heard: Heard[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const command = commandOf(form.get('s_command') ?? '');
      heard.push(command);
      forms.push(form);
      const said = say(command, heard.length);
      if (said === reset) {
        request.socket.resetAndDestroy();
        return;
      }
      const { status, body: text } = typeof said === 'string' ? { status: 200, body: said } : said;
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/api/call.cgi`,
    heard,
    forms,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The lines of a command text, as a map with names in capitals. */
export function commandOf(text: string): Heard {
  const heard: Heard = {};
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) heard[line.slice(0, equals).trim().toUpperCase()] = line.slice(equals + 1).trim();
  }
  return heard;
}

export interface Watch {
  readonly observations: { command: string; outcome: string }[];
  readonly logged: string[];
  readonly clock: ReturnType<typeof jumpingClock>;
}

export function dependenciesOf(watch: Watch): ProviderDependencies {
  const write = (fields: object, message: string): void => {
    watch.logged.push(JSON.stringify(fields) + message);
  };
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return {
    clock: watch.clock,
    random: middling,
    logger,
    throttleOf: createThrottleBook(watch.clock),
    observe: ({ command, outcome }) => watch.observations.push({ command, outcome }),
  };
}

export function newWatch(): Watch {
  return { observations: [], logged: [], clock: jumpingClock() };
}

export function settings(url: string, more: object = {}): Record<string, unknown> {
  return { login: 'acme:robot', password: new Secret(password), url, requestsPerSecond: 20, ...more };
}

function account(url: string, more: object = {}): Account {
  return accountSchema.parse(settings(url, more));
}

export async function withProvider<T>(
  say: (heard: Heard, count: number) => Said,
  use: (provider: Provider, server: Vendor, watch: Watch) => Promise<T>,
  more: object = {},
): Promise<T> {
  await using server = await vendor(say);
  const watch = newWatch();
  const provider = await manifest.create(settings(server.url, more), dependenciesOf(watch));
  try {
    return await use(provider, server, watch);
  } finally {
    await provider.close();
  }
}

export async function withClient<T>(
  say: (heard: Heard, count: number) => Said,
  use: (client: Client, server: Vendor) => Promise<T>,
): Promise<T> {
  await using server = await vendor(say);
  const transport = createTransport(account(server.url), dependenciesOf(newWatch()));
  try {
    return await use(createClient(transport), server);
  } finally {
    await transport.close();
  }
}

export interface KeyMaterial {
  readonly csrPem: string;
  readonly leafPem: string;
  readonly spkiSha256: string;
  readonly serialHex: string;
}

/** A real key with a CSR and a self-signed certificate for it. */
export async function keyMaterial(name = 'example.com', serialNumber = '0a1b2c'): Promise<KeyMaterial> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = { name: `CN=${name}`, keys, signingAlgorithm: algorithm };
  const csr = await Pkcs10CertificateRequestGenerator.create(subject);
  const leaf = await X509CertificateGenerator.createSelfSigned({ ...subject, serialNumber });
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return {
    csrPem: `${csr.toString('pem')}\n`,
    leafPem: `${leaf.toString('pem')}\n`,
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
    serialHex: serialNumber,
  };
}

/** The property lines of a text, one per line of it. */
export function indexed(name: string, text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line, index) => `property[${name}][${index}] = ${line}`)
    .join('\n');
}

export const ok = '[RESPONSE]\ncode = 200\ndescription = Command completed successfully\n';
export const never: AbortSignal = new AbortController().signal;
