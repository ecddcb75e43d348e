/**
 * Where the instructions of API 1 are to be put. They come once for the whole order: a bare token for DigiCert, a whole
 * record or a file name for Sectigo (knowledge base, ssl/ssl-validation-methods).
 */
import { parseZoneLine } from '../../vendors/common/zone-line.ts';
import type { ChallengeColumns } from '../../vendors/rrpproxy/challenges.ts';
import type { Column } from '../../vendors/command-text/fields.ts';
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
    // By the page's example: www.example.com is proved at example.com, any other name at itself. (Its sentence "always
    // at the main domain, also for sub-domains" would need a list of public suffixes, and contradicts the example.)
    const places = distinct(hosts.map(withoutWww));
    return { ...base, domains: places, dcvDomains: places, records: places.map(() => token) };
  }
  if (present(fileNames).length > 0) {
    const [name, ...more] = distinct(present(fileNames));
    if (name === undefined || more.length > 0) {
      return { ...base, domains: names, dcvDomains: names, fileNames, fileContents: answer.fileContents };
    }
    // A file proves the very host it lies on (Baseline Requirements 3.2.2.4.18), whatever the page says of main domains.
    // Sectigo's three lines come one per index from the order and as one line afterwards.
    const content = present(answer.fileContents).join(' ');
    return {
      ...base,
      domains: hosts,
      dcvDomains: hosts,
      fileNames: hosts.map(() => name),
      fileContents: hosts.map(() => content),
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
