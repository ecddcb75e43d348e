/**
 * The certificate classes as data: who signs, what names they take, how control may be proved. Source: "SSL
 * documentation – Reference Manual" (2022), sections 9.3.1 to 9.3.3, with class names as the knowledge base spells them.
 */
import type { ProductFacts } from '../../contracts/provider.ts';

export type CertificateAuthority = 'digicert' | 'sectigo';

interface ClassRow {
  readonly ca: CertificateAuthority;
  readonly validation: 'dv' | 'ov' | 'ev';
  readonly wildcard: boolean;
  /** Several names for money; without it only the free alternative (apex and www, wildcard and apex) fits. */
  readonly sans: boolean;
}

function digicert(validation: ClassRow['validation'], wildcard: boolean, sans: boolean): ClassRow {
  return { ca: 'digicert', validation, wildcard, sans };
}

function sectigo(validation: ClassRow['validation'], wildcard: boolean, sans: boolean): ClassRow {
  return { ca: 'sectigo', validation, wildcard, sans };
}

export const classes: Readonly<Record<string, ClassRow>> = {
  geotrustflexdv: digicert('dv', true, true),
  geotrusttruebizidev: digicert('ev', false, true),
  geotrusttruebizidov: digicert('ov', true, true),
  rapidssldv: digicert('dv', true, false),
  securesiteflexev: digicert('ev', false, true),
  securesiteflexov: digicert('ov', true, true),
  securesiteproev: digicert('ev', false, true),
  securesiteproov: digicert('ov', true, true),
  ssl123dv: digicert('dv', true, true),
  webserverev: digicert('ev', false, true),
  webserverov: digicert('ov', true, true),
  instantsslov: sectigo('ov', true, false),
  multidomaindv: sectigo('dv', true, true),
  multidomainev: sectigo('ev', false, true),
  multidomainov: sectigo('ov', true, true),
  positivessldv: sectigo('dv', true, false),
  premiumov: sectigo('ov', false, false),
  singledomainev: sectigo('ev', false, false),
  unifiedcommunicationsdv: sectigo('dv', true, true),
  unifiedcommunicationsov: sectigo('ov', true, true),
};

/** Spellings that the manual uses beside the right one. */
const misspelt: Readonly<Record<string, string>> = {
  securesiteproof: 'securesiteproov',
  positivssldv: 'positivessldv',
  rapidsslvd: 'rapidssldv',
};

/** "max domains" of the GetCertificateInfo sample (section 9.1.2) and the upper bound of `domain#`. */
export const maxNames = 250;

/** A class as it is sent and compared: lower case, spelling mended. Unknown ones stay as they are. */
export function className(product: string): string {
  const lower = product.trim().toLowerCase();
  return Object.hasOwn(misspelt, lower) ? (misspelt[lower] ?? lower) : lower;
}

/** Key of the rule calendar; a class that is not in the table is taken for the larger CA's. */
export function caOf(product: string): CertificateAuthority {
  const name = className(product);
  return Object.hasOwn(classes, name) ? (classes[name]?.ca ?? 'digicert') : 'digicert';
}

function facts(row: ClassRow): ProductFacts {
  return {
    wildcard: row.wildcard,
    maxNames: row.sans ? maxNames : 2,
    // Section 7.3: Sectigo looks for CNAME records only.
    recordTypes: row.ca === 'sectigo' ? ['cname'] : ['txt', 'cname'],
  };
}

export const products: Readonly<Record<string, ProductFacts>> = Object.fromEntries(
  Object.entries(classes).map(([name, row]) => [name, facts(row)]),
);
