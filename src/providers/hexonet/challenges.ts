/**
 * What the provider asks to publish, checked before anybody publishes it. Everything here comes from outside: a record
 * must belong to a name of the certificate and lie where no host can be, a file must be one of validation on such a name.
 *
 * Forms: hexonet-ssl-api, "DNSZONE validation" and "URL validation" (file in the root of the domain); captured values
 * have the file under /.well-known/pki-validation and contents of hash and CA on one line.
 */
import type { Challenge } from '../../core/challenge.ts';
import {
  baseName,
  isAddress,
  isRelated,
  isWithin,
  mayHoldProof,
  validationDirectory,
  type ChallengeReading,
  type MadeChallenge,
} from '../../vendors/command-text/proof-place.ts';
import { parseZoneLine } from '../../vendors/common/zone-line.ts';
import type { CertificateAnswer } from './schema.ts';

/** `names`: of the certificate; those in the answer itself are only as good as the answer. */
export function readChallenges(answer: CertificateAnswer, names: readonly string[]): ChallengeReading {
  const challenges = new Map<string, Challenge>();
  const refused = new Set<string>();
  const add = (key: string, made: Challenge | string): void => {
    if (typeof made === 'string') refused.add(made);
    else if (!challenges.has(key)) challenges.set(key, made);
  };
  const rows = Math.max(answer.records.length, answer.urls.length, answer.emails.length);
  for (let index = 0; index < rows; index += 1) {
    const word = answer.validations[index]?.toUpperCase();
    const wanted = (method: string): boolean => word === undefined || word === method;
    const [record, url, email] = [answer.records[index], answer.urls[index], answer.emails[index]];
    if (record !== undefined && wanted('DNSZONE')) {
      // The vendor puts it there itself, and leaves it there.
      if (answer.internalDns) continue;
      const made = dnsChallenge(record, index, answer, names);
      // The same record for apex and www is normal: published once.
      add(typeof made === 'string' ? '' : `${made.recordName} ${made.value}`, made);
    } else if (url !== undefined && wanted('URL')) {
      const made = fileChallenge(url, index, answer, names);
      add(typeof made === 'string' ? '' : `${made.host}${made.path} ${made.content}`, made);
    } else if (email !== undefined && isAddress(email) && wanted('EMAIL')) {
      const identifier = identifiersAt(index, answer, names)[0];
      if (identifier !== undefined)
        add(`mail ${identifier}`, { kind: 'email', identifier, addresses: [email] });
    }
  }
  return { challenges: [...challenges.values()], refused: [...refused] };
}

function dnsChallenge(
  text: string,
  index: number,
  answer: CertificateAnswer,
  names: readonly string[],
): MadeChallenge<'dns'> {
  const line = parseZoneLine(text);
  const owner = line?.owner;
  if (line === undefined || line.type !== 'CNAME' || owner === undefined || !owner.includes('.')) {
    return 'the provider asks for a DNS record that cannot be understood';
  }
  const identifier = [...identifiersAt(index, answer, names), ...names].find(
    (name) => isWithin(owner, baseName(name)) && isRelated(name, names),
  );
  if (identifier === undefined) {
    return `the provider asks for a DNS record at ${owner}, outside the certificate's names`;
  }
  const labels = owner.slice(0, -baseName(identifier).length - 1).split('.');
  if (!mayHoldProof(owner)) {
    return `the provider asks for a DNS record at ${owner}, which is no place for a validation record`;
  }
  if (!isProofOwner(labels, line.value, baseName(identifier))) {
    return `the provider asks to make ${owner} an alias of ${line.value}, which would take over that name`;
  }
  return { kind: 'dns', identifier, recordName: owner, recordType: 'CNAME', value: line.value };
}

/** What the row is about: the answer's own name where it has one, else that of the request. */
function identifiersAt(index: number, answer: CertificateAnswer, names: readonly string[]): string[] {
  const all = [answer.domains[index], names[index]];
  return all.filter((name) => name !== undefined).map((name) => name.toLowerCase().replace(/\.$/, ''));
}

/**
 * No person gives a host such a name: "_" and a hash. Or the document's form, "abcde01234.<DOMAIN>. CNAME
 * vwxyz56789.<DOMAIN>.": two random words in front of the same name, so that the alias cannot lead out of it.
 */
function isProofOwner(labels: readonly string[], target: string, base: string): boolean {
  const [label = ''] = labels;
  if (/^_[a-z0-9-]+$/.test(label) || /^[a-z0-9]{32,63}$/.test(label)) return true;
  const targetLabel = target.endsWith(`.${base}`) ? target.slice(0, -base.length - 1) : '';
  return labels.length === 1 && isRandomWord(label) && isRandomWord(targetLabel);
}

/** "abcde01234" in the document; words that mean something at the root of a site are shorter or have hyphens. */
function isRandomWord(word: string): boolean {
  return /^[a-z0-9]{10,63}$/i.test(word);
}

function fileChallenge(
  text: string,
  index: number,
  answer: CertificateAnswer,
  names: readonly string[],
): MadeChallenge<'file'> {
  const place = filePlace(text);
  if (place === undefined) return 'the provider asks for a file in a place that no validation uses';
  const { host, path } = place;
  const identifier = [...identifiersAt(index, answer, names), ...names].find(
    (name) => baseName(name) === host && isRelated(name, names),
  );
  if (identifier === undefined) {
    return `the provider asks for a file at ${host}, which is none of the certificate's names`;
  }
  const content = answer.urlContents[index];
  if (content === undefined || !/^[\x20-\x7e]{1,1000}$/.test(content)) {
    return `the provider asks for the file ${path} at ${host} without usable contents`;
  }
  return { kind: 'file', identifier, host, path, content: fileLines(content) };
}

/** Scheme, host, and one file in the validation directory, or a random name in the root: nothing can climb or hide. */
const urlPattern =
  /^https?:\/\/([a-z0-9._-]+\.[a-z0-9-]+)\/(\.well-known\/pki-validation\/)?([a-z0-9_-]+)(\.[a-z0-9]{1,8})?$/i;

function filePlace(text: string): { host: string; path: string } | undefined {
  const match = urlPattern.exec(text);
  if (match === null) return undefined;
  const [, host = '', folder, name = '', suffix = ''] = match;
  if (name.length > 100) return undefined;
  if (folder !== undefined)
    return { host: host.toLowerCase(), path: `${validationDirectory}${name}${suffix}` };
  return isRandomWord(name) && suffix.toLowerCase() === '.txt'
    ? { host: host.toLowerCase(), path: `/${name}${suffix}` }
    : undefined;
}

/** The CA wants hash, domain and token on lines of their own; they arrive joined by blanks. */
function fileLines(content: string): string {
  return /^[0-9a-f]{32,64} (comodoca|sectigo)\.com( \S+)?$/i.test(content)
    ? content.replaceAll(' ', '\n')
    : content;
}
