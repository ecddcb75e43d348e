/** The product table of the vendor's document: who vouches for what, how many names, which ways to prove control. */

export type ValidationMethod = 'EMAIL' | 'DNSZONE' | 'URL';

export interface CertificateClass {
  readonly id: string;
  readonly type: 'DV' | 'OV' | 'EV';
  /** Names beside each other: none but the first, several, or a wildcard. */
  readonly names: 'one' | 'several' | 'wildcard';
  readonly methods: readonly ValidationMethod[];
  /** A made-up price of one year. */
  readonly price: number;
}

const EVERY: readonly ValidationMethod[] = ['EMAIL', 'DNSZONE', 'URL'];
const MAIL_ONLY: readonly ValidationMethod[] = ['EMAIL'];

const row = (
  id: string,
  type: CertificateClass['type'],
  names: CertificateClass['names'],
  methods: readonly ValidationMethod[],
  price: number,
): CertificateClass => ({ id, type, names, methods, price });

export const CERTIFICATE_CLASSES: readonly CertificateClass[] = [
  row('COMODO_ESSENTIALSSL', 'DV', 'one', EVERY, 12),
  row('COMODO_UCC', 'DV', 'several', EVERY, 60),
  row('COMODO_WILDCARDSSL', 'DV', 'wildcard', EVERY, 80),
  row('COMODO_INSTANTSSL', 'OV', 'one', EVERY, 35),
  row('COMODO_INSTANTSSL_PRO', 'OV', 'one', EVERY, 55),
  row('COMODO_PREMIUMSSL', 'OV', 'one', EVERY, 75),
  row('COMODO_EVSSL', 'EV', 'one', EVERY, 150),
  row('GEOTRUST_QUICKSSLPREMIUM', 'DV', 'one', EVERY, 45),
  row('GEOTRUST_RAPIDSSL', 'DV', 'one', EVERY, 10),
  row('GEOTRUST_RAPIDSSL_WILDCARD', 'DV', 'wildcard', EVERY, 90),
  row('SYMANTEC_SECURESITE', 'OV', 'one', MAIL_ONLY, 250),
  row('SYMANTEC_SECURESITEPRO', 'OV', 'one', MAIL_ONLY, 650),
  row('SYMANTEC_SECURESITEEV', 'EV', 'one', MAIL_ONLY, 600),
  row('SYMANTEC_SECURESITEPROEV', 'EV', 'one', MAIL_ONLY, 950),
  row('THAWTE_SSL123', 'DV', 'one', EVERY, 30),
  row('THAWTE_SSLWEBSERVER', 'OV', 'one', MAIL_ONLY, 70),
  row('THAWTE_SSLWEBSERVER_WILDCARD', 'OV', 'wildcard', MAIL_ONLY, 350),
  row('THAWTE_SSLWEBSERVEREV', 'EV', 'one', MAIL_ONLY, 180),
];

/** Spellings of the command pages, one of them a slip of the pen, for what the document's table calls otherwise. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['COMODO_INSTANTSSLPRO', 'COMODO_INSTANTSSL_PRO'],
  ['SYMANTEC_SECUREDITEPRO', 'SYMANTEC_SECURESITEPRO'],
]);

export function findClass(text: string): CertificateClass | undefined {
  const given = text.toUpperCase();
  const id = OTHER_SPELLINGS.get(given) ?? given;
  return CERTIFICATE_CLASSES.find((candidate) => candidate.id === id);
}

/** "2-100 domains" in the table. */
export const SEVERAL_NAMES = { least: 2, most: 100 } as const;
