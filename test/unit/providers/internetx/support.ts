/**
 * What the InterNetX tests stand on: a loopback server that answers what a test says and refuses everything else, a
 * clock whose sleeps pass at once, and throw-away keys, CSRs and certificates.
 */
import { createThrottleBook } from '../../../../src/vendors/common/throttle.ts';
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import * as x509 from '@peculiar/x509';
import { Secret } from '../../../../src/core/certificate.ts';
import type { Clock, Logger } from '../../../../src/contracts/platform.ts';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import type { Provider, ProviderDependencies } from '../../../../src/contracts/provider.ts';
import { RenewdError } from '../../../../src/core/errors.ts';
import { configSchema } from '../../../../src/providers/internetx/config.ts';
import { createInternetx } from '../../../../src/providers/internetx/orders.ts';

export const signal = new AbortController().signal;
export const password = 'planted-Pa55word';

export interface SeenRequest {
  readonly method: string;
  /** Path and query below the base URL, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is; undefined cuts the connection after the request was read. */
  readonly body?: unknown;
}

export interface VendorStub {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The next answer to a request; answers to the same request are used in order, the last one again and again. */
  on(request: string, ...answers: ScriptedAnswer[]): void;
  /** What every POST is answered with, by its body; for the XML gateway, which has one address only. */
  onPost(answer: (body: unknown) => ScriptedAnswer): void;
  close(): Promise<void>;
}

export async function startStub(): Promise<VendorStub> {
  const script = new Map<string, ScriptedAnswer[]>();
  let post: ((body: unknown) => ScriptedAnswer) | undefined;
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = (incoming.url ?? '').replace(/^\/v1/, '');
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text.startsWith('<') ? text : text === '' ? undefined : JSON.parse(text);
      requests.push({ method: incoming.method ?? '', path, headers: incoming.headers, body });
      const answers = script.get(`${incoming.method} ${path}`);
      const scripted = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0];
      const answer = scripted ?? (incoming.method === 'POST' ? post?.(body) : undefined);
      if (answer === undefined) {
        outgoing.writeHead(418).end(`unexpected ${incoming.method} ${path}`);
        return;
      }
      if (answer.body === undefined) {
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      outgoing.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the stub has no port');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    on: (request, ...answers) => {
      script.set(request, answers);
    },
    onPost: (answer) => {
      post = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

export interface Bench {
  readonly provider: Provider;
  readonly dependencies: ProviderDependencies;
  readonly observations: readonly { command: string; outcome: string }[];
  readonly sleeps: readonly number[];
}

export const startOfTime = new Date('2026-11-01T12:00:00Z');

export function dependenciesAt(now: Date): Bench['dependencies'] & {
  readonly observations: { command: string; outcome: string; seconds: number }[];
  readonly sleeps: number[];
} {
  const observations: { command: string; outcome: string; seconds: number }[] = [];
  const sleeps: number[] = [];
  let atMs = now.getTime();
  const clock: Clock = {
    now: () => new Date(atMs),
    sleep: (ms) => {
      sleeps.push(ms);
      atMs += ms;
      return Promise.resolve();
    },
  };
  const nothing = (): void => undefined;
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    child: () => logger,
  };
  return {
    clock,
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
    logger,
    throttleOf: createThrottleBook(clock),
    observe: (observation) => observations.push(observation),
    observations,
    sleeps,
  };
}

export function startProvider(url: string, extra: Record<string, unknown> = {}, now = startOfTime): Bench {
  const dependencies = dependenciesAt(now);
  const config = configSchema.parse({ user: 'robot', password: { env: 'UNUSED' }, url, ...extra });
  const provider = createInternetx({ ...config, password: new Secret(password) }, dependencies);
  return { provider, dependencies, observations: dependencies.observations, sleeps: dependencies.sleeps };
}

/** The RenewdError that the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<RenewdError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof RenewdError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

export interface Identity {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly csrPem: string;
  readonly spkiSha256: string;
  readonly names: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A key with a CSR for the names. */
export async function makeIdentity(names: readonly string[] = ['shop.example.com']): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${names[0]}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return {
    keys,
    csrPem: `${csr.toString('pem')}\n`,
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
    names,
  };
}

/** A leaf for the identity; self-signed is enough where only its contents are read. */
export async function makeLeaf(
  identity: Identity,
  options: { readonly notBefore?: string; readonly notAfter?: string; readonly serialNumber?: string } = {},
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: options.serialNumber ?? '0a1b2c3d',
    name: `CN=${identity.names[0]}`,
    notBefore: new Date(options.notBefore ?? '2026-11-01T00:00:00Z'),
    notAfter: new Date(options.notAfter ?? '2027-05-18T00:00:00Z'),
    keys: identity.keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension(identity.names.map((value) => ({ type: 'dns', value }))),
    ],
  });
  return certificate.toString('pem');
}

export function orderRequest(identity: Identity, extra: Partial<OrderRequest> = {}): OrderRequest {
  return {
    action: 'create',
    reference: 'renewd-0123456789abc',
    names: identity.names,
    product: 'QUICKSSLPREMIUM',
    csrPem: identity.csrPem,
    dcv: { method: 'dns', record: 'txt' },
    options: {},
    ...extra,
  };
}

export function success(data: readonly unknown[] | undefined, extra: object = {}): object {
  return {
    stid: '20261101-app1-1',
    status: { code: 'S400104', text: 'ok', type: 'SUCCESS' },
    ...(data === undefined ? {} : { data }),
    ...extra,
  };
}

/** A refusal: HTTP 400 with the usual envelope. */
export function refusal(reason: string, status = 400, task = 'E300114'): ScriptedAnswer {
  return {
    status,
    body: {
      stid: '20261101-app1-2',
      status: { code: task, text: 'Der Auftrag ist fehlgeschlagen.', type: 'ERROR' },
      messages: [{ code: reason, text: 'Ein Grund auf Deutsch.', status: 'ERROR' }],
    },
  };
}
