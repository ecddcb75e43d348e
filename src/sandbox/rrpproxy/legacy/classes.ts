/** The classes of API 1 by their old names, each with the class of API 2 that took its place. */
import { CERTIFICATE_CLASSES, findClass } from '../classes.ts';
import type { CertificateClass } from '../classes.ts';

export interface LegacyClass {
  readonly name: string;
  /** Opens every id of this class. */
  readonly prefix: string;
  readonly cls: CertificateClass;
  readonly wildcard: boolean;
}

// prettier-ignore
const ROWS: readonly (readonly [name: string, prefix: string, successor: string, wildcard: 0 | 1])[] = [
  ['SSL123',                  'SA', 'ssl123dv',                0],
  ['RapidSSL',                'SB', 'rapidssldv',              0],
  ['RapidSSLWC',              'SC', 'rapidssldv',              1],
  ['QuickSSLPremium',         'SD', 'geotrustflexdv',          0],
  ['TrueBizID',               'SE', 'geotrusttruebizidov',     0],
  ['TrueBizIDWC',             'SF', 'geotrusttruebizidov',     1],
  ['TrueBizIDEV',             'SG', 'geotrusttruebizidev',     0],
  ['SSLWebServer',            'SH', 'webserverov',             0],
  ['SSLWebServerWC',          'SI', 'webserverov',             1],
  ['SSLWebServerEV',          'SJ', 'webserverev',             0],
  ['SecureSite',              'SK', 'securesiteflexov',        0],
  ['SecureSiteEV',            'SL', 'securesiteflexev',        0],
  ['SecureSitePro',           'SM', 'securesiteproov',         0],
  ['SecureSiteProEV',         'SN', 'securesiteproev',         0],
  ['PositiveSSL',             'CY', 'positivessldv',           0],
  ['PositiveWildcardSSL',     'CX', 'positivessldv',           1],
  ['InstantSSL',              'CZ', 'instantsslov',            0],
  ['PremiumSSL',              'CP', 'premiumov',               0],
  ['ExtendedValidatedSSL',    'CC', 'singledomainev',          0],
  ['unifiedcommunicationsdv', 'CU', 'unifiedcommunicationsdv', 0],
  ['unifiedcommunicationsov', 'CV', 'unifiedcommunicationsov', 0],
  ['multidomainov',           'CM', 'multidomainov',           0],
  ['multidomainev',           'CN', 'multidomainev',           0],
];

export const LEGACY_CLASSES: readonly LegacyClass[] = ROWS.flatMap(([name, prefix, successor, wildcard]) => {
  const cls = CERTIFICATE_CLASSES.find(({ id }) => id === successor);
  return cls === undefined ? [] : [{ name, prefix, cls, wildcard: wildcard === 1 }];
});

/** By its old name, or by the name of the class that took its place. */
export function findLegacyClass(name: string): LegacyClass | undefined {
  const successor = findClass(name);
  return (
    LEGACY_CLASSES.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase()) ??
    LEGACY_CLASSES.find(({ cls }) => cls.id === successor?.id)
  );
}
