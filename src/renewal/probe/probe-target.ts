/** Watches the endpoints of a deployment until all of their addresses serve the expected leaf, or time is up. */
import { isIP } from 'node:net';
import type { Clock } from '../../contracts/platform.ts';
import type { ProbeEndpoint } from '../../core/certificate.ts';
import { probeEndpoint, type ProbeOptions, type ServedReport } from './probe-endpoint.ts';

/** The first look comes at once; workers that finish old connections need seconds, so later ones are rarer. */
const pauseMsMin = 250;
const pauseMsMax = 5000;
/** Handshakes take milliseconds; a server that needs longer than this is as good as down. */
const handshakeTimeoutMs = 10_000;

export interface ProbeRow extends ServedReport {
  /** The served leaf is the expected one. */
  readonly matches: boolean;
}

export interface TargetReport {
  /** Every address of every endpoint serves the expected leaf. True without endpoints: nobody asked for proof. */
  readonly served: boolean;
  /** As of the last look. */
  readonly rows: readonly ProbeRow[];
  readonly looks: number;
}

export interface ProbeTargetOptions {
  readonly clock: Clock;
  /** From now until giving up, by `clock`. 0: one look. */
  readonly timeoutMs: number;
  /** Names of the certificate: one is sent as SNI to endpoints that are given by address. */
  readonly names?: readonly string[];
  readonly lookup?: ProbeOptions['lookup'];
  readonly keyKind?: 'rsa' | 'ecdsa';
  readonly signal?: AbortSignal;
}

/** Rejects only with the signal's reason. */
export async function probeTarget(
  endpoints: readonly ProbeEndpoint[],
  expectedFingerprint256: string,
  options: ProbeTargetOptions,
): Promise<TargetReport> {
  const { clock, timeoutMs, signal } = options;
  const deadlineMs = clock.now().getTime() + timeoutMs;
  for (let looks = 1, pauseMs = pauseMsMin; ; looks += 1, pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    signal?.throwIfAborted();
    const leftMs = deadlineMs - clock.now().getTime();
    const handshakeMs =
      timeoutMs === 0 ? handshakeTimeoutMs : Math.min(handshakeTimeoutMs, Math.max(pauseMsMin, leftMs));
    const rows = await look(endpoints, expectedFingerprint256, handshakeMs, options);
    const served = rows.every(({ matches }) => matches);
    const remainingMs = deadlineMs - clock.now().getTime();
    if (served || remainingMs <= 0) return { served, rows, looks };
    await clock.sleep(Math.min(pauseMs, remainingMs), signal);
  }
}

async function look(
  endpoints: readonly ProbeEndpoint[],
  expectedFingerprint256: string,
  timeoutMs: number,
  { names = [], lookup, keyKind, signal }: ProbeTargetOptions,
): Promise<readonly ProbeRow[]> {
  const reports = await Promise.all(
    endpoints.map((endpoint) =>
      probeEndpoint(endpoint, {
        serverName: serverNameFor(endpoint, names),
        timeoutMs,
        ...(lookup === undefined ? {} : { lookup }),
        ...(keyKind === undefined ? {} : { keyKind }),
        ...(signal === undefined ? {} : { signal }),
      }),
    ),
  );
  return reports
    .flat()
    .map((report) => ({ ...report, matches: report.fingerprint256 === expectedFingerprint256 }));
}

/** The configured name, else the host, else (for an address) a name of the certificate; a wildcard's star becomes "www". */
export function serverNameFor(endpoint: ProbeEndpoint, names: readonly string[]): string {
  if (endpoint.serverName !== undefined) return endpoint.serverName;
  if (isIP(endpoint.host) === 0) return endpoint.host;
  const name = names.find((one) => !one.startsWith('*.')) ?? names[0];
  return name === undefined ? endpoint.host : name.replace(/^\*\./, 'www.');
}
