/**
 * Asks one endpoint over TLS which certificate it serves, at every address of its name. Trust is not judged: only what
 * is served matters here, and a wrong or expired certificate is exactly what has to be seen.
 */
import { createConnection, isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { ProbeEndpoint, ProbeProtocol } from '../../core/certificate.ts';

/** Of one name at most this many addresses are asked. */
export const addressesMax = 16;
/** Certificates counted in a served chain. */
const chainLengthMax = 16;

export interface ServedReport {
  /** "shop.example.com:443" */
  readonly endpoint: string;
  /** Empty when the name could not be resolved. */
  readonly address: string;
  /** SNI that was sent; undefined: none, because there was no name. */
  readonly serverName: string | undefined;
  /** SHA-256 of the leaf, lower-case hex. */
  readonly fingerprint256: string | undefined;
  readonly notAfter: Date | undefined;
  readonly leafDer: Uint8Array | undefined;
  /** Certificates that were sent, the leaf included. */
  readonly chainLength: number;
  /** Why nothing was seen. */
  readonly error: string | undefined;
}

export interface ProbeOptions {
  readonly serverName?: string;
  /** For connecting and shaking hands, per address, in real time. */
  readonly timeoutMs: number;
  /** Addresses of a host name; default: the system's resolver. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Servers with two certificates are asked for the one with this kind of key. */
  readonly keyKind?: 'rsa' | 'ecdsa';
  readonly signal?: AbortSignal;
}

/** RFC 8446 §4.2.3: the algorithms offered decide which of its certificates a server shows. */
const signatureAlgorithms: Readonly<Record<'rsa' | 'ecdsa', string>> = {
  rsa: 'RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512',
  ecdsa: 'ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512',
};

/** One report per address. Rejects only with the signal's reason. */
export async function probeEndpoint(
  endpoint: ProbeEndpoint,
  options: ProbeOptions,
): Promise<readonly ServedReport[]> {
  const serverName = options.serverName ?? endpoint.serverName ?? endpoint.host;
  const sni = isIP(serverName) === 0 ? serverName : undefined;
  const base = { endpoint: endpointText(endpoint), serverName: sni };
  const nothing = { fingerprint256: undefined, notAfter: undefined, leafDer: undefined, chainLength: 0 };
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(endpoint.host, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return [
      { ...base, ...nothing, address: '', error: `cannot resolve ${endpoint.host}: ${messageOf(error)}` },
    ];
  }
  const reports = await Promise.all(
    addresses.map(async (address): Promise<ServedReport> => {
      const connection = {
        host: address,
        port: endpoint.port,
        rejectUnauthorized: false,
        ...(sni === undefined ? {} : { servername: sni }),
        ...(options.keyKind === undefined ? {} : { sigalgs: signatureAlgorithms[options.keyKind] }),
      };
      try {
        return {
          ...base,
          address,
          ...(await shakeHands(endpoint.protocol ?? 'tls', connection, options)),
          error: undefined,
        };
      } catch (error) {
        return { ...base, address, ...nothing, error: messageOf(error) };
      }
    }),
  );
  options.signal?.throwIfAborted();
  return reports;
}

export function endpointText({ host, port }: ProbeEndpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function addressesOf(
  host: string,
  { lookup, timeoutMs, signal }: ProbeOptions,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await orAborted((lookup ?? systemLookup)(host), deadline(timeoutMs, signal));
  const addresses = [...new Set(found)].slice(0, addressesMax);
  if (addresses.length === 0) throw new Error('it has no address');
  return addresses;
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

type Seen = Pick<ServedReport, 'fingerprint256' | 'notAfter' | 'leafDer' | 'chainLength'>;

async function shakeHands(
  protocol: ProbeProtocol,
  connection: ConnectionOptions & { readonly host: string; readonly port: number },
  { timeoutMs, signal }: ProbeOptions,
): Promise<Seen> {
  const ended = deadline(timeoutMs, signal);
  ended.throwIfAborted();
  const { connect } = await import('node:tls');
  if (protocol === 'tls') return await seenOver(connect(connection), ended);
  const { askForTls } = await import('./starttls.ts');
  const plain = createConnection(connection.port, connection.host);
  // Stays attached: an error after the decision must not become an uncaught one.
  plain.on('error', () => undefined);
  try {
    await orAborted(connected(plain), ended);
    await orAborted(askForTls(protocol, plain), ended);
    return await seenOver(connect({ ...connection, socket: plain }), ended);
  } finally {
    plain.destroy();
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
}

async function seenOver(socket: TLSSocket, ended: AbortSignal): Promise<Seen> {
  try {
    await orAborted(
      new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve);
        // Stays attached: an error after the decision must not become an uncaught one.
        socket.on('error', reject);
        socket.once('close', () =>
          reject(new Error('the connection was closed before a certificate was shown')),
        );
      }),
      ended,
    );
    return whatIsServed(socket);
  } finally {
    socket.destroy();
  }
}

function whatIsServed(socket: TLSSocket): Seen {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) throw new Error('the server showed no certificate');
  let chainLength = 0;
  for (
    let one: typeof leaf | undefined = leaf;
    one !== undefined && chainLength < chainLengthMax;
    one = one.issuerCertificate
  ) {
    chainLength += 1;
  }
  return {
    fingerprint256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter: leaf.validToDate,
    leafDer: leaf.raw,
    chainLength,
  };
}

/** Real time on purpose: peers do not follow a hand-moved clock. */
function deadline(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      const reason: unknown = signal.reason;
      reject(reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function messageOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  // Node joins the failures of several attempts into one error without a message.
  const text =
    error instanceof AggregateError
      ? String(error.errors[0])
      : error instanceof Error
        ? error.message
        : String(error);
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 300);
}
