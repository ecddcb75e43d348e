/** The web server that proofs by file are looked for at. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** Serves a directory over plain HTTP, as the web server of the tested names. */
export async function startWebServer(root: string): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body: Buffer | undefined;
    try {
      body = readFileSync(join(root, new URL(request.url ?? '/', 'http://web').pathname));
    } catch {
      // Not there: 404.
    }
    response.writeHead(body === undefined ? 404 : 200, { connection: 'close' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
