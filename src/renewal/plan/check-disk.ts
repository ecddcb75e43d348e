/** What is on disk: no CRT file, a broken or another one, the wrong key, or not the newest. Pure. */
import { isForeign } from './check-names.ts';
import type { DecisionFacts, UnusableCrt } from './facts.ts';
import { orderLookupNeeded, replacement, type Present, type Verdict } from './verdict.ts';

/** Until when the newest issued certificate can be deployed again; undefined: it cannot. */
function redeployableUntil({ deployable }: DecisionFacts, now: Date): Date | undefined {
  return deployable !== undefined && deployable.notAfter > now ? deployable.notAfter : undefined;
}

/** There is no certificate at the place of the CRT file, or none that can be read. */
export function replaceUnusable(facts: DecisionFacts, crt: UnusableCrt, now: Date): Verdict {
  if (crt.state === 'unreadable') {
    return { action: 'blocked', reason: 'crt-unreadable', sentence: crt.reason, until: null };
  }
  const reason = crt.state === 'missing' ? 'crt-missing' : 'crt-broken';
  const until = redeployableUntil(facts, now);
  if (until !== undefined) {
    const sentence = `${crt.reason}; the issued certificate is at hand and is deployed again`;
    return { action: 'deploy', reason, sentence, until };
  }
  const unknown = orderLookupNeeded(facts, now);
  if (unknown !== undefined && crt.state !== 'missing') return unknown;
  return { action: replacement(facts, now), reason, sentence: crt.reason };
}

/** Somebody else's certificate, or the wrong key beside it. */
export function checkFile(
  facts: DecisionFacts,
  { certificate, keyMatches }: Present,
  now: Date,
): Verdict | undefined {
  const { managed } = facts;
  if (isForeign(certificate, facts)) {
    const sentence = `${managed.crt} is for ${certificate.names.slice(0, 3).join(', ')}, none of which is in the inventory entry`;
    return { action: 'blocked', reason: 'crt-foreign', sentence, until: null };
  }
  if (keyMatches === false) {
    const sentence = `the private key beside ${managed.crt} is missing or belongs to another certificate`;
    const until = redeployableUntil(facts, now);
    return until !== undefined
      ? { action: 'deploy', reason: 'key-mismatch', sentence, until }
      : (orderLookupNeeded(facts, now) ?? {
          action: replacement(facts, now),
          reason: 'key-mismatch',
          sentence,
        });
  }
  return undefined;
}

export function checkKeyType(facts: DecisionFacts, { certificate }: Present, now: Date): Verdict | undefined {
  if (certificate.keyType === facts.managed.key.type) return undefined;
  const sentence = `the key is ${certificate.keyType}, the inventory wants ${facts.managed.key.type}`;
  return (
    orderLookupNeeded(facts, now) ?? { action: replacement(facts, now), reason: 'key-type-changed', sentence }
  );
}

export function checkDisk(facts: DecisionFacts, { certificate }: Present): Verdict | undefined {
  const { deployable, driftedTargets, record } = facts;
  const newer =
    deployable !== undefined &&
    deployable.fingerprint256 !== certificate.fingerprint256 &&
    deployable.notAfter.getTime() > certificate.notAfter.getTime();
  const sameAsIssued = deployable?.fingerprint256 === certificate.fingerprint256;
  if (newer || (sameAsIssued && driftedTargets.length > 0)) {
    const where = newer ? facts.managed.crt : driftedTargets.join(', ');
    return {
      action: 'deploy',
      reason: 'disk-drift',
      sentence: `${where} does not hold the newest issued certificate`,
    };
  }
  if (sameAsIssued && record?.servedMatches === false) {
    return {
      action: 'deploy',
      reason: 'not-served',
      sentence: 'an endpoint does not serve the certificate on disk',
    };
  }
  return undefined;
}
