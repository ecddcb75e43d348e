/**
 * The responder on sockets that were passed on. A descriptor cannot be opened a second time once it was closed, so what
 * listens on it outlives the publisher, and its successor after a reload takes it over; without one everything is a 404.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Logger, PassedSocket } from '../../contracts/platform.ts';
import { RenewdError } from '../../core/errors.ts';
import { createListener, type Lookup } from './listener.ts';

interface Held {
  readonly server: Server;
  lookup: Lookup | undefined;
}

const held = new WeakMap<PassedSocket, Held>();

export interface PassedListeners {
  /** The port of the first one; 0 for a socket without ports. */
  readonly port: number;
  close(): void;
}

function refusal(publisher: string, problem: string, cause?: unknown): RenewdError {
  return new RenewdError('dcv-publish-failed', `publisher "${publisher}" ${problem}`, {
    kind: 'configuration',
    ...(cause === undefined ? {} : { cause }),
  });
}

async function listenOn(socket: PassedSocket, publisher: string, log: Logger): Promise<Held> {
  const server = createListener((host, path) => held.get(socket)?.lookup?.(host, path));
  const listening = once(server, 'listening');
  server.listen({ fd: socket.fd });
  // Nobody closes it, so it must not keep the process alive.
  server.unref();
  try {
    await listening;
  } catch (error) {
    throw refusal(
      publisher,
      `cannot listen on the passed socket "${socket.name}" (descriptor ${socket.fd})`,
      error,
    );
  }
  server.on('error', (err) => log.error({ err, socket: socket.name }, 'responder failed'));
  const one = { server, lookup: undefined };
  held.set(socket, one);
  return one;
}

/**
 * Takes the sockets of one name, or with null all of them. Rejects with RenewdError `dcv-publish-failed` (kind
 * `configuration`) when there is none, another publisher has it, or it is no listening socket.
 */
export async function listenOnPassed(
  sockets: readonly PassedSocket[],
  { name, publisher, lookup, log }: { name: string | null; publisher: string; lookup: Lookup; log: Logger },
): Promise<PassedListeners> {
  const wanted = sockets.filter((socket) => name === null || socket.name === name);
  if (wanted.length === 0) {
    const passed = sockets.length === 0 ? 'none was' : `passed: ${sockets.map((one) => one.name).join(', ')}`;
    const which = name === null ? 'a socket' : `a socket named "${name}"`;
    throw refusal(
      publisher,
      `wants ${which} from systemd, and ${passed}; enable renewd-responder.socket, or name an address in \`listen\``,
    );
  }
  const taken: Held[] = [];
  const close = (): void => {
    for (const one of taken.splice(0)) {
      one.lookup = undefined;
      one.server.closeAllConnections();
    }
  };
  try {
    for (const socket of wanted) {
      const one = held.get(socket) ?? (await listenOn(socket, publisher, log));
      if (one.lookup !== undefined)
        throw refusal(publisher, `wants the passed socket "${socket.name}", which another publisher uses`);
      one.lookup = lookup;
      taken.push(one);
    }
  } catch (thrown) {
    close();
    throw thrown;
  }
  const address = taken[0]?.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close };
}
