/**
 * The servers that use the certificates: each serves what lay in its directory when it last read it. A reload may fail,
 * or be believed to have worked; a machine that starts anew reads everything.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Clock, ProcessResult, Processes } from '../../src/contracts/platform.ts';
import { secondMs } from '../../src/core/durations.ts';
import type { Delivery } from '../../src/renewal/deliver.ts';
import type { Chance } from './chance.ts';
import type { Disk } from './disk.ts';
import type { Journal } from './journal.ts';

export interface Served {
  readonly fingerprint256: string;
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly names: readonly string[];
  readonly leaf: X509Certificate;
}

export type ReloadMood = 'works' | 'fails' | 'sleeps';

export interface Servers {
  /** By server name. */
  readonly serving: ReadonlyMap<string, Served>;
  readonly processes: Processes;
  mood: ReloadMood;
  moodUntilMs: number;
  /** Reads a directory as it is now. Throws for a key that does not fit, as a real server refuses it. */
  load(serverName: string, directory: string): void;
  forget(serverName: string): void;
  /** All read anew, those that cannot keep nothing. */
  restart(): void;
  delivery(clock: Clock, rootPem: () => string): Delivery;
  /** Called when a server begins to serve something else. */
  changed: (serverName: string, served: Served) => void;
}

/** Parsed once per content. */
export function createPairs() {
  const leaves = new WeakMap<Uint8Array, X509Certificate>();
  const pairs = new WeakMap<Uint8Array, Map<X509Certificate, boolean>>();

  function leafOf(bytes: Uint8Array): X509Certificate {
    const known = leaves.get(bytes) ?? new X509Certificate(bytes);
    leaves.set(bytes, known);
    return known;
  }

  return {
    leafOf,
    isPair(key: Uint8Array, certificate: Uint8Array): boolean {
      const leaf = leafOf(certificate);
      const known = pairs.get(key) ?? new Map<X509Certificate, boolean>();
      pairs.set(key, known);
      const answer = known.get(leaf) ?? leaf.checkPrivateKey(createPrivateKey(Buffer.from(key)));
      known.set(leaf, answer);
      return answer;
    },
  };
}

export function createServers(
  disk: Disk,
  chance: Chance,
  journal: Journal,
  now: () => number,
  pairs: ReturnType<typeof createPairs>,
): Servers {
  const serving = new Map<string, Served>();
  const directories = new Map<string, string>();
  const result = (exitCode: number, stderr = ''): ProcessResult => ({
    exitCode,
    signal: null,
    timedOut: false,
    stdout: '',
    stderr,
  });

  const self: Servers = {
    serving,
    mood: 'works',
    moodUntilMs: 0,
    changed: () => undefined,
    processes: {
      run(argv) {
        const [, serverName, directory] = argv;
        if (serverName === undefined || directory === undefined) throw new Error('an unexpected program');
        const mood = self.moodUntilMs > now() ? self.mood : chance.happens(0.01) ? 'fails' : 'works';
        if (mood === 'works') journal.note('reload', serverName);
        else journal.fault('reload', serverName, mood);
        if (mood === 'fails') return Promise.resolve(result(1, 'configuration test failed'));
        if (mood === 'sleeps') return Promise.resolve(result(0));
        try {
          self.load(serverName, directory);
          return Promise.resolve(result(0));
        } catch (error) {
          return Promise.resolve(result(1, error instanceof Error ? error.message : 'unreadable'));
        }
      },
    },
    load(serverName, directory) {
      directories.set(serverName, directory);
      const certificate = disk.bytes(`${directory}/fullchain.pem`);
      const key = disk.bytes(`${directory}/privkey.pem`);
      if (certificate === undefined || key === undefined) return;
      if (!pairs.isPair(key, certificate)) throw new Error('key values mismatch');
      const leaf = pairs.leafOf(certificate);
      const before = serving.get(serverName);
      const served: Served = {
        fingerprint256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
        serial: leaf.serialNumber,
        notBefore: new Date(leaf.validFrom),
        notAfter: new Date(leaf.validTo),
        names: (leaf.subjectAltName ?? '').split(', ').map((name) => name.replace(/^DNS:/, '')),
        leaf,
      };
      if (before?.fingerprint256 === served.fingerprint256) return;
      serving.set(serverName, served);
      journal.note('serves', serverName, served.serial, served.notAfter.toISOString());
      self.changed(serverName, served);
    },
    forget(serverName) {
      serving.delete(serverName);
      directories.delete(serverName);
    },
    restart() {
      for (const [serverName, directory] of directories) {
        try {
          self.load(serverName, directory);
        } catch {
          // Kept as it was: what is torn on disk is found by whoever looks at the disk.
        }
      }
    },
    delivery: (clock, rootPem) => ({
      async look(endpoints, _names, fingerprint256, timeoutMs) {
        const untilMs = clock.now().getTime() + timeoutMs;
        for (;;) {
          const rows = endpoints.map(({ host, serverName = host }) => {
            const served = serving.get(serverName);
            const matches = served?.fingerprint256 === fingerprint256;
            const detail = matches ? 'serves it' : 'serves another certificate';
            return { endpoint: serverName, address: host, matches, detail };
          });
          if (rows.every(({ matches }) => matches) || clock.now().getTime() >= untilMs) return rows;
          await clock.sleep(secondMs / 2);
        }
      },
      anchors: () => Promise.resolve([rootPem()]),
      secret: () => Promise.reject(new Error('no set of a simulation has a secret')),
    }),
  };
  return self;
}
