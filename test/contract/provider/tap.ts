/** A listener between a client and a server on loopback: passes bytes on unchanged and keeps what the client sent. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Tap {
  readonly port: number;
  /** Everything that was sent, one text per connection. */
  readonly sent: readonly string[];
  /** Request lines in the order they came: "POST /api/call.cgi HTTP/1.1". */
  requestLines(): string[];
  close(): Promise<void>;
}

/** Bodies end without a line break, so a request line may follow right behind one. */
const requestLine = /(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|CONNECT) \S+ HTTP\/1\.[01]$/gm;

export async function openTap(targetPort: number): Promise<Tap> {
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: targetPort });
    const at = sent.push('') - 1;
    client.on('data', (chunk) => {
      sent[at] = `${sent[at] ?? ''}${chunk.toString('latin1').replaceAll('\r\n', '\n')}`;
    });
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      // The end of the one is the end of the other, however it came; bytes under way are passed on by `pipe` first.
      one.on('error', () => other.destroy());
      one.on('close', (failed) => {
        sockets.delete(one);
        if (failed) other.destroy();
        else other.end();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the tap got no port');
  return {
    port: address.port,
    sent,
    requestLines: () => sent.flatMap((text) => text.match(requestLine) ?? []),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
