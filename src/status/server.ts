/**
 * The HTTP server of the status page, health and metrics. It reads only, knows no login and is meant for loopback or a
 * trusted network; every limit is small, because its clients are a scraper and a person.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from '../contracts/platform.ts';
import { secondMs } from '../core/durations.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import { findRoute, textType, type Answer, type RouteContext } from './routes.ts';

export interface Listen {
  /** A name or an address. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface StatusServerOptions extends RouteContext {
  readonly logger: Logger;
}

export interface StatusServer {
  /** Where it really listens. */
  readonly address: Listen;
  close(): Promise<void>;
}

const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5 * secondMs,
  requestTimeout: 10 * secondMs,
  keepAliveTimeout: 5 * secondMs,
  connectionsCheckingInterval: 5 * secondMs,
} as const;
const connectionsMax = 64;
/** Of silence on a connection, a client that does not read its answer included. */
const silenceMs = 30 * secondMs;

const safeHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Throws `listen-failed` when the address is taken or is not ours. */
export async function startStatusServer(listen: Listen, options: StatusServerOptions): Promise<StatusServer> {
  // Loaded only where there is something to listen on: it costs several megabytes.
  const { createServer } = await import('node:http');
  const server = createServer(limits, (request, response) => {
    void respond(request, response, options);
  });
  server.maxConnections = connectionsMax;
  server.timeout = silenceMs;
  await startListening(server, listen);
  server.on('error', (error) => {
    options.logger.warn({ err: error }, 'status server: a connection could not be accepted');
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port;
  return { address: { host: listen.host, port }, close: () => closeServer(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: StatusServerOptions,
): Promise<void> {
  let answer: Answer;
  let allow: Readonly<Record<string, string>> = {};
  try {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const route = findRoute(path);
    if (route === undefined) {
      answer = { status: 404, type: textType, body: 'not found\n' };
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer = { status: 405, type: textType, body: 'GET and HEAD only\n' };
      allow = { allow: 'GET, HEAD' };
    } else {
      answer = await route(options);
    }
  } catch (thrown) {
    // The reason is for the log; who asks over the network learns only that it is there.
    options.logger.error(
      { err: toRenewdError(thrown), path: request.url },
      'status server: an answer failed',
    );
    answer = { status: 500, type: textType, body: 'internal failure, see the log\n' };
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...safeHeaders,
    ...allow,
    'content-type': answer.type,
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another process',
  EADDRNOTAVAIL: 'it is not an address of this machine',
  EACCES: 'ports below 1024 need a privilege',
  ENOTFOUND: 'the host name is unknown',
};

function startListening(server: Server, { host, port }: Listen): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = listenReasons[error.code ?? ''] ?? error.message;
      const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      reject(
        new RenewdError(
          'listen-failed',
          `cannot listen on ${place}: ${reason}; change \`listen\` in the configuration`,
          {
            cause: error,
            fields: { host, port, reason },
          },
        ),
      );
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** At once: an answer that is cut off is asked for again by whoever wanted it. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
