/**
 * A small ZIP archive in memory: its files' bytes, and names only to be shown. Everything in it is a claim until checked:
 * sizes against what really comes out, the checksum, encryption, and how much there is. Nothing is written anywhere.
 */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from './text.ts';

export interface ZipLimits {
  /** Entries, folders included. */
  readonly entries: number;
  /** Characters of a name. */
  readonly nameLength: number;
  /** Bytes of one file, unpacked. */
  readonly entryBytes: number;
  /** Bytes of all files, unpacked. */
  readonly totalBytes: number;
  /** Unpacked bytes for one packed byte, in files above 4 KiB: text packs to a tenth, a bomb to a thousandth. */
  readonly ratio: number;
}

/** A certificate bundle has a handful of files of a few KiB. */
const usualLimits: ZipLimits = {
  entries: 64,
  nameLength: 255,
  entryBytes: 1024 * 1024,
  totalBytes: 4 * 1024 * 1024,
  ratio: 200,
};

/** Below this size a high ratio harms nobody. */
const ratioFreeBytes = 4096;

export interface ZipFileContent {
  /** As it stands in the archive, bounded: for messages, never to be used as a path. */
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The files of an archive in its order, folders left out. Throws `provider-protocol` for anything that is broken,
 * encrypted, packed by another method than "stored" or "deflate", or larger than the limits.
 */
export async function readZip(
  bytes: Uint8Array,
  limits: Partial<ZipLimits> = {},
): Promise<readonly ZipFileContent[]> {
  const bound = { ...usualLimits, ...limits };
  let zip: ZipFile | undefined;
  try {
    zip = await fromBufferPromise(Buffer.from(bytes), {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
    });
    return await readEntries(zip, bound);
  } catch (thrown) {
    if (thrown instanceof RenewdError) throw thrown;
    const why = thrown instanceof Error ? bounded(thrown.message, 200) : 'unknown failure';
    throw new RenewdError('provider-protocol', `the ZIP archive cannot be read: ${why}`, { cause: thrown });
  } finally {
    zip?.close();
  }
}

async function readEntries(zip: ZipFile, limits: ZipLimits): Promise<readonly ZipFileContent[]> {
  if (zip.entryCount > limits.entries) throw tooMuch(`more than ${limits.entries} entries`);
  const files: ZipFileContent[] = [];
  let total = 0;
  let seen = 0;
  for await (const entry of zip.eachEntry()) {
    seen += 1;
    if (seen > limits.entries) throw tooMuch(`more than ${limits.entries} entries`);
    if (entry.fileName.length > limits.nameLength) throw tooMuch('an entry with an overlong name');
    if (entry.fileName.endsWith('/')) continue;
    const name = bounded(entry.fileName, 100);
    checkClaims(entry, name, limits);
    const content = await readEntry(zip, entry, name, limits);
    total += content.length;
    if (total > limits.totalBytes) throw tooMuch(`more than ${limits.totalBytes} bytes in all`);
    files.push({ name, bytes: content });
  }
  return files;
}

/** What the directory of the archive says, before anything is unpacked. */
function checkClaims(entry: Entry, name: string, limits: ZipLimits): void {
  const { uncompressedSize, compressedSize } = entry;
  if (entry.isEncrypted()) throw refused(`"${name}" is encrypted`);
  if (uncompressedSize > limits.entryBytes)
    throw tooMuch(`"${name}" is larger than ${limits.entryBytes} bytes`);
  if (uncompressedSize > ratioFreeBytes && uncompressedSize > compressedSize * limits.ratio) {
    throw tooMuch(`"${name}" unpacks to more than ${limits.ratio} times its size`);
  }
}

async function readEntry(zip: ZipFile, entry: Entry, name: string, limits: ZipLimits): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  let size = 0;
  let checksum = 0;
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw refused(`"${name}" gave no bytes`);
      size += chunk.length;
      // yauzl compares with the size that the archive claims; this is the bound that the archive cannot choose.
      if (size > limits.entryBytes) throw tooMuch(`"${name}" is larger than ${limits.entryBytes} bytes`);
      checksum = crc32(chunk, checksum);
      chunks.push(chunk);
    }
  } finally {
    stream.destroy();
  }
  // yauzl leaves the checksum to its callers.
  if (checksum !== entry.crc32) throw refused(`"${name}" does not fit its checksum`);
  return Buffer.concat(chunks, size);
}

function refused(why: string): RenewdError {
  return new RenewdError('provider-protocol', `the ZIP archive is refused: ${why}`);
}

function tooMuch(why: string): RenewdError {
  return new RenewdError('provider-answer-too-large', `the ZIP archive is refused: ${why}`);
}
