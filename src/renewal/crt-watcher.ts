/**
 * Looks at CRT files for the watchlist: one `stat` for an unchanged one. The key beside a certificate is compared when
 * the certificate changes and about hourly, because asking each time would double the cost of every pass.
 */
import type { Clock, Files } from '../contracts/platform.ts';
import { hourMs } from '../core/durations.ts';
import { isKeyOf } from '../pki/key-match.ts';
import type { CrtFacts } from './expiry/crt-facts.ts';
import { CrtScanner } from './expiry/scanner.ts';
import type { CrtLook } from './plan/facts.ts';
import type { CrtObservation, CrtWatcher } from './watchlist.ts';

const keyBytesMax = 64 * 1024;
const keyFile = 'privkey.pem';

interface Known {
  readonly facts: CrtFacts;
  readonly observation: CrtObservation;
  keyLookedAtMs: number;
}

/** `expectKey`: directories we deploy to, where a missing key is a fault and not somebody's own arrangement. */
export function createCrtWatcher(
  files: Files,
  clock: Clock,
  expectKey: (crtPath: string) => boolean,
): CrtWatcher {
  const scanner = new CrtScanner({ files, clock });
  const known = new Map<string, Known>();

  function keyMatches(crtPath: string, spkiSha256: string): boolean | undefined {
    const path = `${crtPath.slice(0, crtPath.lastIndexOf('/') + 1)}${keyFile}`;
    try {
      const pem = files.read(path, keyBytesMax);
      if (pem === undefined) return expectKey(crtPath) ? false : undefined;
      return isKeyOf(pem, spkiSha256);
    } catch {
      // A key that we may not read says nothing about whether it fits.
      return undefined;
    }
  }

  function lookOf(crtPath: string, facts: CrtFacts): CrtLook {
    const { state, reason, leaf } = facts;
    if (state === 'missing') return { state: 'missing', reason };
    // A directory or a pipe where a file should be is no certificate that one could replace.
    if (state === 'unreadable' || state === 'not-a-file') return { state: 'unreadable', reason };
    if (state !== 'ok' || leaf === undefined) return { state: 'broken', reason };
    const { names, notBefore, notAfter, fingerprint256, keyType } = leaf;
    return {
      state: 'ok',
      certificate: { names, notBefore, notAfter, fingerprint256, keyType },
      keyMatches: keyMatches(crtPath, leaf.spkiSha256),
    };
  }

  return {
    observe(crtPath) {
      const nowMs = clock.now().getTime();
      const facts = scanner.look(crtPath);
      const before = known.get(crtPath);
      if (before !== undefined && before.facts === facts && nowMs - before.keyLookedAtMs < hourMs)
        return before.observation;
      const look = lookOf(crtPath, facts);
      const same = before !== undefined && sameLook(before.observation.look, look);
      const observation: CrtObservation = same
        ? before.observation
        : {
            look,
            ...(facts.leaf === undefined
              ? {}
              : { spkiSha256: facts.leaf.spkiSha256, serialHex: facts.leaf.serialHex }),
          };
      known.set(crtPath, { facts, observation, keyLookedAtMs: nowMs });
      return observation;
    },
    isThere(path) {
      try {
        return files.stat(path) !== undefined;
      } catch {
        // What may not be looked at is not missing for that.
        return true;
      }
    },
    keepOnly(paths) {
      scanner.retain(paths);
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
    },
  };
}

function sameLook(a: CrtLook, b: CrtLook): boolean {
  if (a.state === 'ok' && b.state === 'ok') {
    return a.certificate.fingerprint256 === b.certificate.fingerprint256 && a.keyMatches === b.keyMatches;
  }
  return a.state !== 'ok' && b.state !== 'ok' && a.state === b.state && a.reason === b.reason;
}
