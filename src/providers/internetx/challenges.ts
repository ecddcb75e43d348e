/**
 * What InterNetX wants published, read from a CertAuthentication: DNS lines, files, approver addresses. Whether owner and
 * path are safe to use is checked where they are published.
 */
import type { Challenge, DnsChallenge, FileChallenge } from '../../core/challenge.ts';
import type { DcvMethod } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import { parseZoneLine } from '../../vendors/common/zone-line.ts';
import { methodWords } from './mapping.ts';
import type { Authentication, DomainAuthentication } from './schema.ts';

/**
 * The element for the wanted method, or undefined. Documents show one element per method, with further names in
 * `domains[]`; elements of the same method for other names are treated the same.
 */
export function authenticationFor(
  elements: readonly Authentication[] | undefined,
  method: DcvMethod,
): Authentication | undefined {
  const [first, ...others] = (elements ?? []).filter((element) => element.method === methodWords[method]);
  if (first === undefined || others.length === 0) return first;
  return { ...first, domains: [...(first.domains ?? []), ...others] };
}

/**
 * Challenges of one CertAuthentication: its own and those of `domains[]`, each once. Elements without data give none;
 * the value is then in the job. Throws `provider-protocol` for a DNS line or file name that cannot be understood.
 */
export function challengesOf(authentication: Authentication, certificateName: string): readonly Challenge[] {
  const elements: DomainAuthentication[] = [authentication, ...(authentication.domains ?? [])];
  const seen = new Set<string>();
  const challenges: Challenge[] = [];
  for (const element of elements) {
    const identifier = hostName(element.name ?? certificateName);
    const challenge = challengeOf(element, element.method ?? authentication.method, identifier);
    if (challenge === undefined) continue;
    // The outer element repeats the first domain's record; the same thing is published once.
    const key = JSON.stringify({ ...challenge, identifier: challenge.kind === 'file' ? '' : identifier });
    if (seen.has(key)) continue;
    seen.add(key);
    challenges.push(challenge);
  }
  return challenges;
}

/**
 * Addresses that may approve every name: those offered for the first one that are offered for each other, too. Elements
 * without addresses leave the choice to the element around them.
 */
export function commonApprovers(authentication: Authentication): readonly string[] {
  const lists = [authentication, ...(authentication.domains ?? [])]
    .map((element) => element.approverEmails ?? [])
    .filter((list) => list.length > 0);
  const [first = [], ...others] = lists.map((list) => list.map((address) => address.trim().toLowerCase()));
  return [...new Set(first)].filter((address) => others.every((list) => list.includes(address)));
}

/** What a person has to do for these challenges, if anything. */
export function personFor(challenges: readonly Challenge[]): string | undefined {
  const mails = challenges.flatMap((challenge) => (challenge.kind === 'email' ? [challenge] : []));
  if (mails.length === 0) return undefined;
  const addresses = [...new Set(mails.flatMap((mail) => mail.addresses))].join(', ');
  const where = addresses === '' ? 'an approver' : bounded(addresses, 200);
  return `a mail went to ${where}; somebody must follow its link`;
}

function challengeOf(
  element: DomainAuthentication,
  method: string,
  identifier: string,
): Challenge | undefined {
  switch (method) {
    case 'DNS':
      return element.dns === undefined || element.dns.trim() === ''
        ? undefined
        : dnsChallenge(element.dns, identifier);
    case 'FILE':
      return fileChallenge(element, identifier);
    case 'EMAIL':
      return { kind: 'email', identifier, addresses: element.approverEmails ?? [] };
    default:
      // ORG and what later versions add ask for nothing that can be published.
      return undefined;
  }
}

function dnsChallenge(line: string, identifier: string): DnsChallenge {
  const record = parseZoneLine(line);
  if (record === undefined) {
    throw new RenewdError(
      'provider-protocol',
      `InterNetX: the validation record is not understood: ${bounded(line, 200)}`,
    );
  }
  return {
    kind: 'dns',
    identifier,
    recordName: record.owner ?? identifier.replace(/^\*\./, ''),
    recordType: record.type,
    value: record.value,
  };
}

/**
 * `fileName` is a whole URL (XML), a host and path without scheme (2020), or a path. Its host is the one to serve it
 * from; without one, the identifier is.
 */
function fileChallenge(element: DomainAuthentication, identifier: string): FileChallenge | undefined {
  const { fileName, fileContent } = element;
  if (fileName === undefined || fileContent === undefined) return undefined;
  const match = /^(?:https?:\/\/)?([^/\s]*)(\/[^\s?#]*)$/i.exec(fileName.trim());
  const path = match?.[2];
  if (path === undefined) {
    throw new RenewdError(
      'provider-protocol',
      `InterNetX: the validation file's name is not understood: ${bounded(fileName, 200)}`,
    );
  }
  const host = hostName(match?.[1] ?? '');
  return {
    kind: 'file',
    identifier,
    host: host === '' ? identifier.replace(/^\*\./, '') : host,
    path,
    content: fileContent,
  };
}

function hostName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}
