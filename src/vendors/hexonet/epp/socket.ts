/** The one place where an EPP connection is opened: TLS with the server's chain and name checked (RFC 5734 §9). */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSocket } from 'node:tls';
import { RenewdError } from '../../../core/errors.ts';

export interface EppTarget {
  readonly host: string;
  readonly port: number;
  /** CA certificates (PEM) instead of the public ones. */
  readonly ca?: string;
}

/** Rejects when the signal fires; what was opened is destroyed then. */
export type Connect = (target: EppTarget, signal: AbortSignal) => Promise<Duplex>;

export const connectTls: Connect = ({ host, port, ca }, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connectSocket({
      host,
      port,
      minVersion: 'TLSv1.2',
      // An address has no name to send (RFC 6066 §3); it is compared with the certificate all the same.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    });
    const stop = (): void => {
      socket.destroy(new Error('cancelled'));
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.setNoDelay(true);
    socket.once('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', stop);
      resolve(socket);
    });
  });

const caBytesMax = 1024 * 1024;

/** The certificates that `ca` names. Throws `config-invalid` when the file cannot be read or holds none. */
export async function readCa(ca: string | undefined): Promise<string | undefined> {
  if (ca === undefined) return undefined;
  const pem = ca.startsWith('/') ? await textOf(ca) : ca;
  if (pem.length <= caBytesMax && pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new RenewdError('config-invalid', 'ca: there is no certificate in it');
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new RenewdError('config-invalid', `ca: ${path} cannot be read`, { cause: thrown });
  }
}
