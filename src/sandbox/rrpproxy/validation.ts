/** DCV data: what the customer is told to put where, and what the CA will look for. */
import { createHash } from 'node:crypto';
import {
  APPROVER_MAILBOXES,
  baseDomain,
  isSameOrParent,
  isWildcard,
  normaliseName,
  withoutWildcard,
} from '../vendor-kit/names.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { Refusal } from './answers.ts';
import { supportsMethod } from './classes.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { RrpproxyOptions } from './options.ts';
import type { NameValidation } from './world.ts';

export interface ValidationInput {
  readonly cls: CertificateClass;
  readonly csrPem: string;
  readonly names: readonly string[];
  /** The names asked for; alternatives follow the name they belong to. */
  readonly asked: readonly string[];
  readonly method: DcvMethod;
  readonly scope: 'base' | 'fqdn' | undefined;
  /** By position in `asked`. */
  readonly emails: ReadonlyMap<number, string>;
  readonly dcvDomains: readonly string[];
  /** From CheckCertificate; otherwise a new one is drawn. */
  readonly token: string | undefined;
}

export function planValidation(
  input: ValidationInput,
  random: RandomSource,
  options: RrpproxyOptions,
): NameValidation[] {
  const { cls, method, names, asked } = input;
  if (!supportsMethod(cls, method)) throw new Refusal(541, `${cls.id} has no ${method} validation`);
  if ((method === 'http' || method === 'https') && names.some(isWildcard)) {
    throw new Refusal(541, 'wildcard domains cannot be validated by file');
  }
  if (input.dcvDomains.length > 0 && input.dcvDomains.length !== asked.length) {
    throw new Refusal(504, 'DCVDOMAIN for every domain');
  }
  const token = input.token ?? lowerAlphanumeric(random, 32);
  const digests = {
    md5: createHash('md5').update(input.csrPem).digest('hex'),
    sha256: createHash('sha256').update(input.csrPem).digest('hex'),
    random: lowerAlphanumeric(random, 20),
  };

  return names.map((name): NameValidation => {
    const owner = owningIndex(name, asked);
    const chosen = input.dcvDomains[owner];
    const dcvDomain =
      chosen === undefined ? defaultDomain(name, input.scope, options) : checkedDomain(chosen, name);
    const scope =
      input.scope ?? (dcvDomain === baseDomain(name) && options.defaultDcvScope === 'base' ? 'base' : 'fqdn');
    // An alternative has a CNAME of its own unless the place was chosen.
    const host = chosen === undefined && input.scope !== 'base' ? withoutWildcard(name) : dcvDomain;
    const common = { name, dcvDomain, scope };
    switch (method) {
      case 'email': {
        const email = approver(input.emails.get(owner), name, dcvDomain);
        return { ...common, email, requirement: { kind: 'email', identifier: name, address: email } };
      }
      case 'dns-txt':
        return {
          ...common,
          dnsRecord: `@ 3600 IN TXT ${token}`,
          bareToken: token,
          requirement: { kind: 'dns-txt', identifier: name, recordName: dcvDomain, value: token },
        };
      case 'dns-cname': {
        const [recordName, target] =
          cls.ca === 'DigiCert'
            ? [`${token}.${host}`, 'dcv.digicert.com']
            : [
                `_${digests.md5}.${host}`,
                `${digests.sha256.slice(0, 32)}.${digests.sha256.slice(32)}.${digests.random}.comodoca.com`,
              ];
        return {
          ...common,
          dnsRecord: `${recordName}. IN CNAME ${target}`,
          requirement: { kind: 'dns-cname', identifier: name, recordName, target },
        };
      }
      case 'http':
      case 'https':
      default: {
        const file =
          cls.ca === 'DigiCert'
            ? { name: 'fileauth.txt', lines: [token] }
            : {
                name: `${digests.md5.toUpperCase()}.txt`,
                lines: [digests.sha256, 'comodoca.com', digests.random],
              };
        // A file proves its own host only since December 2021 (Baseline Requirements 3.2.2.4.18), so every name has
        // its own; the manual's example from before still shows one for domain and www.
        const path = `${name}/.well-known/pki-validation/${file.name}`;
        const scheme = options.fileNameScheme === 'https' ? 'https' : method;
        return {
          ...common,
          dcvDomain: name,
          scope: 'fqdn',
          fileName: `${scheme}://${path}`,
          fileContents: file.lines.join(' '),
          // The sandbox has no TLS; a CA takes the file from port 80 as well.
          requirement: {
            kind: 'http',
            identifier: name,
            url: `http://${path}`,
            content: file.lines.join('\n'),
          },
        };
      }
    }
  });
}

/** Position in the list asked for of the name this one is, or is the alternative of. */
function owningIndex(name: string, asked: readonly string[]): number {
  const exact = asked.indexOf(name);
  if (exact >= 0) return exact;
  const bare = name.replace(/^www\./, '');
  const related = asked.findIndex((candidate) => candidate.replace(/^(www|\*)\./, '') === bare);
  return Math.max(related, 0);
}

function defaultDomain(name: string, scope: 'base' | 'fqdn' | undefined, options: RrpproxyOptions): string {
  const bare = withoutWildcard(name);
  if ((scope ?? options.defaultDcvScope) === 'base') return baseDomain(bare);
  // Without an explicit wish `www.` is checked at the domain below it.
  return scope === undefined && bare.startsWith('www.') && bare.split('.').length > 2 ? bare.slice(4) : bare;
}

function checkedDomain(text: string, name: string): string {
  const domain = normaliseName(text);
  if (domain === undefined) throw new Refusal(505, `DCVDOMAIN ${text}`);
  if (isSameOrParent(domain, name) || domain === `www.${name}`) return domain;
  throw new Refusal(541, `DCVDOMAIN ${text} does not belong to ${name}`);
}

function approver(address: string | undefined, name: string, dcvDomain: string): string {
  if (address === undefined) return `hostmaster@${dcvDomain}`;
  const [mailbox = '', domain = ''] = address.toLowerCase().split('@');
  const known = APPROVER_MAILBOXES.some((candidate) => candidate === mailbox);
  const related = isSameOrParent(domain, name) || isSameOrParent(name.replace(/^(www|\*)\./, ''), domain);
  if (!known || !related) throw new Refusal(541, `DCVEMAIL ${address}`);
  return `${mailbox}@${domain}`;
}

/** `dns rr` in the form the options ask for. */
export function dnsRecordText(validation: NameValidation, index: number, options: RrpproxyOptions): string {
  const bare =
    options.dnsRecordForm === 'bare' || (options.dnsRecordForm === 'bare-first' && index === 0)
      ? validation.bareToken
      : undefined;
  return bare ?? validation.dnsRecord ?? '';
}
