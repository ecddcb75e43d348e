/**
 * The product matrix of the manual's appendix 9.3 as a table, and the sandbox's price list.
 *
 * Two spellings exist for two classes; the knowledge base's is listed, the manual's is accepted.
 */

export type DcvMethod = 'email' | 'dns-txt' | 'dns-cname' | 'http' | 'https';

export interface Prices {
  readonly base: number;
  readonly wildcardBase: number;
  /** Per additional name. */
  readonly san: number;
  readonly wildcardSan: number;
}

export interface CertificateClass {
  readonly id: string;
  readonly marketedName: string;
  readonly ca: 'DigiCert' | 'Sectigo';
  readonly type: 'DV' | 'OV' | 'EV';
  /** CA letter and class letter, opening every id of this class. */
  readonly prefix: string;
  readonly wildcard: boolean;
  readonly san: boolean;
  readonly includedNames: number;
  readonly freeAlternatives: number;
  readonly contacts: { readonly tech: boolean; readonly organization: boolean; readonly evApprover: boolean };
  readonly refundOnCancel: boolean;
  readonly immediateIssuance: boolean;
  readonly prices: Prices;
}

type MatrixRow = readonly [
  id: string,
  marketedName: string,
  type: 'DV' | 'OV' | 'EV',
  prefix: string,
  wildcard: 0 | 1,
  san: 0 | 1,
  included: number,
  free: number,
  contacts: string,
  immediate: 0 | 1,
  base: number,
];

// prettier-ignore
const DIGICERT: readonly MatrixRow[] = [
  ['geotrustflexdv',      'GeoTrust Flex',               'DV', 'DG', 1, 1, 1, 250, 't',  1,  79],
  ['geotrusttruebizidev', 'GeoTrust TrueBusiness ID EV', 'EV', 'DE', 0, 1, 1, 250, 'oe', 0, 189],
  ['geotrusttruebizidov', 'GeoTrust TrueBusiness ID OV', 'OV', 'DB', 1, 1, 1, 250, 'o',  0,  99],
  ['rapidssldv',          'RapidSSL',                    'DV', 'DD', 1, 0, 1, 250, 't',  1,  14],
  ['securesiteflexev',    'Secure Site Flex EV SSL',     'EV', 'DF', 0, 1, 1, 250, 'oe', 0, 699],
  ['securesiteflexov',    'Secure Site Flex SSL',        'OV', 'DH', 1, 1, 1, 250, 'o',  0, 329],
  // The matrix calls this one domain-validated and asks for a technical contact only; the simulator does as it says.
  ['securesiteproev',     'SecureSite Pro EV',           'DV', 'DP', 0, 1, 1, 250, 't',  1, 999],
  ['securesiteproov',     'Secure Site Pro SSL',         'OV', 'DR', 1, 1, 1, 250, 'o',  0, 699],
  ['ssl123dv',            'SSL123DV',                    'DV', 'DK', 1, 1, 1,   3, 't',  1,  42],
  ['webserverev',         'Webserver EV',                'EV', 'DW', 0, 1, 1, 250, 't',  1, 199],
  ['webserverov',         'Webserver',                   'OV', 'DV', 1, 1, 1, 250, 'oe', 0, 119],
];

// prettier-ignore
const SECTIGO: readonly MatrixRow[] = [
  ['instantsslov',            'InstantSSL Certificate',                  'OV', 'SI', 1, 0, 1, 1, 't', 0,  39],
  ['multidomaindv',           'DV Multi-Domain SSL Certificate',         'DV', 'SD', 1, 1, 3, 0, 't', 0,  49],
  ['multidomainev',           'EV Multi-Domain SSL Certificate',         'EV', 'SE', 0, 1, 3, 0, 't', 0, 249],
  ['multidomainov',           'OV Multi-Domain SSL Certificate',         'OV', 'SO', 1, 1, 3, 0, 't', 0, 129],
  ['positivessldv',           'PositiveSSL Certificate',                 'DV', 'SP', 1, 0, 1, 1, 't', 0,   9],
  ['premiumov',               'SectigoSSL PremiumOV Certificate',        'OV', 'SR', 0, 0, 1, 1, 't', 0,  69],
  ['singledomainev',          'Sectigo SingleDomain EV Certificate',     'EV', 'SS', 0, 0, 1, 1, 't', 0, 149],
  ['unifiedcommunicationsdv', 'SSL Unified Communications Certificate',  'DV', 'SU', 1, 1, 3, 0, 't', 0,  59],
  ['unifiedcommunicationsov', 'SSL Unified Communications OV Certificate', 'OV', 'SC', 1, 1, 3, 0, 't', 0, 139],
];

function fromRow(ca: CertificateClass['ca'], row: MatrixRow): CertificateClass {
  const [
    id,
    marketedName,
    type,
    prefix,
    wildcard,
    san,
    includedNames,
    freeAlternatives,
    contacts,
    immediate,
    base,
  ] = row;
  return {
    id,
    marketedName,
    ca,
    type,
    prefix,
    wildcard: wildcard === 1,
    san: san === 1,
    includedNames,
    freeAlternatives,
    contacts: {
      tech: contacts.includes('t'),
      organization: contacts.includes('o'),
      evApprover: contacts.includes('e'),
    },
    refundOnCancel: ca === 'DigiCert',
    immediateIssuance: immediate === 1,
    // Base 42 with 28 per further name is the manual's own example; the other prices keep that proportion.
    prices: {
      base,
      wildcardBase: base * 4,
      san: Math.round((base * 2) / 3),
      wildcardSan: Math.round((base * 8) / 3),
    },
  };
}

export const CERTIFICATE_CLASSES: readonly CertificateClass[] = [
  ...DIGICERT.map((row) => fromRow('DigiCert', row)),
  ...SECTIGO.map((row) => fromRow('Sectigo', row)),
];

const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  securesiteproof: 'securesiteproov',
  positivssldv: 'positivessldv',
  rapidsslvd: 'rapidssldv',
};

export function findClass(name: string): CertificateClass | undefined {
  const id = name.toLowerCase();
  return CERTIFICATE_CLASSES.find((candidate) => candidate.id === (OTHER_SPELLINGS[id] ?? id));
}

/** Every class takes all methods, except that Sectigo knows no TXT records. */
export function supportsMethod(cls: CertificateClass, method: DcvMethod): boolean {
  return !(cls.ca === 'Sectigo' && method === 'dns-txt');
}

/** `1y` for both CAs, and weeks (DigiCert) or the year in days (both). */
export function periods(cls: CertificateClass): string[] {
  const weeks = Array.from({ length: 52 }, (_, week) => `${(week + 1) * 7}d`);
  return cls.ca === 'DigiCert' ? ['1y', ...weeks, '365d'] : ['1y', '365d'];
}

const DIGICERT_SERVERS = (
  'apache barracuda weblogic cisco citrix cpanel f5 ibm java lighttpd lotus macos exchange.*2007 exchange.*2010 ' +
  'exchange.*2013 exchange.*2016 forefront iis56 iis7 iis8 iis10 netscape iplanet nginx novellichain novellnetware ' +
  'oracle qmail sunone tomcat webstar zeus other'
).split(' ');

const SECTIGO_SERVERS = 'apache cpanel java iis56 iis7 nginx oracle other'.split(' ');

export function serverTypes(cls: CertificateClass): readonly string[] {
  return cls.ca === 'DigiCert' ? DIGICERT_SERVERS : SECTIGO_SERVERS;
}

/** The manual prints one server type in three ways, and those of Exchange as patterns. */
export function findServerType(cls: CertificateClass, name: string): string | undefined {
  const id = name
    .toLowerCase()
    .replace(/^novellnetwork(ware)?$/, 'novellnetware')
    .replace(/^exchange[ _-]?(20\d\d)$/, 'exchange.*$1');
  return serverTypes(cls).find((type) => type === id);
}
