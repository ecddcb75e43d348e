/**
 * A program that reads certificate sets as any consumer may: `.current` is resolved once, key and leaf are read below
 * it. `set-reader.ts DIRECTORY` looks at every set below the directory until SIGTERM, then prints what it saw.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface ReaderReport {
  /** Pairs compared. */
  readonly looks: number;
  readonly versions: number;
  /** One sentence for each pair that did not match or was not whole. */
  readonly torn: readonly string[];
}

const root = process.argv[2] ?? '';
const versions = new Set<string>();
/** Pairs of files, as they were read, that were found to match: both are read at each look, and parsed once. */
const matching = new Set<string>();
const torn: string[] = [];
const tornMax = 20;
let looks = 0;
let running = true;
process.on('SIGTERM', () => {
  running = false;
});

function currentOf(directory: string): string | undefined {
  try {
    return join(directory, readlinkSync(join(directory, '.current')));
  } catch {
    // Not deployed yet.
    return undefined;
  }
}

function look(directory: string): void {
  const set = currentOf(directory);
  if (set === undefined) return;
  looks += 1;
  versions.add(set);
  try {
    const [keyPem, leafPem] = ['privkey.pem', 'cert.pem'].map((file) =>
      readFileSync(join(set, file), 'latin1'),
    );
    const pair = `${keyPem}|${leafPem}`;
    if (matching.has(pair)) return;
    const matches = createPublicKey(keyPem ?? '').equals(new X509Certificate(leafPem ?? '').publicKey);
    if (matches) matching.add(pair);
    else if (torn.length < tornMax) torn.push(`${set}: key and leaf differ`);
  } catch (thrown) {
    if (torn.length < tornMax)
      torn.push(`${set}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function round(): void {
  for (const name of readdirSync(root)) look(join(root, name));
  // A core is not ours alone.
  if (running) setTimeout(round, 10);
  else process.stdout.write(JSON.stringify({ looks, versions: versions.size, torn } satisfies ReaderReport));
}

round();
