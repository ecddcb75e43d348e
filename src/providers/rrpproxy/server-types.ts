/**
 * Kinds of servers that an order may name, as a checked list: Reference Manual (2022), 9.2.1 and 9.2.2, with the
 * misspellings of its command tables (8.1.2) mended as the knowledge base spells them.
 */

/** 9.2.1. The names of the Exchange versions hold a dot and an asterisk in every source. */
export const digicertServerTypes: readonly string[] = [
  'apache',
  'barracuda',
  'weblogic',
  'cisco',
  'citrix',
  'cpanel',
  'f5',
  'ibm',
  'java',
  'lighttpd',
  'lotus',
  'macos',
  'exchange.*2007',
  'exchange.*2010',
  'exchange.*2013',
  'exchange.*2016',
  'forefront',
  'iis56',
  'iis7',
  'iis8',
  'iis10',
  'netscape',
  'iplanet',
  'nginx',
  'novellichain',
  'novellnetware',
  'oracle',
  'qmail',
  'sunone',
  'tomcat',
  'webstar',
  'zeus',
  'other',
];

/** 9.2.2, all of them also in 9.2.1. */
export const sectigoServerTypes: readonly string[] = [
  'apache',
  'cpanel',
  'java',
  'iis56',
  'iis7',
  'nginx',
  'oracle',
  'other',
];

/** 8.1.2 has both of the first two; the others are what people write for names that hold a pattern. */
const misspelt: ReadonlyMap<string, string> = new Map([
  ['novellnetwork', 'novellnetware'],
  ['novellnetworkware', 'novellnetware'],
  ...['2007', '2010', '2013', '2016'].map((year) => [`exchange${year}`, `exchange.*${year}`] as const),
]);

/** The name as it is sent: lower case, spelling mended. Undefined for one that no list has. */
export function serverTypeOf(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  const mended = misspelt.get(lower) ?? lower;
  return digicertServerTypes.includes(mended) ? mended : undefined;
}
