/** What the servers show: valid, of the CA, for the names that were ordered; renewed in time. */
import { createHash, X509Certificate } from 'node:crypto';
import type { ManagedCertificate } from '../../src/core/certificate.ts';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { Served } from './servers.ts';
import type { Promised } from './settings.ts';
import type { WatchParts } from './watch.ts';

export interface ServedWatch {
  readonly excused: number;
  /** After every event. */
  look(): void;
  /** After a pass, with the certificates that have an open renewal, and until when a person's work held each up. */
  checkBegun(open: ReadonlySet<string>, releasedAtMs: ReadonlyMap<string, number>): void;
  /** Half of the lead of what is served has passed. */
  isPressing(certificate: string): boolean;
  servesOf(managed: ManagedCertificate): readonly (Served | undefined)[];
}

/** Whoever had so long without any trouble, within the lead, has no excuse for a certificate that ran out. */
const enoughMs = 12 * hourMs;

/** README, "How it decides": a third of the lifetime, half under ten days, 1 to 30 days. Not read from the code. */
function leadOf({ leadMs }: ManagedCertificate, { notBefore, notAfter }: Served): number {
  const lifetimeMs = notAfter.getTime() - notBefore.getTime();
  if (lifetimeMs < 10 * dayMs) return leadMs ?? lifetimeMs / 2;
  return leadMs ?? Math.min(Math.max(lifetimeMs / 3, dayMs), 30 * dayMs);
}

export function createServedWatch(
  parts: WatchParts,
  violate: (promised: Promised, text: string, about?: string) => void,
  /** Names of the order with this key, undefined when there was none. */
  namesOf: (spkiSha256: string) => readonly string[] | undefined,
): ServedWatch {
  const { timeline, journal, market, servers } = parts;
  const issuer = new X509Certificate(market.ca.intermediatePem);
  const bornMs = timeline.nowMs;
  const excused = new Set<string>();
  let nextExpiryMs = 0;

  servers.changed = (serverName, { leaf, notBefore, notAfter, names }) => {
    nextExpiryMs = 0;
    const nowMs = timeline.nowMs;
    const spki = leaf.publicKey.export({ type: 'spki', format: 'der' });
    const ordered = namesOf(createHash('sha256').update(spki).digest('hex'));
    const missing = ordered?.filter((name) => !names.includes(name)) ?? [];
    if (missing.length > 0)
      violate('bad-served', `${serverName} serves no ${missing.join(', ')}`, serverName);
    if (ordered === undefined && notBefore.getTime() > bornMs)
      violate('bad-served', `${serverName} serves a key that was never ordered`, serverName);
    if (!leaf.verify(issuer.publicKey))
      violate('bad-served', `${serverName} serves what the CA did not sign`, serverName);
    if (nowMs < notBefore.getTime() || nowMs >= notAfter.getTime())
      violate('bad-served', `${serverName} begins to serve what is not valid`, serverName);
  };

  const servesOf = ({ deploy }: ManagedCertificate): readonly (Served | undefined)[] =>
    deploy.map(({ probe }) => servers.serving.get(probe[0]?.serverName ?? ''));

  function ended(managed: ManagedCertificate, served: Served): void {
    if (excused.has(served.fingerprint256)) return;
    excused.add(served.fingerprint256);
    const endMs = served.notAfter.getTime();
    const leadMs = leadOf(managed, served);
    const calmMs = parts.longestCalmMs(managed, endMs - leadMs, endMs);
    if (calmMs < enoughMs) {
      journal.note('excused', managed.name, served.serial);
      return;
    }
    const [days, hours] = [Math.round(leadMs / dayMs), Math.round(calmMs / hourMs)];
    const until = served.notAfter.toISOString();
    violate(
      'expired',
      `${managed.name} is served until ${until}; lead ${days} d, ${hours} h of calm at once`,
      managed.name,
    );
  }

  return {
    get excused() {
      return excused.size;
    },
    servesOf,
    look() {
      if (timeline.nowMs < nextExpiryMs) return;
      nextExpiryMs = Number.POSITIVE_INFINITY;
      for (const managed of parts.inventory())
        for (const served of servesOf(managed)) {
          if (served === undefined) continue;
          const endMs = served.notAfter.getTime();
          if (timeline.nowMs < endMs) nextExpiryMs = Math.min(nextExpiryMs, endMs);
          else ended(managed, served);
        }
    },
    checkBegun(open, releasedAtMs) {
      for (const managed of parts.inventory()) {
        if (managed.hold || open.has(managed.name)) continue;
        for (const served of servesOf(managed)) {
          if (served === undefined) continue;
          const [endMs, leadMs] = [served.notAfter.getTime(), leadOf(managed, served)];
          if (endMs - timeline.nowMs > leadMs / 3) continue;
          const fromMs = Math.max(endMs - leadMs, bornMs, releasedAtMs.get(managed.name) ?? 0);
          if (parts.longestCalmMs(managed, fromMs, timeline.nowMs) < enoughMs) continue;
          const left = Math.round((endMs - timeline.nowMs) / hourMs);
          violate('late', `${managed.name} has ${left} h left and nothing was begun`, managed.name);
        }
      }
    },
    isPressing(certificate) {
      const managed = parts.inventory().find(({ name }) => name === certificate);
      // What was never served cannot run out: it waits for the next month.
      return (managed === undefined ? [] : servesOf(managed)).some(
        (served) =>
          managed !== undefined &&
          served !== undefined &&
          served.notAfter.getTime() - timeline.nowMs < leadOf(managed, served) / 2,
      );
    },
  };
}
