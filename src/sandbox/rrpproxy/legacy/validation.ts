/** DCV of API 1: authmethod EMAIL, DNS or FILE, each CA in its own shape. */
import { createHash } from 'node:crypto';
import type { DcvRequirement } from '../../contract.ts';
import {
  APPROVER_MAILBOXES,
  baseDomain,
  isSameOrParent,
  isWildcard,
  withoutWildcard,
} from '../../vendor-kit/names.ts';
import { lowerAlphanumeric } from '../../vendor-kit/random.ts';
import type { RandomSource } from '../../vendor-kit/random.ts';
import { Refusal } from '../answers.ts';
import type { CertificateClass } from '../classes.ts';
import type { AuthMethod, LegacyValidation } from './model.ts';
import type { LegacyOptions } from './options.ts';

export interface LegacyValidationInput {
  readonly ca: CertificateClass['ca'];
  readonly csrPem: string;
  readonly names: readonly string[];
  readonly method: AuthMethod;
  /** By position in `names`. */
  readonly approvers: ReadonlyMap<number, string>;
  readonly txtPlace: LegacyOptions['legacyTxtPlace'];
}

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const DIRECTORY = '.well-known/pki-validation';

export function planLegacyValidation(input: LegacyValidationInput, random: RandomSource): LegacyValidation {
  switch (input.method) {
    case 'EMAIL':
      return byMail(input);
    case 'DNS':
      return input.ca === 'DigiCert' ? byTxt(input, random) : byCname(input, random);
    case 'FILE':
    default:
      return byFile(input, random);
  }
}

function byMail({ names, approvers }: LegacyValidationInput): LegacyValidation {
  const chosen = names.map((name, index) => approversOf(name, approvers.get(index)));
  return {
    method: 'EMAIL',
    approvers: chosen,
    dnsNames: [],
    requirements: names.map((name, index) => ({
      kind: 'email',
      identifier: name,
      address: chosen[index]?.[0] ?? `admin@${baseDomain(name)}`,
    })),
  };
}

/** None given or one the CA does not take: the mail goes to all five (page on SAN certificates). */
function approversOf(name: string, address: string | undefined): string[] {
  const all = APPROVER_MAILBOXES.map((mailbox) => `${mailbox}@${baseDomain(name)}`);
  if (address === undefined) return all;
  if (!MAIL.test(address)) throw new Refusal(505, `EMAIL ${address}`);
  const [mailbox = '', domain = ''] = address.toLowerCase().split('@');
  const known = APPROVER_MAILBOXES.some((candidate) => candidate === mailbox);
  return known && isSameOrParent(domain, name) ? [`${mailbox}@${domain}`] : all;
}

/** `www.example.com` is looked up at `example.com`; that "does not apply to other sub-domains". */
function txtOwner(name: string, place: LegacyOptions['legacyTxtPlace']): string {
  const bare = withoutWildcard(name);
  if (place === 'main-domain') return baseDomain(bare);
  return bare.startsWith('www.') && bare.split('.').length > 2 ? bare.slice(4) : bare;
}

/** One bare token for all names. */
function byTxt({ names, txtPlace }: LegacyValidationInput, random: RandomSource): LegacyValidation {
  const token = lowerAlphanumeric(random, 50);
  return {
    method: 'DNS',
    approvers: [],
    dnsNames: [token],
    requirements: names.map((name) => ({
      kind: 'dns-txt',
      identifier: name,
      recordName: txtOwner(name, txtPlace),
      value: token,
    })),
  };
}

interface Digests {
  readonly md5: string;
  readonly sha256: string;
  readonly random: string;
}

function digestsOf(csrPem: string, random: RandomSource): Digests {
  const der = Buffer.from(csrPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return {
    md5: createHash('md5').update(der).digest('hex'),
    sha256: createHash('sha256').update(der).digest('hex'),
    random: lowerAlphanumeric(random, 20),
  };
}

/** One whole record for each host, two blanks between its fields. */
function byCname({ names, csrPem }: LegacyValidationInput, random: RandomSource): LegacyValidation {
  const { md5, sha256, random: drawn } = digestsOf(csrPem, random);
  const target = `${sha256.slice(0, 32)}.${sha256.slice(32)}.${drawn}.comodoca.com`;
  const owner = (name: string): string => `_${md5}.${withoutWildcard(name)}`;
  return {
    method: 'DNS',
    approvers: [],
    dnsNames: [...new Set(names.map((name) => `${owner(name)}.  CNAME  ${target}.`))],
    requirements: names.map((name) => ({
      kind: 'dns-cname',
      identifier: name,
      recordName: owner(name),
      target,
    })),
  };
}

function byFile({ ca, names, csrPem }: LegacyValidationInput, random: RandomSource): LegacyValidation {
  if (names.some(isWildcard)) throw new Refusal(541, 'wildcard domains cannot be validated by file');
  const { md5, sha256, random: drawn } = digestsOf(csrPem, random);
  const digicert = ca === 'DigiCert';
  const file = digicert
    ? { name: `${DIRECTORY}/fileauth.txt`, lines: [lowerAlphanumeric(random, 20)] }
    : { name: `${md5.toUpperCase()}.txt`, lines: [sha256, 'comodoca.com', drawn] };
  const path = digicert ? file.name : `${DIRECTORY}/${file.name}`;
  return {
    method: 'FILE',
    approvers: [],
    dnsNames: [],
    file,
    // The pages put one file at the main domain; since December 2021 a file proves its own host only.
    requirements: names.map((name): DcvRequirement => ({
      kind: 'http',
      identifier: name,
      url: `http://${name}/${path}`,
      content: file.lines.join('\n'),
    })),
  };
}
