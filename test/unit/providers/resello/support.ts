/** A scripted loopback server, a clock whose sleeps pass at once, and throw-away chains for the Resello tests. */
import { createHash, X509Certificate } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Clock, Logger } from '../../../../src/contracts/platform.ts';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import type { Provider, ProviderDependencies } from '../../../../src/contracts/provider.ts';
import { Secret } from '../../../../src/core/certificate.ts';
import { RenewdError } from '../../../../src/core/errors.ts';
import { createCsr } from '../../../../src/pki/csr.ts';
import { configSchema } from '../../../../src/providers/resello/config.ts';
import { createResello } from '../../../../src/providers/resello/provider.ts';
import { createThrottleBook } from '../../../../src/vendors/common/throttle.ts';
import { newCa, newKey, newLeaf, type TestKey } from '../../../builders/pki.ts';

export const never: AbortSignal = new AbortController().signal;
export const apiKey = 'planted K€y/+=&"1';
export const id = '0b8f7a52-0f0e-4a53-8f5f-6a1e1a4a7c11';
export const plan = '3f7830c3-3fa4-404d-908f-35daaa1cd17b';

export interface Seen {
  readonly method: string;
  /** Below the base URL, with the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Text and bytes as they are, everything else as JSON; undefined cuts the connection after the request was read. */
  readonly body?: unknown;
}

export interface Stub {
  readonly url: string;
  readonly seen: readonly Seen[];
  count(request: string): number;
  /** Answers to a request in order, the last one again and again. */
  on(request: string, ...answers: Answer[]): void;
  close(): Promise<void>;
}

export async function startStub(): Promise<Stub> {
  const script = new Map<string, Answer[]>();
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = (incoming.url ?? '').replace(/^\/api/, '');
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      seen.push({ method: incoming.method ?? '', path, headers: incoming.headers, body });
      const answers = script.get(`${incoming.method} ${path}`);
      const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0];
      if (answer === undefined) {
        outgoing.writeHead(418).end(`unexpected ${incoming.method} ${path}`);
        return;
      }
      if (answer.body === undefined) {
        incoming.socket.destroy();
        return;
      }
      const { body: content } = answer;
      outgoing.writeHead(answer.status ?? 200, answer.headers);
      outgoing.end(
        typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the stub has no port');
  return {
    url: `http://127.0.0.1:${address.port}/api`,
    seen,
    count: (request) => seen.filter(({ method, path }) => `${method} ${path}` === request).length,
    on: (request, ...answers) => {
      script.set(request, answers);
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
  readonly observations: readonly { command: string; outcome: string }[];
  readonly logged: readonly string[];
}

export function startProvider(url: string, extra: Readonly<Record<string, unknown>> = {}): Bench {
  const observations: { command: string; outcome: string }[] = [];
  const logged: string[] = [];
  let nowMs = Date.UTC(2026, 10, 21, 12);
  const clock: Clock = {
    now: () => new Date(nowMs),
    sleep: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const write = (fields: object, message: string): void => {
    logged.push(`${JSON.stringify(fields)} ${message}`);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const dependencies: ProviderDependencies = {
    clock,
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
    logger,
    throttleOf: createThrottleBook(clock),
    observe: (observation) => observations.push(observation),
  };
  const config = configSchema.parse({ url, username: 'robot', apiKey: { env: 'UNUSED' }, ...extra });
  return {
    provider: createResello({ ...config, apiKey: new Secret(apiKey) }, dependencies),
    observations,
    logged,
  };
}

export async function failure(promise: Promise<unknown>): Promise<RenewdError> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (thrown instanceof RenewdError) return thrown;
  throw new Error('no RenewdError was thrown', { cause: thrown });
}

export interface Identity {
  readonly key: TestKey;
  readonly names: readonly string[];
  readonly csrPem: string;
  readonly spkiSha256: string;
  readonly leafPem: string;
  readonly middlePem: string;
  readonly rootPem: string;
}

export async function makeIdentity(
  names: readonly string[] = ['shop.example.com', 'www.shop.example.com'],
  notAfter?: Date,
  key?: TestKey,
): Promise<Identity> {
  const own = key ?? (await newKey());
  const root = await newCa('Root');
  const middle = await newCa('Middle', root);
  const leaf = await newLeaf(middle, { key: own, names, ...(notAfter === undefined ? {} : { notAfter }) });
  const spki = new X509Certificate(leaf.pem).publicKey.export({ type: 'spki', format: 'der' });
  return {
    key: own,
    names,
    csrPem: await createCsr(own.pem, [...names]),
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
    leafPem: leaf.pem,
    middlePem: middle.pem,
    rootPem: root.pem,
  };
}

export function orderRequest(
  identity: Pick<Identity, 'names' | 'csrPem'>,
  extra: Partial<OrderRequest> = {},
): OrderRequest {
  return {
    action: 'create',
    reference: 'rnwd-0123456789abcde',
    names: identity.names,
    product: plan,
    csrPem: identity.csrPem,
    dcv: { method: 'dns', record: 'txt' },
    options: {},
    ...extra,
  };
}

/** A certificate object in the form that reference section 2.3 supposes. */
export function certificate(identity: Identity, extra: object = {}): object {
  return {
    id,
    status: 'pending',
    client_reference: 'rnwd-0123456789abcde',
    plan,
    domain: identity.names[0],
    dcv_type: 'DNS',
    csr: identity.csrPem,
    created: '2026-11-01T12:00:00.896498+00:00',
    ...extra,
  };
}

/** The same PEM in the form that the client gives out: LF, 64 characters, final newline. */
export function normal(pem: string): string {
  const base64 = new X509Certificate(pem).raw.toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}
