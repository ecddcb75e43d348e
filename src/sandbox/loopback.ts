import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { listeningPort } from './guards.ts';

/** An HTTP server that can be reached from this machine only and leaves nothing behind when it is closed. */

export interface LoopbackServer {
  readonly port: number;
  /** "http://127.0.0.1:4711" */
  readonly baseUrl: string;
  close(): Promise<void>;
}

export const BODY_BYTES_MAX = 1024 * 1024;

export async function listenOnLoopback(port: number, listener: RequestListener): Promise<LoopbackServer> {
  const { createServer } = process.getBuiltinModule('node:http');
  // Some vendors take whole certificate requests in the query string.
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, listener);
  // A broken request ends its connection and nothing else.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
  const chosen = listeningPort(server);
  return {
    port: chosen,
    baseUrl: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body; undefined when it is longer than `BODY_BYTES_MAX`. Rejects when the sender goes away. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and forgotten, so that the sender gets round to reading the refusal.
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return size > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks);
}
