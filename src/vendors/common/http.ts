/**
 * The HTTP client of the reseller APIs: bounded in time, size and number, never following a redirect, and exact about
 * the one question that matters for a paid request: can the peer have seen it? It knows no provider and retries
 * nothing.
 */
import { isIP } from 'node:net';
import { Agent, buildConnector, Client, request as send, type Dispatcher } from 'undici';
import type { Clock, Random } from '../../contracts/platform.ts';
import type { ProviderDependencies } from '../../contracts/provider.ts';
import { RenewdError } from '../../core/errors.ts';
import { outcomeByStatus } from './status-word.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Throttle } from '../../contracts/throttle.ts';

export interface HttpRequest {
  /** The remote command's name, for metrics and errors; from a closed set. */
  readonly command: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Appended to the base URL; may hold a query. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** False for what must not happen twice: then a lost answer is `provider-outcome-unknown`. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
  /** The outcome for the metric when an answer came: a word of a closed set. Default: by HTTP status. */
  readonly outcomeOf?: (answer: HttpAnswer) => string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated ones joined with ", ". */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** The body as UTF-8, byte order mark removed. */
  text(): string;
}

export interface HttpClient {
  /**
   * The answer, whatever its status except 3xx and 429.
   *
   * Throws `provider-unavailable` (nothing applied: no connection, or a repeatable request failed on the way),
   * `provider-outcome-unknown` (a request that is not repeatable may have reached the peer),
   * `provider-rate-limited` (429, or the account is paused), `provider-redirected`, `provider-answer-too-large`.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Cuts every connection of repeatable requests. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** https, or http on a loopback address. */
  readonly baseUrl: string;
  readonly userAgent: string;
  /** From the first byte sent to the last byte received; default 30 s. */
  readonly timeoutMs?: number;
  /** Largest body that is read; default 1 MiB. */
  readonly maxBytes?: number;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: ProviderDependencies['observe'];
}

const connectTimeoutMs = 10_000;
const connectionsMax = 4;

/** Throws `config-invalid` for a base URL that would send credentials in the clear. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs = 30_000, maxBytes = 1024 * 1024, throttle, clock, random, observe } = options;
  const base = checkedBaseUrl(options.baseUrl);
  const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  const connect = { timeout: Math.min(connectTimeoutMs, timeoutMs) };
  const shared = new Agent({ ...timeouts, connections: connectionsMax, pipelining: 1, connect });

  async function exchange(request: HttpRequest, dispatcher: Dispatcher): Promise<HttpAnswer> {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const sent = send(`${base.prefix}${request.path}`, {
      dispatcher,
      method: request.method,
      headers: { 'user-agent': options.userAgent, ...request.headers },
      body: request.body ?? null,
      signal,
    });
    const answer = await untilAborted(sent, signal);
    if (answer.statusCode >= 300 && answer.statusCode < 400) {
      await discard(answer.body);
      throw redirected(request, base.host, answer.statusCode);
    }
    if (answer.statusCode === 429) {
      await discard(answer.body);
      throw new RenewdError('provider-rate-limited', `${request.command}: ${base.host} answered HTTP 429`, {
        retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock, random),
      });
    }
    const body = await readBody(answer.body, maxBytes);
    return {
      status: answer.statusCode,
      headers: flatHeaders(answer.headers),
      body,
      text: () => decode(body),
    };
  }

  /** A connection of its own: none that the peer may be about to close, and we know whether it ever stood. */
  async function exchangeOnce(request: HttpRequest): Promise<HttpAnswer> {
    let connected = false;
    const connector = buildConnector(connect);
    const client = new Client(base.origin, {
      ...timeouts,
      pipelining: 0,
      connect: (target, callback) => {
        connector(target, (...result) => {
          connected = connected || result[0] === null;
          callback(...result);
        });
      },
    });
    try {
      return await exchange(request, client);
    } catch (thrown) {
      throw classify(thrown, request, base.host, connected);
    } finally {
      await client.destroy();
    }
  }

  async function exchangeShared(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await exchange(request, shared);
    } catch (thrown) {
      throw classify(thrown, request, base.host, true);
    }
  }

  async function observed(request: HttpRequest): Promise<HttpAnswer> {
    const startMs = clock.now().getTime();
    let outcome = 'internal';
    try {
      const answer = await (request.repeatable ? exchangeShared(request) : exchangeOnce(request));
      outcome = request.outcomeOf?.(answer) ?? outcomeByStatus(answer.status);
      return answer;
    } catch (thrown) {
      if (thrown instanceof RenewdError) outcome = thrown.kind;
      throw thrown;
    } finally {
      const seconds = Math.max(0, clock.now().getTime() - startMs) / 1000;
      observe({ command: request.command, outcome, seconds });
    }
  }

  return {
    request: (request) => throttle.run(request.signal, () => observed(request)),
    close: () => shared.destroy(),
  };
}

interface BaseUrl {
  readonly origin: string;
  readonly host: string;
  /** What the request's path is appended to; no final slash. */
  readonly prefix: string;
}

function checkedBaseUrl(text: string): BaseUrl {
  const url = URL.parse(text);
  if (url === null) throw new RenewdError('config-invalid', 'the provider URL is not a URL');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new RenewdError('config-invalid', 'the provider URL must hold no credentials, query or fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new RenewdError(
      'config-invalid',
      `the provider URL must begin with https:// (${url.protocol}//${url.host})`,
    );
  }
  return { origin: url.origin, host: url.host, prefix: url.origin + url.pathname.replace(/\/$/, '') };
}

/** "localhost" is looked up by the system, which RFC 6761 §6.3 binds to loopback. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

/**
 * undici looks at the signal only once it is connected, and then sends nothing: until then a peer that never ends its
 * handshake would hold whoever wants to stop.
 */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

class AnswerTooLarge extends Error {}

async function readBody(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw new AnswerTooLarge(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Reads a short body so that the connection can be used again; what fails or is long is cut and does not matter. */
async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  await body.dump({ limit: 16_384 }).catch(() => undefined);
}

function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  // A header called __proto__ must be a header like any other.
  Object.setPrototypeOf(flat, null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function decode(body: Buffer): string {
  // TextDecoder removes the byte order mark by default.
  return new TextDecoder('utf-8').decode(body);
}

/** A redirect may follow a request that was carried out (303), so for a paid one nothing is known. */
function redirected(request: HttpRequest, host: string, status: number): RenewdError {
  const message = `${request.command}: ${host} answered with a redirect (HTTP ${status})`;
  return new RenewdError(
    'provider-redirected',
    message,
    request.repeatable ? {} : { kind: 'outcome-unknown' },
  );
}

function classify(thrown: unknown, request: HttpRequest, host: string, connected: boolean): RenewdError {
  if (thrown instanceof RenewdError) return thrown;
  const why = reasonOf(thrown, request.signal);
  const details = { cause: thrown };
  if (isOurMistake(thrown)) return new RenewdError('internal', `${request.command}: ${why}`, details);
  if (!connected) {
    return new RenewdError(
      'provider-unavailable',
      `${request.command}: no connection to ${host}: ${why}`,
      details,
    );
  }
  if (!request.repeatable) {
    const message = `${request.command}: ${host} may have received the request, but gave no usable answer: ${why}`;
    return new RenewdError('provider-outcome-unknown', message, details);
  }
  if (thrown instanceof AnswerTooLarge) {
    return new RenewdError('provider-answer-too-large', `${request.command}: ${host} sent ${why}`, details);
  }
  return new RenewdError(
    'provider-unavailable',
    `${request.command}: no answer from ${host}: ${why}`,
    details,
  );
}

/** undici refuses a malformed header or method before anything is sent. */
function isOurMistake(thrown: unknown): boolean {
  return codeOf(thrown) === 'UND_ERR_INVALID_ARG';
}

function codeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A code or a fixed word, never text of the peer. */
function reasonOf(thrown: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'cancelled';
  if (thrown instanceof AnswerTooLarge) return thrown.message;
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return 'timed out';
  return codeOf(thrown) ?? (thrown instanceof Error ? thrown.name : 'unknown failure');
}
