/**
 * Certificate and key of the status listener, read again when they change: renewd may well deploy them itself. A set that
 * cannot be used (half of it replaced, say) leaves the one before in use, and is tried again.
 */
import { statSync, readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '../contracts/platform.ts';
import type { ListenSettings } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';

type Tls = NonNullable<ListenSettings['tls']>;

const fileBytesMax = 1024 * 1024;
/** Of real time between two looks at the files. */
const lookIntervalMs = 1000;

export interface TlsFiles {
  readonly options: SecureContextOptions;
  /** At most once a second: new options when the files have changed, else undefined. */
  changed(): SecureContextOptions | undefined;
}

function markOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino}/${stat.size}/${stat.mtimeMs}`;
    })
    .join(' ');
}

function read(path: string): Buffer {
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > fileBytesMax)
    throw new Error(`${path} is no regular file of at most 1 MiB`);
  return readFileSync(path);
}

/** Throws RenewdError `listen-failed` when the files cannot be used at the start. */
export async function openTlsFiles(tls: Tls, logger: Logger): Promise<TlsFiles> {
  const { createSecureContext } = await import('node:tls');
  const paths = [tls.certificate, tls.key, ...(tls.clientCa === undefined ? [] : [tls.clientCa])];
  let mark = markOf(paths);
  /** What was refused already, so that it is said once. */
  let refused = '';
  let lookedAt = performance.now();

  function load(): SecureContextOptions {
    const options: SecureContextOptions = {
      cert: read(tls.certificate),
      key: read(tls.key),
      ...(tls.clientCa === undefined ? {} : { ca: read(tls.clientCa) }),
      minVersion: 'TLSv1.2',
    };
    createSecureContext(options);
    return options;
  }

  function first(): SecureContextOptions {
    try {
      return load();
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : 'unknown';
      throw new RenewdError(
        'listen-failed',
        `certificate and key of \`listen.tls\` cannot be used: ${reason}; they have to be PEM files that belong together`,
        { cause: thrown, fields: { ...tls, reason } },
      );
    }
  }

  return {
    options: first(),
    changed() {
      const now = performance.now();
      if (now - lookedAt < lookIntervalMs) return undefined;
      lookedAt = now;
      const present = markOf(paths);
      if (present === mark) return undefined;
      try {
        const options = load();
        mark = present;
        logger.info({ certificate: tls.certificate }, 'status server: its certificate was read anew');
        return options;
      } catch (thrown) {
        if (refused !== present)
          logger.warn(
            { err: thrown, certificate: tls.certificate },
            'status server: its changed certificate cannot be used; the one before stays',
          );
        refused = present;
        return undefined;
      }
    },
  };
}
