/** What certbot's renewal/NAME.conf beside live/NAME says of how control was proved. Its secrets are not read out. */
import { basename, dirname, join } from 'node:path';
import type { Files } from '../contracts/platform.ts';
import type { Proof } from './found.ts';
import { fileBytesMax } from './walk.ts';

export interface RenewalHints {
  readonly proof?: Proof;
  readonly notes: readonly string[];
}

/** "key = value" lines of an INI file; the last of a key counts, sections do not. */
export function readIni(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const found = /^\s*([A-Za-z0-9_.-]{1,200})\s*=\s*(.{0,2000}?)\s*$/.exec(line);
      return found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const];
    }),
  );
}

function textAt(path: string, files: Pick<Files, 'read'>): string | undefined {
  try {
    const bytes = files.read(path, fileBytesMax);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  } catch {
    // Only a hint is lost.
    return undefined;
  }
}

/** Undefined where the directory is no lineage of certbot. */
export function renewalHints(directory: string, files: Pick<Files, 'read'>): RenewalHints | undefined {
  if (basename(dirname(directory)) !== 'live') return undefined;
  const conf = join(dirname(dirname(directory)), 'renewal', `${basename(directory)}.conf`);
  const text = textAt(conf, files);
  if (text === undefined) return undefined;
  const settings = readIni(text);
  const authenticator = settings.get('authenticator') ?? 'unknown';
  const stop = `certbot renews it until you stop it: mv ${conf} ${conf}.disabled`;
  const path = webrootOf(settings);
  if (authenticator === 'webroot' && path !== undefined)
    return {
      proof: { method: 'file', path },
      notes: [`certbot proved control by files below ${path}`, stop],
    };
  if (authenticator === 'dns-rfc2136') {
    const proof = rfc2136Of(settings.get('dns_rfc2136_credentials'), files);
    if (proof !== undefined)
      return {
        proof,
        notes: [`certbot proved control by DNS updates to ${proof.server}, key ${proof.keyName}`, stop],
      };
  }
  return {
    notes: [
      `certbot proved control by "${authenticator.slice(0, 100)}", which does not say where renewd could`,
      stop,
    ],
  };
}

/** `webroot_path = /var/www/html,` or the first of the map below [[webroot_map]]. */
function webrootOf(settings: ReadonlyMap<string, string>): string | undefined {
  const listed = settings.get('webroot_path')?.split(',')[0]?.trim();
  const path = listed === undefined || listed === '' ? [...settings.values()].at(-1) : listed;
  return path?.startsWith('/') === true ? path : undefined;
}

function rfc2136Of(credentials: string | undefined, files: Pick<Files, 'read'>) {
  const text = credentials?.startsWith('/') === true ? textAt(credentials, files) : undefined;
  if (text === undefined) return undefined;
  const settings = readIni(text);
  const server = settings.get('dns_rfc2136_server');
  const keyName = settings.get('dns_rfc2136_name');
  if (server === undefined || keyName === undefined) return undefined;
  if (!/^[A-Za-z0-9.:-]{1,253}$/.test(server) || !/^[A-Za-z0-9._-]{1,253}$/.test(keyName)) return undefined;
  const port = settings.get('dns_rfc2136_port') ?? '53';
  const host = server.includes(':') ? `[${server}]` : server;
  const algorithm =
    settings.get('dns_rfc2136_algorithm')?.toUpperCase() === 'HMAC-SHA512' ? 'hmac-sha512' : 'hmac-sha256';
  return {
    method: 'dns',
    server: port === '53' || !/^\d{1,5}$/.test(port) ? host : `${host}:${port}`,
    keyName,
    algorithm,
  } as const;
}
