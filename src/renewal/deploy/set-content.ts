/** The files of a set: what is in each, with which mode, and whether a set on disk is whole and a pair. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Files, Ownership } from '../../contracts/platform.ts';
import {
  setFiles,
  type DeployTarget,
  type FurtherFile,
  type SetFile,
  type SetFileFormat,
} from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { furtherContent } from './further-files.ts';
import { deployedBytesMax } from './layout.ts';

/** What is deployed. Every text ends with a line break. */
export interface SetInput {
  /** PKCS #8. */
  readonly keyPem: string;
  readonly leafPem: string;
  /** Intermediates in order; empty when there are none. */
  readonly chainPem: string;
  /** Self-signed certificate at the end of the chain, for trust stores; absent where it is not known. */
  readonly rootPem?: string;
  /** Of the further files that have one, by name. */
  readonly passwords?: ReadonlyMap<string, string>;
}

/** By file name, in the order of `fileNames`; one character per byte. */
export type SetContent = ReadonlyMap<string, string>;

const keyFiles: ReadonlySet<string> = new Set<SetFile>(['privkey.pem', 'combined.pem']);
const keyFormats: ReadonlySet<SetFileFormat> = new Set(['key', 'combined', 'key-der', 'pkcs12']);

/** Of all files in a set for this target. */
export function fileNames({ files = [] }: Pick<DeployTarget, 'files'>): readonly string[] {
  return [...setFiles, ...files.map(({ name }) => name)];
}

/** The files whose owner, group and mode are those of the target. */
export function commonFiles(target: DeployTarget): readonly string[] {
  return fileNames(target).filter((name) => {
    const { owner, group, mode } = furtherFile(target, name) ?? {};
    return owner === undefined && group === undefined && mode === undefined;
  });
}

function furtherFile({ files = [] }: DeployTarget, name: string): FurtherFile | undefined {
  return files.find((one) => one.name === name);
}

export function holdsKey(target: DeployTarget, name: string): boolean {
  const further = furtherFile(target, name);
  return further === undefined ? keyFiles.has(name) : keyFormats.has(further.format);
}

/** `combined.pem` is for HAProxy and others that want one file; they find key and certificates in any order. */
export function setContent(set: SetInput, { files = [] }: DeployTarget): SetContent {
  const { keyPem, leafPem, chainPem } = set;
  const fullchain = leafPem + chainPem;
  const standard: Readonly<Record<SetFile, string>> = {
    'privkey.pem': keyPem,
    'cert.pem': leafPem,
    'chain.pem': chainPem,
    'fullchain.pem': fullchain,
    'combined.pem': keyPem + fullchain,
  };
  return new Map([
    ...Object.entries(standard),
    ...files.map((file) => [file.name, furtherContent(file, set)] as const),
  ]);
}

export function ownershipOf(target: DeployTarget, mode: number): Ownership {
  return {
    mode,
    ...(target.owner === undefined ? {} : { owner: target.owner }),
    ...(target.group === undefined ? {} : { group: target.group }),
  };
}

function fileMode(target: DeployTarget, name: string): number {
  return furtherFile(target, name)?.mode ?? (holdsKey(target, name) ? target.keyMode : target.mode);
}

/** What one file of the set is to belong to. */
export function fileOwnership(target: DeployTarget, name: string): Ownership {
  const { owner, group } = furtherFile(target, name) ?? {};
  return {
    ...ownershipOf(target, fileMode(target, name)),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

/** Whoever may read a file may pass through its directory; only the owner changes it. */
export function directoryMode(target: DeployTarget): number {
  const readers = fileNames(target).reduce((bits, name) => bits | fileMode(target, name), 0) & 0o044;
  return 0o700 | readers | (readers >> 2);
}

/** Throws RenewdError `deploy-failed` when modes would show the key to everyone or let others change it. */
export function requireSafeModes(target: DeployTarget): void {
  for (const name of fileNames(target)) {
    const mode = fileMode(target, name);
    if (!holdsKey(target, name) || (mode & 0o027) === 0) continue;
    throw new RenewdError(
      'deploy-failed',
      `${target.directory}: mode ${mode.toString(8).padStart(4, '0')} of ${name} would open the private key to others; 0600 or 0640 is right`,
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
export function readSet(files: Files, directory: string, names: readonly string[]): SetContent {
  const found = new Map<string, string>();
  for (const name of names) {
    const content = readSetFile(files, directory, name);
    if (content !== undefined) found.set(name, content);
  }
  return found;
}

function readSetFile(files: Files, directory: string, name: string): string | undefined {
  const bytes = files.read(`${directory}/${name}`, deployedBytesMax);
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
  return fileNames(target).every(
    (name) =>
      files.lstat(`${directory}/${name}`)?.mode === fileMode(target, name) &&
      readSetFile(files, directory, name) === content.get(name),
  );
}
