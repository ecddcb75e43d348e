/** An address that others can reach shows them names, dates, orders and prices: it has to say who may look. */
import { accessSync, constants } from 'node:fs';
import type { ListenSettings } from '../../core/certificate.ts';
import type { Path } from '../diagnostics.ts';
import { isLoopback } from '../endpoints.ts';
import type { YamlFile } from '../yaml-file.ts';

export function checkListen(file: YamlFile, listen: ListenSettings): void {
  const { host, token, tls, allowUnauthenticated } = listen;
  if (isLoopback(host)) return;
  const isGuarded = token !== undefined || tls?.clientCa !== undefined;
  if (!isGuarded && allowUnauthenticated === true) {
    file.complain({
      severity: 'warning',
      path: ['listen', 'allowUnauthenticated'],
      message: 'everybody who reaches this address can read names, orders and prices',
      hint: 'right only behind a proxy with a login or a firewall that lets nobody but your monitoring through',
    });
  } else if (!isGuarded) {
    file.complain({
      path: ['listen'],
      message: 'other hosts can reach this address, and nothing says who may read it',
      hint: 'listen on 127.0.0.1, or write { address: "host:port", token: { file: PATH } }, or tls with clientCa; behind a proxy with a login or a firewall: allowUnauthenticated: true',
    });
  } else if (tls === undefined) {
    file.complain({
      severity: 'warning',
      path: ['listen', 'token'],
      message: 'the token crosses the network readable for everybody in between',
      hint: 'add tls: { certificate: PATH, key: PATH }, or a proxy that speaks TLS on the same host',
    });
  }
}

/** 16 characters that nobody chose (96 bits in base64) cannot be guessed over a network. */
const tokenLengthMin = 16;

/** What keeps a text from being the token of the listener; undefined: nothing. */
export function tokenTrouble(token: string): { readonly message: string; readonly hint: string } | undefined {
  const hint = 'make one with: openssl rand -hex 32';
  if (token.length < tokenLengthMin)
    return { message: `this secret is shorter than ${tokenLengthMin} characters: it could be guessed`, hint };
  // RFC 6750 §2.1 allows fewer still, but a browser's password is not bound by it.
  if (!/^[\u0021-\u007e]+$/.test(token))
    return {
      message: 'this token has blanks or characters beyond ASCII, which not every client can send',
      hint,
    };
  return undefined;
}

export function missingTlsFile(file: YamlFile, path: Path, absolute: string): void {
  try {
    accessSync(absolute, constants.R_OK);
  } catch {
    file.complain({
      path,
      message: `${absolute} is not there, or may not be read`,
      hint: 'it is read by the user the daemon runs as',
    });
  }
}

/** The same files by other paths. */
export function mapTls(
  { certificate, key, clientCa }: NonNullable<ListenSettings['tls']>,
  change: (name: string, path: string) => string,
): NonNullable<ListenSettings['tls']> {
  return {
    certificate: change('certificate', certificate),
    key: change('key', key),
    ...(clientCa === undefined ? {} : { clientCa: change('clientCa', clientCa) }),
  };
}
