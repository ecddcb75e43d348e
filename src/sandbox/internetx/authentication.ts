/** DCV data of this API: a whole zone line in one string, a file, or mailboxes. */
import { createHash } from 'node:crypto';
import type { DcvRequirement, ParsedCsr } from '../contract.ts';
import {
  APPROVER_MAILBOXES,
  baseDomain,
  isSameOrParent,
  isWildcard,
  withoutWildcard,
} from '../vendor-kit/names.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import { compactTime } from './dates.ts';
import { isInManagedZone } from './dns-zones.ts';
import type { JsonObject } from './envelope.ts';
import type { Product } from './products.ts';
import type { Authentication, AuthenticationItem, AuthMethod, World } from './world.ts';

export interface AuthenticationInput {
  readonly csr: ParsedCsr;
  readonly csrPem: string;
  readonly product: Product;
  readonly name: string;
  /** Names beyond the first that were asked for. */
  readonly alternativeNames: readonly string[];
  readonly scope: 'FQDN' | 'BASEDOMAIN' | undefined;
}

const TOKEN_LENGTH = 64;

/** 64 characters that begin with the time they were drawn at, so the same order prepared twice differs. */
function drawToken(world: World): string {
  const time = compactTime(world.clock.now());
  return time + lowerAlphanumeric(world.random, TOKEN_LENGTH - time.length);
}

/** Where control over a name is looked for: `www.` and the wildcard belong to the domain below. */
function authenticationDomain(name: string, scope: AuthenticationInput['scope']): string {
  const bare = withoutWildcard(name);
  if (scope === 'BASEDOMAIN') return baseDomain(bare);
  if (scope === 'FQDN') return bare;
  return bare.startsWith('www.') && bare.split('.').length > 2 ? bare.slice(4) : bare;
}

export function draw(world: World, method: AuthMethod, input: AuthenticationInput): Authentication {
  const names = [input.name, ...input.alternativeNames];
  const token = drawToken(world);
  const hashes = {
    md5: createHash('md5').update(input.csrPem).digest('hex'),
    sha256: createHash('sha256').update(input.csrPem).digest('hex'),
    random: lowerAlphanumeric(world.random, 20),
  };
  const item = (name: string): AuthenticationItem => {
    const domain = authenticationDomain(name, input.scope);
    switch (method) {
      case 'DNS': {
        if (input.product.ca === 'DigiCert') {
          const owner = world.options.dnsOwner === 'apex' ? domain : `_dnsauth.${domain}`;
          return {
            name,
            dns: `${owner}.\t\t300\tIN\tTXT\t"${token}"`,
            requirement: { kind: 'dns-txt', identifier: domain, recordName: owner, value: token },
          };
        }
        const recordName = `_${hashes.md5}.${domain}`;
        const target = `${hashes.sha256.slice(0, 32)}.${hashes.sha256.slice(32)}.${hashes.random}.comodoca.com`;
        return {
          name,
          dns: `${recordName}.\t\t300\tIN\tCNAME\t${target}.`,
          requirement: { kind: 'dns-cname', identifier: domain, recordName, target },
        };
      }
      case 'FILE': {
        // A file proves the very host it lies on.
        const path = `${name}/.well-known/pki-validation/fileauth.txt`;
        return {
          name,
          fileName: world.options.fileForm === 'url' ? `http://${path}` : path,
          fileContent: token,
          requirement: { kind: 'http', identifier: name, url: `http://${path}`, content: token },
        };
      }
      case 'EMAIL':
      default: {
        const approverEmails = APPROVER_MAILBOXES.map((mailbox) => `${mailbox}@${domain}`);
        return {
          name,
          approverEmails,
          requirement: { kind: 'email', identifier: domain, address: approverEmails[0] ?? '' },
        };
      }
    }
  };
  return { method, provisioning: false, items: names.map(item) };
}

/** The methods on offer: no file proves a wildcard. */
export function offeredMethods(input: AuthenticationInput): AuthMethod[] {
  const wildcard = [input.name, ...input.alternativeNames].some(isWildcard);
  return wildcard ? ['EMAIL', 'DNS'] : ['EMAIL', 'DNS', 'FILE'];
}

/** The approver somebody chose; undefined when the CA would not write to it. */
export function withApprover(authentication: Authentication, address: string): Authentication | undefined {
  const [mailbox = '', domain = ''] = address.toLowerCase().split('@');
  if (!APPROVER_MAILBOXES.some((known) => known === mailbox)) return undefined;
  const items = authentication.items.flatMap((item): AuthenticationItem[] => {
    const { requirement } = item;
    if (!isSameOrParent(domain, requirement.identifier)) return [];
    const chosen: DcvRequirement = { kind: 'email', identifier: requirement.identifier, address };
    return [{ ...item, approverEmails: [address], requirement: chosen }];
  });
  return items.length === authentication.items.length ? { ...authentication, items } : undefined;
}

export function isManaged(world: World, authentication: Authentication): boolean {
  return authentication.items.every(({ name }) => isInManagedZone(world, name));
}

function itemJson(item: AuthenticationItem, dns: string | undefined): JsonObject {
  return {
    dns,
    fileName: item.fileName,
    fileContent: item.fileContent,
    approverEmails: item.approverEmails,
  };
}

/** In a prepare answer: one element per method, the line with the vendor's two tabs. */
export function preparedJson(world: World, authentication: Authentication): JsonObject {
  const [first, ...others] = authentication.items;
  if (first === undefined) return { method: authentication.method };
  if (authentication.method === 'FILE' && world.options.fileForm === 'bare') return { method: 'FILE' };
  return {
    name: first.name,
    method: authentication.method,
    ...itemJson(first, first.dns),
    provisioning: authentication.method === 'DNS' ? isManaged(world, authentication) : undefined,
    domains:
      others.length > 0
        ? others.map((item) => ({
            name: item.name,
            method: authentication.method,
            ...itemJson(item, item.dns),
          }))
        : undefined,
  };
}

/** In a certificate: one object, tabs single. */
export function authenticationJson(authentication: Authentication): JsonObject {
  const [first, ...others] = authentication.items;
  const single = (line: string | undefined): string | undefined => line?.replace(/\t+/g, '\t');
  return {
    method: authentication.method,
    ...(first === undefined ? {} : itemJson(first, single(first.dns))),
    provisioning: authentication.provisioning,
    domains:
      others.length > 0
        ? others.map((item) => ({
            name: item.name,
            method: authentication.method,
            ...itemJson(item, single(item.dns)),
          }))
        : undefined,
  };
}
