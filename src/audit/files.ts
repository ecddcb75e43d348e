/** Compares what lies on disk with the newest receipt of a certificate. Reads only. */
import type { Files } from '../contracts/platform.ts';
import { toRenewdError } from '../core/errors.ts';
import type { FileProof, Receipt, ReceiptDeployment } from '../core/receipt.ts';
import { proofOf, rememberingSpki, type SpkiOf } from '../pki/file-proof.ts';
import { deployedBytesMax, layoutOf } from '../renewal/deploy/layout.ts';
import { linkedVersion } from '../renewal/deploy/links.ts';
import type { AuditProblem } from './report.ts';

export interface Disk {
  readonly files: Files;
  /** PKCS #8 PEM. Throws RenewdError `key-unusable`. */
  readKey(keyId: string): string;
}

export interface FilesContext {
  /** Directories that the inventory names for this certificate. */
  readonly directories: ReadonlySet<string>;
  /** A newer set is being put in place: what is current may be that one already. */
  readonly underWay: boolean;
}

export interface FileFindings {
  readonly problems: readonly AuditProblem[];
  readonly notes: readonly string[];
  readonly compared: number;
}

export function compareFiles(receipt: Receipt, disk: Disk, context: FilesContext): FileFindings {
  const { certificate } = receipt;
  const problems: AuditProblem[] = [];
  const notes: string[] = [];
  const spkiOf = rememberingSpki();
  let compared = 0;
  for (const deployment of receipt.deployments) {
    const { directory } = deployment;
    if (!context.directories.has(directory)) {
      notes.push(`${directory} is no longer in the inventory; its files are not looked at`);
      continue;
    }
    const where = readersDirectory(deployment, disk.files, context, notes);
    for (const file of deployment.files) {
      if (file.unreadable === true) {
        notes.push(
          `${directory}/${file.name} could not be read when the receipt was written (${receipt.at}); it is not compared`,
        );
        continue;
      }
      compared += 1;
      const text = difference(file, `${where}/${file.name}`, receipt, disk.files, spkiOf);
      if (text !== undefined) problems.push({ certificate, subject: 'file', text });
    }
  }
  const text = keyTrouble(receipt, disk, spkiOf);
  if (text !== undefined) problems.push({ certificate, subject: 'key', text });
  return { problems, notes, compared };
}

/** The stable names, as servers read them; while a newer set is put in place, the receipt's own set. */
function readersDirectory(
  { directory, set }: ReceiptDeployment,
  files: Files,
  { underWay }: FilesContext,
  notes: string[],
): string {
  const { sets, current } = layoutOf(directory);
  let version: string | undefined;
  try {
    version = linkedVersion(files, current);
  } catch {
    // Something foreign has its name: the comparison of the files shows what readers see.
  }
  if (set === null || version === set || version === undefined) return directory;
  if (underWay) {
    notes.push(`${directory}: a newer set (${version}) is being put in place; compared is the set ${set}`);
    return `${sets}/${set}`;
  }
  notes.push(`${directory}: the set ${version} is current, not ${set} of the receipt`);
  return directory;
}

function difference(
  { name, sha256, keySpkiSha256 }: FileProof,
  path: string,
  { at }: Receipt,
  files: Files,
  spkiOf: SpkiOf,
): string | undefined {
  let now: FileProof;
  try {
    now = proofOf(name, files.read(path, deployedBytesMax), spkiOf);
  } catch (thrown) {
    return `${path} cannot be read: ${toRenewdError(thrown).message}`;
  }
  if (now.sha256 === sha256 && now.keySpkiSha256 === keySpkiSha256) return undefined;
  if (now.sha256 === null) return `${path} is gone since ${at} (by whom is not known)`;
  const changed = `${path} was changed since ${at} (by whom is not known)`;
  if (now.sha256 !== sha256) return `${changed}: SHA-256 ${now.sha256}, in the receipt ${sha256 ?? 'none'}`;
  if (now.keySpkiSha256 === null) return `${changed}: it holds no private key that works`;
  return `${changed}: its private key belongs to ${now.keySpkiSha256}, in the receipt ${keySpkiSha256 ?? 'none'}`;
}

/** The key in the key directory, which a redeployment needs. */
function keyTrouble({ keyId, leaf }: Receipt, disk: Disk, spkiOf: SpkiOf): string | undefined {
  if (keyId === null) return undefined;
  try {
    return spkiOf(disk.readKey(keyId)) === leaf.spkiSha256
      ? undefined
      : `the key ${keyId} does not belong to the certificate ${leaf.serial}`;
  } catch (thrown) {
    return toRenewdError(thrown).message;
  }
}
