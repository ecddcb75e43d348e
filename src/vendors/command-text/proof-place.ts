/**
 * Where a proof of control may lie: at a name of the certificate or above it, and at no owner that means something else
 * to others. The provider's instructions come from outside and are held against this before anybody publishes them.
 */
import type { Challenge } from '../../core/challenge.ts';

export interface ChallengeReading {
  readonly challenges: readonly Challenge[];
  /** Why instructions were left out, one sentence each; empty when all are fit to be published. */
  readonly refused: readonly string[];
}

/** One challenge, or the sentence why it must not be published. */
export type MadeChallenge<Kind extends Challenge['kind']> = Extract<Challenge, { kind: Kind }> | string;

/** Baseline Requirements 3.2.2.4.18. */
export const validationDirectory = '/.well-known/pki-validation/';

/** Labels that mean something else to others; a record there could hand out mail or certificates. */
const foreignLabels: ReadonlySet<string> = new Set(['_acme-challenge', '_dmarc', '_domainkey', '_mta-sts']);

/** Whether a validation record may lie at this owner. */
export function mayHoldProof(name: string): boolean {
  return isHostName(name) && !name.split('.').some((label) => foreignLabels.has(label));
}

/** A name of the certificate, its www or apex twin (free of charge), or a domain above one. */
export function isRelated(identifier: string, names: readonly string[]): boolean {
  const base = baseName(identifier);
  return (
    base.includes('.') &&
    names.some((name) => isWithin(baseName(name), base) || base === `www.${baseName(name)}`)
  );
}

export function isWithin(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`);
}

/** Lower case, without the wildcard and the dot at the end. */
export function baseName(name: string): string {
  return name.toLowerCase().replace(/^\*\./, '').replace(/\.$/, '');
}

/** One mailbox of usual form; it is only shown to people. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>",;:]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$/.test(text);
}

function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
}
