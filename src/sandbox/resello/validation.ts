/** What proves control of a name with the CA: records, files and mails as such CAs want them. */
import { createHash } from 'node:crypto';
import type { DcvRequirement, ParsedCsr } from '../contract.ts';
import { isWildcard, withoutWildcard } from '../vendor-kit/names.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import type { Plan } from './plans.ts';
import type { DcvMethod, ValidationItem, World } from './world.ts';

export interface DrawInput {
  readonly plan: Plan;
  readonly csr: ParsedCsr;
  readonly names: readonly string[];
  readonly method: DcvMethod;
  /** For EMAIL. */
  readonly address: string | undefined;
}

/** A file can show control of every name but a wildcard. */
export const provableByFile = (names: readonly string[]): boolean => !names.some(isWildcard);

/** Draws fresh evidence. DNS and mail prove `www.` and the wildcard at the domain below; a file only its own host. */
export function drawItems(world: World, input: DrawInput): ValidationItem[] {
  const domains =
    input.method === 'FILE' ? input.names : [...new Set(input.names.map(withoutWildcard).map(withoutWww))];
  const token = lowerAlphanumeric(world.random, 32);
  return domains.map((domain) => ({ domain, requirement: requirementFor(world, input, domain, token) }));
}

const withoutWww = (name: string): string =>
  name.startsWith('www.') && name.split('.').length > 2 ? name.slice(4) : name;

function requirementFor(world: World, input: DrawInput, domain: string, token: string): DcvRequirement {
  const { plan, csr, method, address } = input;
  const hash = (algorithm: string): string =>
    createHash(algorithm).update(csr.spkiSha256).update(token).digest('hex');
  switch (method) {
    case 'DNS': {
      if (plan.dns === 'TXT') {
        const recordName = world.options.txtOwner === 'apex' ? domain : `_dnsauth.${domain}`;
        return { kind: 'dns-txt', identifier: domain, recordName, value: token };
      }
      const digest = hash('sha256');
      return {
        kind: 'dns-cname',
        identifier: domain,
        recordName: `_${hash('md5')}.${domain}`,
        target: `${digest.slice(0, 32)}.${digest.slice(32)}.dcv.sandbox-ca.test`,
      };
    }
    case 'FILE': {
      const cname = plan.dns === 'CNAME';
      const file = cname ? `${hash('md5').toUpperCase()}.txt` : 'fileauth.txt';
      return {
        kind: 'http',
        identifier: domain,
        url: `http://${domain}/.well-known/pki-validation/${file}`,
        // The CAs that prove by CNAME want a file of several lines.
        content: cname ? `${hash('sha256')}\nsandbox-ca.test\n${token.slice(0, 10)}` : token,
      };
    }
    case 'EMAIL':
    default:
      return { kind: 'email', identifier: domain, address: address ?? '' };
  }
}
