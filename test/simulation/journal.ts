/**
 * Everything that happened in a simulation, in order, as one hash, and the last lines of it as text. Nothing goes in that
 * the seed does not decide: no real time, no path of this machine.
 */
import { createHash } from 'node:crypto';
import type { Logger } from '../../src/contracts/platform.ts';

const keptLines = 400;

export interface Journal {
  note(kind: string, ...words: readonly (string | number | boolean | undefined | null)[]): void;
  /** The same, and counted: something in the world went wrong. */
  fault(kind: string, ...words: readonly (string | number | boolean | undefined | null)[]): void;
  /** More about the line before. */
  aside(text: string): void;
  readonly faults: number;
  /** The newest lines, oldest first. */
  tail(count: number, about?: string): readonly string[];
  digest(): string;
}

export function createJournal(now: () => Date, write?: (line: string) => void): Journal {
  const hash = createHash('sha256');
  const kept: string[] = [];
  let faults = 0;
  function keep(line: string): void {
    hash.update(line).update('\n');
    kept.push(line);
    if (kept.length > 2 * keptLines) kept.splice(0, keptLines);
    write?.(line);
  }

  const journal: Journal = {
    aside: (text) => keep(`  ${text}`),
    note(kind, ...words) {
      keep(`${now().toISOString()} ${kind} ${words.map(String).join(' ')}`);
    },
    fault(kind, ...words) {
      faults += 1;
      journal.note(kind, ...words);
    },
    get faults() {
      return faults;
    },
    tail: (count, about) =>
      (about === undefined ? kept : kept.filter((line) => line.includes(about))).slice(-count),
    digest: () => hash.copy().digest('hex'),
  };
  return journal;
}

/** Warnings and errors of the daemon, as lines of the journal. */
export function journalLogger(journal: Journal): Logger {
  const say = (level: string, fields: object, message: string): void => {
    const known = new Map<string, unknown>(Object.entries(fields));
    const word = (name: string): string => {
      const value = known.get(name);
      return typeof value === 'string' ? value.slice(0, 200) : '-';
    };
    journal.note(level, word('certificate'), word('provider'), word('code'), message);
    if (known.has('reason')) journal.aside(word('reason'));
  };
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => say('warn', fields, message),
    error: (fields, message) => say('error', fields, message),
    child: () => logger,
  };
  return logger;
}
