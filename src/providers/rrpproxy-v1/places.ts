/**
 * Where the instructions of API 1 are to be put. They come once for the whole order: a bare token for DigiCert, a whole
 * record or a file name for Sectigo (knowledge base, ssl/ssl-validation-methods).
 */
import { parseZoneLine } from '../../vendors/common/zone-line.ts';
import type { ChallengeColumns } from '../../vendors/rrpproxy/challenges.ts';
import type { Column } from '../../vendors/rrpproxy/fields.ts';
import type { CertificateAnswer } from './schema.ts';

/** The instructions of an answer, one row per place, for the certificate's names. */
export function placesOf(answer: CertificateAnswer, names: readonly string[]): ChallengeColumns {
  const hosts = distinct(names.map((name) => name.replace(/^\*\./, '')));
  const { records, fileNames } = answer;
  const [first = ''] = names;
  const base = { dcvEmails: [], records: [], fileNames: [], fileContents: [] };
  if (present(records).length > 0) {
    const [token, ...more] = distinct(present(records));
    const bare = token !== undefined && more.length === 0 && isBareToken(token);
    if (!bare) return { ...base, domains: names, dcvDomains: names, records };
    // "The DNS record must always be stored at the main domain": www.example.com is proved at example.com.
    const places = distinct(hosts.map(withoutWww));
    return { ...base, domains: places, dcvDomains: places, records: places.map(() => token) };
  }
  if (present(fileNames).length > 0) {
    const [name, ...more] = distinct(present(fileNames));
    if (name === undefined || more.length > 0) {
      return { ...base, domains: names, dcvDomains: names, fileNames, fileContents: answer.fileContents };
    }
    const places = isSectigoFile(name) ? hosts : distinct([...hosts, ...hosts.map(withoutWww)]);
    // Sectigo's three lines come one per index from the order and as one line afterwards.
    const content = present(answer.fileContents).join(' ');
    return {
      ...base,
      domains: places,
      dcvDomains: places,
      fileNames: places.map(() => name),
      fileContents: places.map(() => content),
    };
  }
  // An address without a method is that of the mail; beside another method it is left from an earlier order.
  const mailed = answer.authMethod === undefined || answer.authMethod === 'EMAIL';
  const addresses = mailed ? present(answer.approvers) : [];
  return {
    ...base,
    domains: addresses.map(() => first),
    dcvDomains: addresses.map(() => first),
    dcvEmails: addresses,
  };
}

function isBareToken(text: string): boolean {
  const line = parseZoneLine(text);
  return line?.type === 'TXT' && line.owner === undefined;
}

/** An MD5 in capitals. */
function isSectigoFile(name: string): boolean {
  return /^[0-9a-f]{32}\.txt$/i.test(name);
}

function withoutWww(host: string): string {
  const rest = host.replace(/^www\./, '');
  return rest.includes('.') ? rest : host;
}

function present(values: Column): string[] {
  return values.flatMap((value) => (value === undefined ? [] : [value]));
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
