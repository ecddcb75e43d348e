/**
 * The certificate classes as data. Source: hexonet-ssl-api, the table at its head; "-" there under "Multi-Domain" is one
 * name. The set is open: sources spell some classes differently, and an account may be sold others.
 */
import type { DcvMethod } from '../../core/certificate.ts';
import type { ProductFacts } from '../../contracts/capabilities.ts';

type Validation = NonNullable<ProductFacts['validation']>;

/** A name and its customary twin: the vendor's own sample of one ordered name holds apex and www. */
const singleNames = 2;
/** "2-100 domains". */
const multiNames = 100;

const everyMethod: readonly DcvMethod[] = ['dns', 'file', 'email'];

function product(
  validation: Validation,
  kind: 'single' | 'multi' | 'wildcard',
  dcv = everyMethod,
): ProductFacts {
  return {
    validation,
    wildcard: kind === 'wildcard',
    maxNames: kind === 'multi' ? multiNames : singleNames,
    dcv,
    recordTypes: ['cname'],
    periods: ['1'],
    ...(kind === 'multi' ? {} : { includedNames: 1 }),
    ...(validation === 'dv' ? {} : { contacts: ['organization'] as const }),
  };
}

const mailOnly: readonly DcvMethod[] = ['email'];

export const knownProducts: Readonly<Record<string, ProductFacts>> = {
  COMODO_ESSENTIALSSL: product('dv', 'single'),
  COMODO_UCC: product('dv', 'multi'),
  COMODO_WILDCARDSSL: product('dv', 'wildcard'),
  COMODO_INSTANTSSL: product('ov', 'single'),
  COMODO_INSTANTSSL_PRO: product('ov', 'single'),
  // The same class in the vendor's command pages.
  COMODO_INSTANTSSLPRO: product('ov', 'single'),
  COMODO_PREMIUMSSL: product('ov', 'single'),
  COMODO_EVSSL: product('ev', 'single'),
  GEOTRUST_QUICKSSLPREMIUM: product('dv', 'single'),
  GEOTRUST_RAPIDSSL: product('dv', 'single'),
  GEOTRUST_RAPIDSSL_WILDCARD: product('dv', 'wildcard'),
  SYMANTEC_SECURESITE: product('ov', 'single', mailOnly),
  SYMANTEC_SECURESITEPRO: product('ov', 'single', mailOnly),
  SYMANTEC_SECURESITEEV: product('ev', 'single', mailOnly),
  SYMANTEC_SECURESITEPROEV: product('ev', 'single', mailOnly),
  THAWTE_SSL123: product('dv', 'single'),
  THAWTE_SSLWEBSERVER: product('ov', 'single', mailOnly),
  THAWTE_SSLWEBSERVER_WILDCARD: product('ov', 'wildcard', mailOnly),
  THAWTE_SSLWEBSERVEREV: product('ev', 'single', mailOnly),
};

export const maxNames = multiNames;

/** A class as it is sent and compared. */
export function className(text: string): string {
  return text.trim().toUpperCase();
}

/** Key of the rule calendar; all but the Comodo (now Sectigo) classes come from brands that DigiCert took over. */
export function caOf(text: string): 'digicert' | 'sectigo' {
  return /^(COMODO|SECTIGO)_/.test(className(text)) ? 'sectigo' : 'digicert';
}
