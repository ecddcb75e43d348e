import type { IncomingMessage } from 'node:http';

/**
 * Fetches validation files the way a CA does, except that names lead to ports of 127.0.0.1 instead of to the Internet.
 * A name that is not mapped is not fetched at all, redirects included: the sandbox never leaves the loopback.
 */

export interface FetchedFile {
  readonly status: number;
  readonly body: Buffer;
  /** Where the redirects ended. */
  readonly url: string;
}

/** Rejects with a sentence for people when there is no answer to judge. */
export type FetchFile = (url: string) => Promise<FetchedFile>;

/** Host name to loopback port ("*": every other host), one port for all, or a function of the host. */
export type HttpPortMap = number | Readonly<Record<string, number>> | ((host: string) => number | undefined);

const { request } = process.getBuiltinModule('node:http');
const REDIRECTS_MAX = 5;
const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 5_000;

export function createFileFetcher(portMap: HttpPortMap, timeoutMs = TIMEOUT_MS): FetchFile {
  return async (firstUrl) => {
    let url = firstUrl;
    for (let redirects = 0; ; redirects += 1) {
      const target = new URL(url);
      const answer = await fetchOnce(target, portOf(target, portMap), timeoutMs);
      const location = answer.location;
      if (location === undefined) return { status: answer.status, body: answer.body, url };
      if (redirects === REDIRECTS_MAX)
        throw new Error(`${firstUrl} redirects more than ${REDIRECTS_MAX} times`);
      if (!URL.canParse(location, url)) throw new Error(`${url} redirects to "${location}", which is no URL`);
      url = new URL(location, url).href;
    }
  };
}

function portOf(url: URL, portMap: HttpPortMap): number {
  // Baseline Requirements §3.2.2.4.18 allow ports 80 and 443 only; the sandbox has no TLS, which leaves 80.
  if (url.protocol !== 'http:' || url.port !== '') {
    throw new Error(`${url.href} is not on http port 80, the only one this sandbox looks at`);
  }
  const port =
    typeof portMap === 'number'
      ? portMap
      : typeof portMap === 'function'
        ? portMap(url.hostname)
        : (own(portMap, url.hostname) ?? own(portMap, '*'));
  if (port === undefined)
    throw new Error(`the host "${url.hostname}" is not mapped to a port of the sandbox`);
  return port;
}

const own = (map: Readonly<Record<string, number>>, key: string): number | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

const REDIRECTS = new Set([301, 302, 307, 308]);

function fetchOnce(
  url: URL,
  port: number,
  timeoutMs: number,
): Promise<{ status: number; body: Buffer; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new Error(`${url.href} at 127.0.0.1:${port}: ${why}`));
      outgoing.destroy();
    };
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: url.pathname + url.search,
        headers: { host: url.host, 'user-agent': 'renewd-sandbox-ca (NOT A CA)', accept: '*/*' },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (incoming: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > BODY_BYTES_MAX) fail(`the body is longer than ${BODY_BYTES_MAX} bytes`);
          else chunks.push(chunk);
        });
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          const location = REDIRECTS.has(status) ? incoming.headers.location : undefined;
          resolve({ status, body: Buffer.concat(chunks), location });
        });
        incoming.on('error', (error) => fail(error.message));
      },
    );
    outgoing.on('error', (error) =>
      fail(error.name === 'AbortError' ? `no answer within ${timeoutMs} ms` : error.message),
    );
    outgoing.end();
  });
}
