/**
 * What the provider asks to publish, checked before anybody publishes it. Everything here comes from outside: a record
 * must belong to a name of the certificate, a file must lie under the validation directory of such a name.
 *
 * Forms: manual 9.1.16 to 9.1.25; for API 1, knowledge base ssl/ssl-validation-methods.
 */
import type { Challenge } from '../../core/challenge.ts';
import type { Column } from '../command-text/fields.ts';
import {
  baseName,
  isAddress,
  isRelated,
  isWithin,
  mayHoldProof,
  validationDirectory,
  type ChallengeReading,
  type MadeChallenge,
} from '../command-text/proof-place.ts';
import { parseZoneLine } from '../common/zone-line.ts';

/** The columns of an answer that say what is to be published, row by row. */
export interface ChallengeColumns {
  readonly domains: Column;
  readonly dcvDomains: Column;
  readonly dcvEmails: Column;
  readonly records: Column;
  readonly fileNames: Column;
  readonly fileContents: Column;
}

/**
 * `names`: of the certificate; the names in the answer itself are only as good as the answer, so they are used where
 * the request's names are not at hand.
 */
export function readChallenges(answer: ChallengeColumns, names: readonly string[]): ChallengeReading {
  const challenges = new Map<string, Challenge>();
  const refused = new Set<string>();
  const add = (key: string, made: Challenge | string): void => {
    if (typeof made === 'string') refused.add(made);
    else if (!challenges.has(key)) challenges.set(key, made);
  };
  for (const [index, text] of answer.records.entries()) {
    if (text === undefined) continue;
    const made = dnsChallenge(text, index, answer, names);
    // The same record for apex and www is normal: published once.
    add(typeof made === 'string' ? '' : `${made.recordType} ${made.recordName} ${made.value}`, made);
  }
  for (const [index, text] of answer.fileNames.entries()) {
    if (text === undefined) continue;
    const made = fileChallenge(text, index, answer, names);
    add(typeof made === 'string' ? '' : `${made.host}${made.path} ${made.content}`, made);
  }
  if (challenges.size === 0 && refused.size === 0) {
    for (const made of emailChallenges(answer)) add(made.identifier, made);
  }
  return { challenges: [...challenges.values()], refused: [...refused] };
}

function dnsChallenge(
  text: string,
  index: number,
  answer: ChallengeColumns,
  names: readonly string[],
): MadeChallenge<'dns'> {
  const line = parseZoneLine(text);
  if (line === undefined) return 'the provider asks for a DNS record that cannot be understood';
  const candidates = identifiersAt(index, answer, names);
  const { owner } = line;
  // The row's own names first; the columns do not always line up, so any name of the certificate may own the record.
  const identifier =
    owner === undefined || !owner.includes('.')
      ? candidates.at(-1)
      : (candidates.find((name) => isWithin(owner, baseName(name))) ??
        names.find((name) => isWithin(owner, baseName(name))));
  if (identifier === undefined || !isRelated(identifier, names)) {
    return `the provider asks for a DNS record at ${owner ?? 'an unnamed place'}, outside the certificate's names`;
  }
  const base = baseName(identifier);
  const recordName = owner === undefined ? base : owner.includes('.') ? owner : `${owner}.${base}`;
  if (!mayHoldProof(recordName)) {
    return `the provider asks for a DNS record at ${recordName}, which is no place for a validation record`;
  }
  if (line.type === 'CNAME' && !isValidationLabel(recordName, base)) {
    return `the provider asks to make ${recordName} an alias of ${line.value}, which would take over that name`;
  }
  // RFC 1035 §3.3: printable text; a validation token is far shorter than this.
  if (!/^[\x20-\x7e]{1,500}$/.test(line.value))
    return 'the provider asks for a TXT record with unusual contents';
  return { kind: 'dns', identifier, recordName, recordType: line.type, value: line.value };
}

/** The names a row may be about, the most telling last: "dcv domain" is where `@` is (manual 9.1.17). */
function identifiersAt(index: number, answer: ChallengeColumns, names: readonly string[]): string[] {
  const all = [names[index], answer.domains[index], answer.dcvDomains[index]];
  return all.filter((name) => name !== undefined).map((name) => name.toLowerCase().replace(/\.$/, ''));
}

/** CNAME owners must be labels that no host has: "_" and a hash (Sectigo) or a long random word (DigiCert). */
function isValidationLabel(recordName: string, base: string): boolean {
  if (recordName === base) return false;
  const [label = ''] = recordName.split('.');
  return label.startsWith('_') || label.length >= 16;
}

function fileChallenge(
  text: string,
  index: number,
  answer: ChallengeColumns,
  names: readonly string[],
): MadeChallenge<'file'> {
  const candidates = identifiersAt(index, answer, names);
  const place = filePlace(text, candidates.at(-1));
  if (place === undefined) return 'the provider asks for a file outside the validation directory';
  const { host, path } = place;
  const identifier = [...candidates, ...names].find((name) => baseName(name) === host);
  if (identifier === undefined || !isRelated(identifier, names)) {
    return `the provider asks for a file at ${host}, which is none of the certificate's names`;
  }
  const content = answer.fileContents[index];
  if (content === undefined || !/^[\x20-\x7e]{1,1000}$/.test(content)) {
    return `the provider asks for the file ${path} at ${host} without usable contents`;
  }
  return { kind: 'file', identifier, host, path, content: fileLines(content) };
}

/** Host (followed by a slash), validation directory, one file name; nothing else, so nothing can climb or hide. */
const filePattern =
  /^(?:(?:https?:\/\/)?([a-z0-9._-]+\.[a-z0-9-]+)(?=\/))?(\/?\.well-known\/pki-validation\/)?([a-z0-9_-]+(?:\.[a-z0-9]+)?)$/i;

/** A complete URL, host and path, a path, or the bare name of a file in the validation directory. */
function filePlace(text: string, fallback: string | undefined): { host: string; path: string } | undefined {
  const match = filePattern.exec(text);
  if (match === null) return undefined;
  const [, named, inDirectory, file = ''] = match;
  if (named !== undefined && inDirectory === undefined) return undefined;
  const host = named?.toLowerCase() ?? (fallback === undefined ? undefined : baseName(fallback));
  return host === undefined || file.length > 100 ? undefined : { host, path: validationDirectory + file };
}

/** Sectigo's hash, domain and token belong on lines of their own, but arrive joined by blanks. */
function fileLines(content: string): string {
  return /^[0-9a-f]{32,64} (comodoca|sectigo)\.com( \S+)?$/i.test(content)
    ? content.replaceAll(' ', '\n')
    : content;
}

function emailChallenges(answer: ChallengeColumns): Challenge[] {
  const byName = new Map<string, Set<string>>();
  for (const [index, address] of answer.dcvEmails.entries()) {
    const name = answer.dcvDomains[index] ?? answer.domains[index];
    if (address === undefined || name === undefined || !isAddress(address)) continue;
    const addresses = byName.get(name.toLowerCase()) ?? new Set();
    byName.set(name.toLowerCase(), addresses.add(address));
  }
  return [...byName].map(([identifier, addresses]) => ({
    kind: 'email',
    identifier,
    addresses: [...addresses],
  }));
}
