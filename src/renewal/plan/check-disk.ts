/** What is on disk: no CRT file, a broken or another one, the wrong key, or not the newest. Pure. */
import { isForeign } from './check-names.ts';
import type { DecisionFacts } from './facts.ts';
import { currentOf, orderLookupNeeded, replacement, type Verdict } from './verdict.ts';

export function checkFile(facts: DecisionFacts, now: Date): Verdict | undefined {
  const { crt, managed } = facts;
  if (crt.state === 'unreadable') {
    return { action: 'blocked', reason: 'crt-unreadable', sentence: crt.reason, until: null };
  }
  const usableUntil = facts.deployable?.notAfter;
  const redeploy = usableUntil !== undefined && usableUntil.getTime() > now.getTime();
  if (crt.state !== 'ok') {
    const reason = crt.state === 'missing' ? 'crt-missing' : 'crt-broken';
    if (redeploy) {
      const sentence = `${crt.reason}; the issued certificate is at hand and is deployed again`;
      return { action: 'deploy', reason, sentence, until: usableUntil };
    }
    const unknown = orderLookupNeeded(facts);
    if (unknown !== undefined && crt.state !== 'missing') return unknown;
    return { action: replacement(facts, now), reason, sentence: crt.reason };
  }
  if (isForeign(crt.certificate, facts)) {
    const sentence = `${managed.crt} is for ${crt.certificate.names.slice(0, 3).join(', ')}, none of which is in the inventory entry`;
    return { action: 'blocked', reason: 'crt-foreign', sentence, until: null };
  }
  if (crt.keyMatches === false) {
    const sentence = `the private key beside ${managed.crt} is missing or belongs to another certificate`;
    return redeploy
      ? { action: 'deploy', reason: 'key-mismatch', sentence, until: usableUntil }
      : (orderLookupNeeded(facts) ?? { action: replacement(facts, now), reason: 'key-mismatch', sentence });
  }
  return undefined;
}

export function checkKeyType(facts: DecisionFacts, now: Date): Verdict | undefined {
  const current = currentOf(facts);
  if (current === undefined || current.keyType === facts.managed.key.type) return undefined;
  const sentence = `the key is ${current.keyType}, the inventory wants ${facts.managed.key.type}`;
  return (
    orderLookupNeeded(facts) ?? { action: replacement(facts, now), reason: 'key-type-changed', sentence }
  );
}

export function checkDisk(facts: DecisionFacts): Verdict | undefined {
  const current = currentOf(facts);
  if (current === undefined) return undefined;
  const { deployable, driftedTargets, record } = facts;
  const newer =
    deployable !== undefined &&
    deployable.fingerprint256 !== current.fingerprint256 &&
    deployable.notAfter.getTime() > current.notAfter.getTime();
  const sameAsIssued = deployable?.fingerprint256 === current.fingerprint256;
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
