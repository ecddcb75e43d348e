/**
 * The HTTP server of the status page, health and metrics. It reads only; every limit is small, because its clients are a
 * scraper and a few people. Who may ask: guard.ts; what is answered: routes.ts.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Logger } from '../contracts/platform.ts';
import type { ListenSettings } from '../core/certificate.ts';
import { secondMs } from '../core/durations.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import { createGuard, isKnownHost, type Guard } from './guard.ts';
import { findRoute, refusal, textType, type Answer, type RouteContext } from './routes.ts';
import { openTlsFiles } from './tls-context.ts';

export interface StatusServerOptions extends RouteContext {
  readonly logger: Logger;
  /** Reads the token that `listen` names; called at the start and by `reload`. */
  readonly token?: () => Promise<string>;
}

export interface StatusServer {
  /** Where it really listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Reads the token anew. Rejects when it cannot be read: then the one before stays. */
  reload(): Promise<void>;
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

/** Throws `listen-failed` when the address is taken or is not ours, or the TLS files cannot be used. */
export async function startStatusServer(
  listen: ListenSettings,
  options: StatusServerOptions,
): Promise<StatusServer> {
  const guard = createGuard(await options.token?.());
  const handle: RequestListener = (request, response) => {
    void respond(request, response, { listen, guard, options });
  };
  const server = await openServer(listen, handle, options.logger);
  server.maxConnections = connectionsMax;
  server.timeout = silenceMs;
  await startListening(server, listen);
  server.on('error', (error) => {
    options.logger.warn({ err: error }, 'status server: a connection could not be accepted');
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port;
  return {
    address: { host: listen.host, port },
    async reload() {
      if (options.token !== undefined) guard.setToken(await options.token());
    },
    close: () => closeServer(server),
  };
}

/** The modules are loaded only where there is something to listen on: they cost several megabytes. */
async function openServer({ tls }: ListenSettings, handle: RequestListener, logger: Logger): Promise<Server> {
  if (tls === undefined) {
    // Not imported: an import of node:http reads all of its exports, and some of them load the whole of fetch and WebSocket.
    const { createServer } = process.getBuiltinModule('node:http');
    return createServer(limits, handle);
  }
  const { createServer } = await import('node:https');
  const files = await openTlsFiles(tls, logger);
  const demands = tls.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createServer(
    { ...limits, ...files.options, ...demands, handshakeTimeout: limits.headersTimeout },
    handle,
  );
  // Before the connection is handed to TLS, so that it gets what it finds.
  server.prependListener('connection', () => {
    const changed = files.changed();
    if (changed !== undefined) server.setSecureContext(changed);
  });
  server.on('tlsClientError', (error) => {
    logger.debug({ err: error }, 'status server: a client did not complete the TLS handshake');
  });
  return server;
}

interface Handling {
  readonly listen: ListenSettings;
  readonly guard: Guard;
  readonly options: StatusServerOptions;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handling: Handling,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(request, handling);
  } catch (thrown) {
    // The reason is for the log; who asks over the network learns only that it is there.
    handling.options.logger.error(
      { err: toRenewdError(thrown), path: request.url?.split('?', 1)[0] },
      'status server: an answer failed',
    );
    answer = { status: 500, type: textType, body: 'internal failure, see the log\n' };
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...safeHeaders,
    ...answer.headers,
    'content-type': answer.type,
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answerTo(request: IncomingMessage, { listen, guard, options }: Handling): Promise<Answer> {
  const { logger, metrics, source } = options;
  const { host, authorization, accept = '' } = request.headers;
  const isHtml = accept.includes('text/html');
  const isOpenToAll = !guard.demandsToken && listen.tls?.clientCa === undefined;
  if (isOpenToAll && !isKnownHost(host, listen)) {
    metrics.listenerRefused('host');
    const text =
      'This name is not one of the listener; a proxy or further names stand in `listen.hosts` of the configuration.';
    return refusal(421, isHtml, 'Misdirected request', text);
  }
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const route = findRoute(path);
  const address = request.socket.remoteAddress ?? '';
  const { verdict, first } = guard.judge(authorization, address, source.health().now);
  if (verdict === 'wrong' || verdict === 'too-many') {
    metrics.listenerRefused('token');
    if (first) logger.warn({ address }, 'status server: somebody showed a wrong token');
  }
  if (verdict === 'too-many')
    return refusal(429, isHtml, 'Too many attempts', 'Too many wrong tokens; wait a minute.', {
      'retry-after': '60',
      connection: 'close',
    });
  const isGranted = verdict === 'granted';
  if (!isGranted && route?.isOpen !== true) {
    return refusal(401, isHtml, 'Login needed', 'Any user name, and the token of the listener as password.', {
      'www-authenticate': 'Basic realm="renewd", charset="UTF-8"',
    });
  }
  if (route === undefined) return notFound(isHtml);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refusal(405, isHtml, 'Not allowed', 'GET and HEAD only', { allow: 'GET, HEAD' });
  const asked = { path, query: new URLSearchParams(query), isGranted };
  return (await route.answer(options, asked)) ?? notFound(isHtml);
}

function notFound(isHtml: boolean): Promise<Answer> {
  return refusal(404, isHtml, 'Not found', 'There is nothing at this address.');
}

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another process',
  EADDRNOTAVAIL: 'it is not an address of this machine',
  EACCES: 'ports below 1024 need a privilege',
  ENOTFOUND: 'the host name is unknown',
};

function startListening(server: Server, { host, port }: ListenSettings): Promise<void> {
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
