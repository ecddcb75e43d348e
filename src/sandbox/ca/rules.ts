import type { CaOrderRequest, DcvRequirement, ParsedCsr } from '../contract.ts';

/**
 * What the CA refuses before it looks at any evidence. The rules are those of public CAs where a buyer can trip over
 * them (CA/Browser Forum Baseline Requirements §3.2.2.4, §6.1.5, §7.1.4.2), so that a mistake shows in the sandbox
 * and not at the first paid order.
 */

/** Why the CA does not take a request; the message is a sentence for people. */
export class SandboxCaRefusal extends Error {
  override readonly name = 'SandboxCaRefusal';
}

const NAMES_MAX = 250;

export function checkKey(csr: ParsedCsr): void {
  if (!csr.signatureValid) {
    throw new SandboxCaRefusal(
      'The signature of the certificate request is wrong: it was not signed by its own key.',
    );
  }
  if (csr.keyAlgorithm === 'RSA' && (csr.keySize < 2048 || csr.keySize > 4096)) {
    throw new SandboxCaRefusal(`The RSA key has ${csr.keySize} bits; 2048 to 4096 would be right.`);
  }
  if (csr.keyAlgorithm === 'EC' && csr.curve !== 'P-256' && csr.curve !== 'P-384') {
    throw new SandboxCaRefusal(`The EC key is on curve ${csr.curve ?? '?'}; P-256 or P-384 would be right.`);
  }
}

export function checkNames(names: readonly string[], csr: ParsedCsr): void {
  if (names.length === 0) throw new SandboxCaRefusal('There is no name to put into the certificate.');
  if (names.length > NAMES_MAX) {
    throw new SandboxCaRefusal(`There are ${names.length} names; ${NAMES_MAX} at most would be right.`);
  }
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem !== undefined) throw new SandboxCaRefusal(`The name "${name}" ${problem}.`);
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new SandboxCaRefusal(`The name "${repeated}" is there twice.`);
  const commonName = csr.commonName.toLowerCase();
  if (commonName !== '' && !names.includes(commonName)) {
    throw new SandboxCaRefusal(
      `The request's common name "${commonName}" is none of the names of the order (${names.join(', ')}).`,
    );
  }
}

/** RFC 1034 §3.5 host names in A-label form, at least two labels, a wildcard only as the whole first label. */
function nameProblem(name: string): string | undefined {
  if (name !== name.toLowerCase()) return 'has upper-case letters; lower case would be right';
  if (name.endsWith('.')) return 'ends with a dot; without it would be right';
  const host = withoutWildcard(name);
  if (host.includes('*')) return 'has a "*" elsewhere than as its whole first label';
  if (host.length > 253) return 'is longer than 253 characters';
  const labels = host.split('.');
  if (labels.length < 2) return 'has only one label; a public name has two at least';
  const bad = labels.find((label) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  if (bad !== undefined) {
    return `has the label "${bad}"; letters a-z, digits and inner hyphens, 63 at most, would be right`;
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'looks like an IP address; a DNS name would be right';
  return undefined;
}

/** `alreadyValidated` tells whether a name's last validation is still young enough to be used again. */
export function checkRequirements(
  request: CaOrderRequest,
  alreadyValidated: (name: string) => boolean,
): void {
  for (const requirement of request.requirements) {
    if (requirement.kind === 'http') checkHttp(requirement);
    if (!request.names.some((name) => covers(requirement, name))) {
      throw new SandboxCaRefusal(
        `There is a ${requirement.kind} requirement for "${requirement.identifier}", which proves none of the names ${request.names.join(', ')}.`,
      );
    }
  }
  for (const name of request.names) {
    if (!request.requirements.some((requirement) => covers(requirement, name)) && !alreadyValidated(name)) {
      throw new SandboxCaRefusal(
        `Nothing would prove control of "${name}": no requirement is for it (a file proves exactly its own host, and never a wildcard), and it was not validated lately.`,
      );
    }
  }
}

/** Baseline Requirements §3.2.2.4.18: a file proves exactly the host it lies on, and never a wildcard. */
function checkHttp(requirement: DcvRequirement & { kind: 'http' }): void {
  if (requirement.identifier.startsWith('*.')) {
    throw new SandboxCaRefusal(
      `The wildcard "${requirement.identifier}" cannot be proved by a file; DNS would be right.`,
    );
  }
  const url = URL.canParse(requirement.url) ? new URL(requirement.url) : undefined;
  if (url?.hostname !== requirement.identifier) {
    throw new SandboxCaRefusal(
      `The file for "${requirement.identifier}" is asked for at "${requirement.url}"; a URL on that host would be right.`,
    );
  }
}

/** DNS and mail to a domain prove the names below it too (Baseline Requirements §1.6.1, Authorization Domain Name). */
export function covers(requirement: DcvRequirement, name: string): boolean {
  if (requirement.kind === 'http') return name === requirement.identifier;
  const proved = withoutWildcard(requirement.identifier);
  const wanted = withoutWildcard(name);
  return wanted === proved || wanted.endsWith(`.${proved}`);
}

export const withoutWildcard = (name: string): string => (name.startsWith('*.') ? name.slice(2) : name);
