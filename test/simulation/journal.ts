/**
 * Everything that happened in a simulation, in order, as one hash, and the last lines of it as text. Signatures hold
 * chance that no seed reaches (ECDSA nonces of OpenSSL), so nothing that depends on them goes in: a certificate is named by
 * its serial number, a CSR by its public key.
 */
import { createHash } from 'node:crypto';

const keptLines = 400;

export interface Journal {
  note(kind: string, ...words: readonly (string | number | boolean | undefined | null)[]): void;
  /** Kept for people only: may hold what a signature decides. */
  aside(text: string): void;
  readonly lines: number;
  /** The newest lines, oldest first. */
  tail(count: number, about?: string): readonly string[];
  digest(): string;
}

export function createJournal(now: () => Date, write?: (line: string) => void): Journal {
  const hash = createHash('sha256');
  const kept: string[] = [];
  let lines = 0;
  function keep(line: string): void {
    kept.push(line);
    if (kept.length > 2 * keptLines) kept.splice(0, keptLines);
    write?.(line);
  }

  return {
    aside: (text) => keep(`  ${text}`),
    note(kind, ...words) {
      const line = `${now().toISOString()} ${kind} ${words.map(String).join(' ')}`;
      lines += 1;
      hash.update(line).update('\n');
      keep(line);
    },
    get lines() {
      return lines;
    },
    tail: (count, about) =>
      (about === undefined ? kept : kept.filter((line) => line.includes(about))).slice(-count),
    digest: () => hash.copy().digest('hex'),
  };
}
