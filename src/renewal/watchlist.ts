/**
 * What the driver remembers about each managed certificate between passes, so that a pass over unchanged certificates
 * costs one `stat` each and nothing else. Truth stays in files and store; this can be thrown away at any moment.
 */
import type { DeployTarget, ManagedCertificate } from '../core/certificate.ts';
import type { Renewal } from '../core/renewal.ts';
import type { CompromisedKey, RevocationDue, RevocationRecord } from '../core/revocation.ts';
import type { CertificateRecord, IssuedSummary, OperatorRequest } from '../contracts/store.ts';
import type { Decision } from './plan/decide.ts';
import type { CrtLook } from './plan/facts.ts';

/** One look at a CRT file; the same object as before when the file has not changed. */
export interface CrtObservation {
  readonly look: CrtLook;
  readonly spkiSha256?: string;
  /** Lower-case hex, as `spkiSha256` only where there is a readable leaf. */
  readonly serialHex?: string;
}

export interface CrtWatcher {
  /** Never throws: whatever is wrong with the file is part of the observation. */
  observe(crtPath: string): CrtObservation;
  /** Whether there is something behind a name. Never throws. */
  isThere(path: string): boolean;
  /** Forgets files that are no longer in the inventory. */
  keepOnly(crtPaths: ReadonlySet<string>): void;
}

/** One address of one endpoint, at the last look. */
export interface EndpointSight {
  readonly endpoint: string;
  readonly address: string;
  readonly matches: boolean;
  /** What is served instead, or why nothing could be seen. */
  readonly detail: string;
}

export interface Entry {
  managed: ManagedCertificate;
  record: CertificateRecord | undefined;
  open: Renewal | undefined;
  issued: IssuedSummary | undefined;
  request: OperatorRequest | undefined;
  observation: CrtObservation | undefined;
  /** Of the deploy directories beside the one that `crt` is in, in inventory order. */
  otherTargets: readonly CrtObservation[];
  /** Further files that the inventory wants and that are not there, in inventory order. */
  missingFiles: readonly string[];
  /** What the CA said last about the certificate in the CRT file. */
  revocation: RevocationRecord | undefined;
  /** Set when somebody else may have the key of the certificate in the CRT file. */
  compromise: CompromisedKey | undefined;
  /** Its certificates that are still to be revoked because their key is lost. */
  revocationsDue: readonly RevocationDue[];
  decision: Decision | undefined;
  /** Milliseconds since the epoch at which the decision may change by itself. */
  lookAgainAtMs: number;
  /** A fact changed: decide anew at the next pass. */
  dirty: boolean;
  /** The configuration was exchanged since its renewal went on: what held it up may be gone. */
  reconfigured: boolean;
  /** In-memory pause after a step whose outcome could not be stored: without it the step would be repeated at once. */
  pausedUntilMs: number;
  /** What the endpoints showed at the last look, while any of them serves something else; else empty. */
  amiss: readonly EndpointSight[];
  /** In-memory pause of order look-ups that failed. */
  adoptAfterMs: number;
  adoptFailures: number;
}

export function newEntry(managed: ManagedCertificate): Entry {
  return {
    managed,
    record: undefined,
    open: undefined,
    issued: undefined,
    request: undefined,
    observation: undefined,
    otherTargets: [],
    missingFiles: [],
    revocation: undefined,
    compromise: undefined,
    revocationsDue: [],
    decision: undefined,
    lookAgainAtMs: 0,
    dirty: true,
    reconfigured: false,
    pausedUntilMs: 0,
    amiss: [],
    adoptAfterMs: 0,
    adoptFailures: 0,
  };
}

const fullChain = '/fullchain.pem';

/** Asked for every certificate at every pass: no path is put together for it. */
function isChainIn(path: string, { directory }: DeployTarget): boolean {
  return (
    path.length === directory.length + fullChain.length &&
    path.startsWith(directory) &&
    path.endsWith(fullChain)
  );
}

/** The full chain file of every deploy directory but the one that `crt` already looks at. */
export function otherTargetPaths(managed: ManagedCertificate): readonly string[] {
  return managed.deploy
    .map(({ directory }) => `${directory}${fullChain}`)
    .filter((path) => path !== managed.crt);
}

/** Looks at the files; true when anything differs from the last look. */
export function observe(entry: Entry, watcher: CrtWatcher): boolean {
  const observation = watcher.observe(entry.managed.crt);
  let changed = observation !== entry.observation;
  entry.observation = observation;
  const { crt, deploy } = entry.managed;
  if (deploy.some((target) => !isChainIn(crt, target))) {
    const others = otherTargetPaths(entry.managed).map((path) => watcher.observe(path));
    changed ||= others.some((other, index) => other !== entry.otherTargets[index]);
    entry.otherTargets = others;
  }
  if (entry.missingFiles.length > 0 || deploy.some(({ files }) => files !== undefined)) {
    const missing = deploy.flatMap(({ directory, files = [] }) =>
      files.map(({ name }) => `${directory}/${name}`).filter((path) => !watcher.isThere(path)),
    );
    changed ||= missing.join('\0') !== entry.missingFiles.join('\0');
    entry.missingFiles = missing;
  }
  return changed;
}

/** Deploy directories that hold another leaf than the CRT file does, and further files that are not there. */
export function driftedTargets(entry: Entry): readonly string[] {
  const look = entry.observation?.look;
  if (look?.state !== 'ok') return [];
  const paths = otherTargetPaths(entry.managed);
  const others = entry.otherTargets.flatMap(({ look: other }, index) =>
    other.state === 'ok' && other.certificate.fingerprint256 === look.certificate.fingerprint256
      ? []
      : [paths[index] ?? ''],
  );
  return [...others, ...entry.missingFiles];
}
