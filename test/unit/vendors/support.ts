/** Clocks, randomness and hostile loopback servers for the tests of provider code. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Random } from '../../../src/contracts/platform.ts';

export interface ManualClock extends Clock {
  /** Moves time and lets everything that was waiting for it run. */
  advance(ms: number): Promise<void>;
  /** Sets the time without waking sleepers, also backwards. */
  set(ms: number): void;
  sleeping(): number;
}

export const startMs = Date.UTC(2026, 10, 2, 12, 0, 0);

export function manualClock(): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();
  return {
    now: () => new Date(nowMs),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = {
          atMs: nowMs + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new Error('cancelled'));
        });
      }),
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
      }
      nowMs = untilMs;
      await settle();
    },
    set: (ms) => {
      nowMs = ms;
    },
    sleeping: () => sleepers.size,
  };
}

/** Lets chains of promises run out. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Sleeping takes no time: the clock jumps, and every pause is written down. */
export function jumpingClock(): Clock & { readonly pauses: number[] } {
  let nowMs = startMs;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => new Date(nowMs),
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.reject(new Error('cancelled'));
      pauses.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

export const middling: Random = { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 };

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** What each connection sent so far. */
  readonly received: string[];
}

/** A TCP server that does with each connection what the test says; `onRequest` runs when a request head is complete. */
export async function rawServer(behaviour: {
  readonly onConnection?: (socket: Socket) => void;
  readonly onRequest?: (socket: Socket, head: string) => void;
}): Promise<RawServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const at = received.push('') - 1;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    behaviour.onConnection?.(socket);
    let seen = 0;
    socket.on('data', (chunk) => {
      received[at] = `${received[at] ?? ''}${chunk.toString('latin1')}`;
      const heads = (received[at] ?? '').split('\r\n\r\n').length - 1;
      for (; seen < heads; seen += 1) behaviour.onRequest?.(socket, received[at] ?? '');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function httpText(status: string, body: string, headers: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** What was thrown, for looking at it. */
export async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}
