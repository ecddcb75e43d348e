/** The files of a set: what is in each, with which mode, and whether a set on disk is whole and a pair. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Files, Ownership } from '../../contracts/platform.ts';
import { setFiles, type DeployTarget, type SetFile } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { deployedBytesMax } from './layout.ts';

/** What is deployed. Every text ends with a line break. */
export interface SetInput {
  /** PKCS #8. */
  readonly keyPem: string;
  readonly leafPem: string;
  /** Intermediates in order; empty when there are none. */
  readonly chainPem: string;
}

export type SetContent = Readonly<Record<SetFile, string>>;

const keyFiles: ReadonlySet<SetFile> = new Set(['privkey.pem', 'combined.pem']);

export function holdsKey(file: SetFile): boolean {
  return keyFiles.has(file);
}

/** `combined.pem` is for HAProxy and others that want one file; they find key and certificates in any order. */
export function setContent({ keyPem, leafPem, chainPem }: SetInput): SetContent {
  const fullchain = leafPem + chainPem;
  return {
    'privkey.pem': keyPem,
    'cert.pem': leafPem,
    'chain.pem': chainPem,
    'fullchain.pem': fullchain,
    'combined.pem': keyPem + fullchain,
  };
}

export function ownershipOf(target: DeployTarget, mode: number): Ownership {
  return {
    mode,
    ...(target.owner === undefined ? {} : { owner: target.owner }),
    ...(target.group === undefined ? {} : { group: target.group }),
  };
}

export function fileMode(target: DeployTarget, file: SetFile): number {
  return holdsKey(file) ? target.keyMode : target.mode;
}

/** Whoever may read a file may pass through its directory; only the owner changes it. */
export function directoryMode(target: DeployTarget): number {
  const readers = (target.mode | target.keyMode) & 0o044;
  return 0o700 | readers | (readers >> 2);
}

/** Throws RenewdError `deploy-failed` when modes would show the key to everyone or let others change it. */
export function requireSafeModes({ keyMode, directory }: DeployTarget): void {
  if ((keyMode & 0o027) !== 0) {
    throw new RenewdError(
      'deploy-failed',
      `${directory}: mode ${keyMode.toString(8).padStart(4, '0')} would open the private key to others; 0600 or 0640 is right`,
    );
  }
}

/** Throws RenewdError `deploy-failed` when key and leaf are not a pair. */
export function requirePair(keyPem: string, leafPem: string, where: string): void {
  let matches: boolean;
  try {
    matches = new X509Certificate(leafPem).checkPrivateKey(createPrivateKey(keyPem));
  } catch (error) {
    throw new RenewdError('deploy-failed', `${where}: key or certificate cannot be read`, { cause: error });
  }
  if (!matches)
    throw new RenewdError('deploy-failed', `${where}: key and certificate do not belong together`);
}

/** Files of a set directory, as far as they are there. One character per byte, so that any content survives. */
export function readSet(files: Files, directory: string): Partial<Record<SetFile, string>> {
  const found: Partial<Record<SetFile, string>> = {};
  for (const file of setFiles) {
    const content = readSetFile(files, directory, file);
    if (content !== undefined) found[file] = content;
  }
  return found;
}

function readSetFile(files: Files, directory: string, file: SetFile): string | undefined {
  const bytes = files.read(`${directory}/${file}`, deployedBytesMax);
  return bytes === undefined
    ? undefined
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Same bytes and same modes: nothing would change by writing it again. Stops at the first difference. */
export function isSameSet(
  files: Files,
  directory: string,
  content: SetContent,
  target: DeployTarget,
): boolean {
  return setFiles.every(
    (file) =>
      files.lstat(`${directory}/${file}`)?.mode === fileMode(target, file) &&
      readSetFile(files, directory, file) === content[file],
  );
}
