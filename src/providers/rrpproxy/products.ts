/**
 * The certificate classes as data: who signs, what names they take, how control may be proved, what an order must name.
 * Source: "SSL documentation – Reference Manual" (2022), section 9.3, with class names as the knowledge base spells
 * them; where its tables contradict each other is said beside the row.
 */
import type { ProductFacts } from '../../contracts/capabilities.ts';

export type CertificateAuthority = 'digicert' | 'sectigo';

type Contacts = NonNullable<ProductFacts['contacts']>;

interface ClassRow {
  readonly ca: CertificateAuthority;
  readonly validation: 'dv' | 'ov' | 'ev';
  readonly wildcard: boolean;
  /** Several names for money; without it only the free alternative (apex and www, wildcard and apex) fits. */
  readonly sans: boolean;
  /** Names that the base price includes. */
  readonly included: number;
  /** How many of the names may have a free alternative. */
  readonly alternatives: number;
  readonly contacts: Contacts;
  readonly immediate: boolean;
}

/** 9.3.4: technical contact for DV, organisation for OV, organisation and approver for EV. */
const digicertContacts: Readonly<Record<ClassRow['validation'], Contacts>> = {
  dv: ['tech'],
  ov: ['organization'],
  ev: ['organization', 'approver'],
};

function digicert(
  validation: ClassRow['validation'],
  wildcard: boolean,
  sans: boolean,
  more: Partial<Pick<ClassRow, 'alternatives' | 'immediate'>> = {},
): ClassRow {
  return {
    ca: 'digicert',
    validation,
    wildcard,
    sans,
    included: 1,
    alternatives: more.alternatives ?? 250,
    contacts: digicertContacts[validation],
    immediate: more.immediate ?? false,
  };
}

/** Section 7.2: several names, three of them in the price, and no free alternatives; or one with its alternative. */
function sectigo(validation: ClassRow['validation'], wildcard: boolean, sans: boolean): ClassRow {
  return {
    ca: 'sectigo',
    validation,
    wildcard,
    sans,
    included: sans ? 3 : 1,
    alternatives: sans ? 0 : 1,
    contacts: ['tech'],
    immediate: false,
  };
}

export const classes: Readonly<Record<string, ClassRow>> = {
  geotrustflexdv: digicert('dv', true, true, { immediate: true }),
  geotrusttruebizidev: digicert('ev', false, true),
  geotrusttruebizidov: digicert('ov', true, true),
  rapidssldv: digicert('dv', true, false, { immediate: true }),
  securesiteflexev: digicert('ev', false, true),
  securesiteflexov: digicert('ov', true, true),
  // 9.3.1 calls it DV and 9.3.4 gives it a technical contact only; its name and all other sections say EV.
  securesiteproev: digicert('ev', false, true, { immediate: true }),
  securesiteproov: digicert('ov', true, true),
  ssl123dv: digicert('dv', true, true, { alternatives: 3, immediate: true }),
  // 9.3.4 has the contacts of this row and the next one the other way round.
  webserverev: digicert('ev', false, true, { immediate: true }),
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

export function classOf(product: string): ClassRow | undefined {
  const name = className(product);
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
}

/** Key of the rule calendar; a class that is not in the table is taken for the larger CA's. */
export function caOf(product: string): CertificateAuthority {
  return classOf(product)?.ca ?? 'digicert';
}

function facts(row: ClassRow): ProductFacts {
  return {
    wildcard: row.wildcard,
    maxNames: row.sans ? maxNames : 2,
    validation: row.validation,
    includedNames: row.included,
    freeAlternatives: row.alternatives > 0,
    contacts: row.contacts,
    // 9.3.5; the knowledge base has finer ones by now.
    periods: ['1y'],
    // 9.3.5 says for DigiCert only that there is a refund, not within how many days; for Sectigo that there is none.
    ...(row.ca === 'sectigo' ? { refundDays: 0 } : {}),
    immediateIssuance: row.immediate,
    dcv: ['dns', 'file', 'email'],
    // Section 7.3: Sectigo looks for CNAME records only.
    recordTypes: row.ca === 'sectigo' ? ['cname'] : ['txt', 'cname'],
  };
}

export const products: Readonly<Record<string, ProductFacts>> = Object.fromEntries(
  Object.entries(classes).map(([name, row]) => [name, facts(row)]),
);
