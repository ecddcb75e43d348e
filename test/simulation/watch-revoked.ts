/** Revoked certificates and lost keys: replaced with a fresh key in time, and revoked once, not before that. */
import { createHash, type X509Certificate } from 'node:crypto';
import type { ManagedCertificate } from '../../src/core/certificate.ts';
import { dayMs, hourMs, minuteMs } from '../../src/core/durations.ts';
import type { Compromise } from '../../src/renewal/compromise.ts';
import { listDelayMs, looksEveryMs } from './revocation-list.ts';
import type { Served } from './servers.ts';
import type { Promised } from './settings.ts';
import type { WatchParts } from './watch.ts';

export interface RevokedWatch {
  /** The CA does so by itself. */
  byCa(serial: string): void;
  /** A person said so. */
  lost(compromise: Compromise): void;
  /** An order arrives with this key. */
  ordered(spkiSha256: string): void;
  begins(serverName: string, served: Served): void;
  /** After a pass. */
  check(): void;
  /** What it serves is to be replaced at once. */
  isPressing(certificate: string): boolean;
}

/** Passes come every 20 to 30 hours. */
const passMsMax = 30 * hourMs;
/** Until it is replaced, and again until it is revoked; over that, whoever had so long without any trouble has no excuse. */
const graceMs = 4 * dayMs;
const enoughMs = 12 * hourMs;
/** What was under way when the word came, goes on so long. */
const underWayMs = 10 * minuteMs;

interface Loss {
  readonly certificate: string;
  readonly atMs: number;
  readonly serials: readonly string[];
  /** When it was first seen that nobody serves it any more. */
  goneAtMs: number | undefined;
}

export function createRevokedWatch(
  parts: WatchParts,
  violate: (promised: Promised, text: string, about?: string) => void,
  releasedAtMs: ReadonlyMap<string, number>,
): RevokedWatch {
  const { timeline, market, servers } = parts;
  const byCa = new Set<string>();
  const losses = new Map<string, Loss>();
  const lostSerials = new Set<string>();
  const spkis = new WeakMap<X509Certificate, string>();

  function spkiOf({ leaf }: Served): string {
    const known = spkis.get(leaf);
    if (known !== undefined) return known;
    const der = leaf.publicKey.export({ type: 'spki', format: 'der' });
    const spki = createHash('sha256').update(der).digest('hex');
    spkis.set(leaf, spki);
    return spki;
  }

  const servedBy = ({ deploy }: ManagedCertificate): readonly Served[] =>
    deploy.flatMap(({ probe }) => servers.serving.get(probe[0]?.serverName ?? '') ?? []);

  market.revoking = (serial) => {
    if (byCa.has(serial)) return;
    const isAgain = market.revokedAtMs.has(serial);
    if (isAgain && lostSerials.has(serial)) violate('revoked-wrongly', `${serial} is revoked again`);
    for (const managed of parts.inventory()) {
      // Where a reissue makes the certificate before it invalid, nobody asks renewd.
      if (managed.provider === 'rs' || !servedBy(managed).some((served) => served.serial === serial))
        continue;
      violate('revoked-wrongly', `${managed.name}: ${serial} is revoked while it is served`, managed.name);
    }
  };

  function isOverdue(managed: ManagedCertificate, since: number): boolean {
    const fromMs = Math.max(since, releasedAtMs.get(managed.name) ?? 0);
    if (managed.hold || timeline.nowMs < fromMs + graceMs) return false;
    return parts.longestCalmMs(managed, fromMs, timeline.nowMs) >= enoughMs;
  }

  function checkServed(managed: ManagedCertificate, served: Served): void {
    const { name } = managed;
    const revokedAtMs = market.revokedAtMs.get(served.serial);
    if (revokedAtMs !== undefined && isOverdue(managed, revokedAtMs + listDelayMs + looksEveryMs + passMsMax))
      violate('revoked-served', `${name} is served, revoked ${new Date(revokedAtMs).toISOString()}`, name);
    const loss = losses.get(spkiOf(served));
    if (loss !== undefined && isOverdue(managed, loss.atMs + passMsMax))
      violate('lost-key', `${name} is served with a key lost ${new Date(loss.atMs).toISOString()}`, name);
  }

  function checkRevoked(loss: Loss, inUse: boolean): void {
    const { certificate, serials } = loss;
    loss.goneAtMs = inUse ? undefined : (loss.goneAtMs ?? timeline.nowMs);
    const managed = parts.inventory().find(({ name }) => name === certificate);
    if (managed === undefined || loss.goneAtMs === undefined) return;
    const left = serials.filter((serial) => !market.revokedAtMs.has(serial));
    if (left.length > 0 && isOverdue(managed, loss.goneAtMs + passMsMax))
      violate('not-revoked', `${certificate}: ${left.join(', ')} of a lost key`, certificate);
  }

  return {
    byCa: (serial) => void byCa.add(serial),
    lost({ keys, due }) {
      for (const { spkiSha256, certificate, at } of keys) {
        const serials = due
          .filter((row) => row.spkiSha256 === spkiSha256)
          .map(({ serialHex }) => serialHex.toUpperCase());
        for (const serial of serials) lostSerials.add(serial);
        losses.set(spkiSha256, { certificate, atMs: at.getTime(), serials, goneAtMs: undefined });
      }
    },
    ordered(spkiSha256) {
      const loss = losses.get(spkiSha256);
      if (loss !== undefined && timeline.nowMs > loss.atMs + underWayMs)
        violate('lost-key', `${loss.certificate}: an order comes with a lost key`, loss.certificate);
    },
    begins(serverName, served) {
      const loss = losses.get(spkiOf(served));
      if (loss !== undefined && served.notBefore.getTime() > loss.atMs + underWayMs)
        violate('lost-key', `${serverName} begins to serve a lost key anew`, serverName);
    },
    check() {
      const inUse = new Set<string>();
      for (const managed of parts.inventory())
        for (const served of servedBy(managed)) {
          inUse.add(spkiOf(served));
          checkServed(managed, served);
        }
      for (const [spki, loss] of losses) checkRevoked(loss, inUse.has(spki));
    },
    isPressing(certificate) {
      const managed = parts.inventory().find(({ name }) => name === certificate);
      return (managed === undefined ? [] : servedBy(managed)).some(
        (served) => market.revokedAtMs.has(served.serial) || losses.has(spkiOf(served)),
      );
    },
  };
}
