/**
 * Looks at CRT files over and over. An unchanged file costs one stat (two with a key); only a changed one is read.
 * Keeps facts, never file contents.
 */
import type { Clock, FileStat, Files } from '../../contracts/platform.ts';
import { keyBytesMax } from '../../pki/key-store.ts';
import type { CrtFacts } from './crt-facts.ts';
import { readCrt } from './read-crt.ts';

/**
 * A file written again within its timestamp's granularity keeps its mtime: at most 2 s on the file systems in use (FAT,
 * older NFS servers), a few milliseconds on local ones. Facts read that soon after a change are not relied on.
 */
const timestampGranularityMs = 2000;

interface Entry {
  readonly crt: Mark;
  readonly keyPath: string | undefined;
  readonly key: Mark | undefined;
  readonly facts: CrtFacts;
}

interface Mark {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export class CrtScanner {
  readonly #files: Files;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor({ files, clock }: { readonly files: Files; readonly clock: Clock }) {
    this.#files = files;
    this.#clock = clock;
  }

  /** Facts as of now. `keyPath`: the key that should belong to the leaf; one more stat. Never throws. */
  look(path: string, keyPath?: string): CrtFacts {
    const stat = statOrNothing(this.#files, path);
    const keyStat = keyPath === undefined ? undefined : statOrNothing(this.#files, keyPath);
    const entry = this.#entries.get(path);
    if (
      entry !== undefined &&
      stat !== undefined &&
      isUnchanged(entry.crt, stat) &&
      entry.keyPath === keyPath &&
      isSameKey(entry.key, keyStat)
    ) {
      return entry.facts;
    }
    return this.#read(path, stat, keyPath, keyStat);
  }

  /** Lets go of files that are no longer looked at. */
  retain(paths: ReadonlySet<string>): void {
    for (const path of this.#entries.keys()) if (!paths.has(path)) this.#entries.delete(path);
  }

  #read(
    path: string,
    stat: FileStat | undefined,
    keyPath: string | undefined,
    keyStat: FileStat | undefined,
  ): CrtFacts {
    const keyPem = keyPath === undefined ? undefined : readKey(this.#files, keyPath);
    const facts = readCrt(path, this.#files, keyPem);
    const nowMs = this.#clock.now().getTime();
    const settled = (one: FileStat | undefined): boolean =>
      one === undefined || nowMs - one.mtimeMs > timestampGranularityMs;
    // What could not be read may become readable without a change to the file itself.
    if (stat?.kind === 'file' && facts.state !== 'unreadable' && settled(stat) && settled(keyStat)) {
      this.#entries.set(path, { crt: toMark(stat), keyPath, key: keyStat && toMark(keyStat), facts });
    } else {
      this.#entries.delete(path);
    }
    return facts;
  }
}

function isUnchanged(mark: Mark, stat: FileStat): boolean {
  return mark.mtimeMs === stat.mtimeMs && mark.size === stat.size && mark.inode === stat.inode;
}

function isSameKey(mark: Mark | undefined, stat: FileStat | undefined): boolean {
  return mark === undefined || stat === undefined ? mark === stat : isUnchanged(mark, stat);
}

function toMark({ size, mtimeMs, inode }: FileStat): Mark {
  return { size, mtimeMs, inode };
}

/** Trouble with stat is told by the reading that follows. */
function statOrNothing(files: Files, path: string): FileStat | undefined {
  try {
    return files.stat(path);
  } catch {
    return undefined;
  }
}

/** No key, or one that cannot be read, does not fit any certificate: the empty text says so. */
function readKey(files: Files, path: string): Uint8Array {
  try {
    return files.read(path, keyBytesMax) ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
