/**
 * Shows proofs over HTTP from memory, by exact host and path. Nothing is kept over a restart: what is still needed is
 * published again.
 */
import type { Logger } from '../../contracts/platform.ts';
import type { FileEvidence, FilePublisher, PublisherDependencies } from '../../contracts/publisher.ts';
import { RenewdError } from '../../core/errors.ts';
import { formatEndpoint, type Endpoint } from '../../settings/endpoints.ts';
import { safeSegments } from '../path-safety.ts';
import type { ResponderConfig } from './config.ts';
import { createListener, type Lookup } from './listener.ts';
import { listenOnPassed } from './passed-listeners.ts';

export interface Responder extends FilePublisher {
  /** The port that is listened on; the configured one unless that was 0 or a socket was passed on. */
  readonly port: number;
}

/** A path holds no space, so the two parts cannot run into each other. */
function place(host: string, path: string): string {
  return `${host} ${path}`;
}

interface Listening {
  readonly port: number;
  close(): void | Promise<void>;
}

async function listenOnAddress(
  name: string,
  endpoint: Endpoint,
  lookup: Lookup,
  log: Logger,
): Promise<Listening> {
  const server = createListener(lookup);
  const { host, port } = endpoint;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `publisher "${name}" cannot listen on ${formatEndpoint(endpoint)}: ${error.code ?? error.message}`;
      reject(new RenewdError('dcv-publish-failed', message, { kind: 'configuration', cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  server.removeAllListeners('error');
  server.on('error', (err) => log.error({ err }, 'responder failed'));
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Listens at once. Rejects with RenewdError `dcv-publish-failed` (kind `configuration`) when it cannot. */
export async function createResponder(
  name: string,
  config: ResponderConfig,
  { logger, passedSockets }: Pick<PublisherDependencies, 'logger' | 'passedSockets'>,
): Promise<Responder> {
  const log = logger.child({ publisher: name });
  const proofs = new Map<string, string>();
  const lookup: Lookup = (host, path) => proofs.get(place(host, path));
  const { listen } = config;
  const listening: Listening =
    'passed' in listen
      ? await listenOnPassed(passedSockets, { name: listen.passed, publisher: name, lookup, log })
      : await listenOnAddress(name, listen, lookup, log);

  const placeOf = (evidence: FileEvidence): string => {
    safeSegments(evidence);
    return place(evidence.host.toLowerCase(), evidence.path);
  };

  return {
    kind: 'file',
    hosts: config.hosts,
    port: listening.port,

    async publish(evidence, signal) {
      signal.throwIfAborted();
      const at = placeOf(evidence);
      const present = proofs.get(at);
      if (present !== undefined && present !== evidence.content) {
        // Vendors use one path for all orders: replacing another order's proof would starve that order.
        const message = `${evidence.host}${evidence.path} shows another order's proof, which goes when that order is done`;
        throw new RenewdError('dcv-publish-failed', message, { kind: 'conflict' });
      }
      proofs.set(at, evidence.content);
      log.debug({ host: evidence.host, path: evidence.path }, 'proof is shown');
    },

    async withdraw(evidence, signal) {
      signal.throwIfAborted();
      const at = placeOf(evidence);
      // Another order may have put its own proof there since.
      if (proofs.get(at) === evidence.content) proofs.delete(at);
      log.debug({ host: evidence.host, path: evidence.path }, 'proof is no longer shown');
    },

    async close() {
      await listening.close();
    },
  };
}
