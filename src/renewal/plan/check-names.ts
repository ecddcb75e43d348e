/** The names in the certificate against those in the inventory entry. Pure. */
import { missingNames } from '../../pki/names.ts';
import type { CurrentCertificate, DecisionFacts } from './facts.ts';
import { orderLookupNeeded, replacement, type Present, type Verdict } from './verdict.ts';

/** Names that the CA may have added by itself: `www.` beside a name, and the bare name beside its `www.` or wildcard. */
function isFreeAlternative(name: string, wanted: ReadonlySet<string>): boolean {
  return (
    (name.startsWith('www.') && wanted.has(name.slice(4))) ||
    wanted.has(`www.${name}`) ||
    wanted.has(`*.${name}`)
  );
}

/** None of its names is in the inventory entry. */
export function isForeign(current: CurrentCertificate, { managed }: DecisionFacts): boolean {
  const wanted = new Set(managed.names);
  return !current.names.some((name) => wanted.has(name) || isFreeAlternative(name, wanted));
}

export function checkDropped(
  { managed }: DecisionFacts,
  { certificate, moments }: Present,
  now: Date,
): Verdict | undefined {
  const wanted = new Set(managed.names);
  const dropped = missingNames(managed.names, certificate.names).filter(
    (name) => !isFreeAlternative(name, wanted),
  );
  if (dropped.length === 0 || managed.allowDroppingNames) return undefined;
  if (now.getTime() >= moments.emergencyAt.getTime()) return undefined;
  const sentence = `the inventory no longer has ${dropped.join(', ')}; some CAs revoke earlier certificates when a name is dropped, so say \`allowDroppingNames: true\` or put it back`;
  return { action: 'blocked', reason: 'names-dropped', sentence, until: moments.emergencyAt };
}

export function checkNames(facts: DecisionFacts, present: Present, now: Date): Verdict | undefined {
  const { managed } = facts;
  const dropped = checkDropped(facts, present, now);
  if (dropped !== undefined) return dropped;
  // By coverage, as verification judges: a CA may fold a name into the wildcard beside it.
  const added = missingNames(present.certificate.names, managed.names);
  if (added.length > 0) {
    const action = replacement(facts, now);
    const sentence = `the certificate lacks ${added.join(', ')}`;
    return orderLookupNeeded(facts, now) ?? { action, reason: 'names-added', sentence };
  }
  return undefined;
}
