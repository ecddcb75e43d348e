/**
 * An HTTP/1.1 listener for anyone on the internet: two methods, no bodies read, nothing of a request repeated in an
 * answer, one answer per connection, and little time and room for each.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The text to show for a host and path, if there is one. */
export type Lookup = (host: string, path: string) => string | undefined;

const headerOctetsMax = 8 * 1024;
const connectionsMax = 256;
/** Milliseconds to send the request line and headers, and the whole request. */
const headersTimeoutMs = 5000;
const requestTimeoutMs = 10_000;

/** Lower case, without port and final dot; undefined when there is not exactly one Host header of that form. */
function hostOf(request: IncomingMessage): string | undefined {
  const values = request.headersDistinct['host'] ?? [];
  const [value = ''] = values;
  if (values.length !== 1) return undefined;
  return /^(.*?)\.?(?::\d{0,5})?$/.exec(value.toLowerCase())?.[1];
}

function answer(request: IncomingMessage, response: ServerResponse, lookup: Lookup): void {
  const host = hostOf(request);
  const readable = request.method === 'GET' || request.method === 'HEAD';
  const text = readable && host !== undefined ? lookup(host, request.url ?? '') : undefined;
  response.setHeader('Connection', 'close');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  if (text === undefined) {
    response.writeHead(404, { 'Content-Length': '0' }).end();
    return;
  }
  const body = Buffer.from(text, 'utf8');
  response.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
  });
  // Node leaves the body away for HEAD.
  response.end(body);
}

/** Not yet listening. */
export function createListener(lookup: Lookup): Server {
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer(
    {
      maxHeaderSize: headerOctetsMax,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 1000,
      keepAlive: false,
    },
    (request, response) => answer(request, response, lookup),
  );
  server.maxConnections = connectionsMax;
  server.setTimeout(requestTimeoutMs);
  server.on('clientError', (_error, socket) => {
    // The default answer names the parser's complaint.
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}
