import type { HistoryEntry } from './contract.ts';
import { isRecord } from './guards.ts';

/** What was asked of the simulated vendors, in order, with nothing in it that must not be read by others. */

export interface SandboxHistory {
  add(entry: HistoryEntry): void;
  /** In the order the requests were read; a copy. */
  entries(vendor?: string): HistoryEntry[];
  clear(): void;
  /** The first entry, old or still to come, that the predicate likes: tests wait for it instead of sleeping. */
  waitFor(predicate: (entry: HistoryEntry) => boolean, signal: AbortSignal): Promise<HistoryEntry>;
}

export function createHistory(): SandboxHistory {
  let entries: HistoryEntry[] = [];
  const listeners = new Set<(entry: HistoryEntry) => void>();
  return {
    add(entry) {
      const masked = { ...entry, parameters: maskSecrets(entry.parameters) };
      entries.push(masked);
      for (const listener of listeners) listener(masked);
    },
    entries: (vendor) => entries.filter((entry) => vendor === undefined || entry.vendor === vendor),
    clear() {
      entries = [];
    },
    waitFor(predicate, signal) {
      const known = entries.find(predicate);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const listener = (entry: HistoryEntry): void => {
          if (!predicate(entry)) return;
          settle();
          resolve(entry);
        };
        const onAbort = (): void => {
          settle();
          reject(new Error('No such request came in time.', { cause: signal.reason }));
        };
        const settle = (): void => {
          listeners.delete(listener);
          signal.removeEventListener('abort', onAbort);
        };
        listeners.add(listener);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    },
  };
}

const MASK = '***';

/** Parameters that log somebody in, by the names vendors give them; DCV tokens are public and stay readable. */
const SECRET_NAME =
  /(pass(word|wd|phrase)?|secret|credentials?|private[-_]?key|api[-_]?key|access[-_]?token|session[-_]?(id|hash)?|cookie|authorization|(^|[-_])(auth([-_]?(code|info))?|pw|2fa|otp))$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** A copy with "***" in the place of every secret, at any depth. */
function maskSecrets(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? MASK : maskValue(value),
    ]),
  );
}

function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return PRIVATE_KEY.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(maskValue);
  return isRecord(value) && !(value instanceof Date) ? maskSecrets(value) : value;
}
