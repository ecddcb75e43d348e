/** Reads a configuration file, or says why it cannot be one. Nothing is read before its size and kind are known. */
import { readFileSync, statSync } from 'node:fs';

/** Bytes; an inventory of 10 000 certificates takes about 4 MiB. */
const maxFileBytes = 8 * 1024 * 1024;

export type SourceReading =
  { readonly text: string; readonly bytes: number } | { readonly problem: string; readonly hint?: string };

const reasons: Readonly<Record<string, { problem: string; hint?: string }>> = {
  ENOENT: { problem: 'there is no such file' },
  ENOTDIR: { problem: 'there is no such file' },
  EACCES: {
    problem: 'the file may not be read',
    hint: 'check owner and mode of the file and of its directories',
  },
  EPERM: {
    problem: 'the file may not be read',
    hint: 'check owner and mode of the file and of its directories',
  },
  ELOOP: { problem: 'the file is a symbolic link that leads in circles' },
};

export function readSource(path: string): SourceReading {
  try {
    const stat = statSync(path);
    if (stat.isDirectory())
      return { problem: 'is a directory', hint: 'name the files in it, e.g. "directory/*.yaml"' };
    if (!stat.isFile()) return { problem: 'is no regular file' };
    if (stat.size > maxFileBytes) return tooLarge(stat.size);
    const bytes = readFileSync(path);
    if (bytes.length > maxFileBytes) return tooLarge(bytes.length);
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes: bytes.length };
    } catch {
      const at = invalidByte(bytes);
      return { problem: `is not UTF-8 text (first wrong byte at offset ${at})`, hint: 'save it as UTF-8' };
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return reasons[code] ?? { problem: `cannot be read (${code || String(error)})` };
  }
}

function tooLarge(size: number): SourceReading {
  const mebibytes = (size / 1024 / 1024).toFixed(1);
  return {
    problem: `is ${mebibytes} MiB large; at most ${maxFileBytes / 1024 / 1024} MiB are read`,
    hint: 'spread the certificates over several files',
  };
}

/** Offset of the first byte that does not begin or continue a character. */
function invalidByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  const isGood = (end: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isGood(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
