/** Products by the vendor's names, and the sandbox's price list (EUR per order of twelve months). */

export interface Product {
  readonly name: string;
  readonly ca: 'DigiCert' | 'Sectigo';
  readonly wildcard: boolean;
  /** Certificates for more names than the one and its `www.`. */
  readonly san: boolean;
  /** Beyond the domain: an organization, or one that was looked at closely; both are called by phone. */
  readonly validation: 'DV' | 'OV' | 'EV';
  /** Issued within the request when the evidence is in place already. */
  readonly realtime: boolean;
  readonly price: number;
}

function product(name: string, ca: Product['ca'], price: number, features = ''): Product {
  return {
    name,
    ca,
    price,
    wildcard: name.endsWith('WILDCARD'),
    san: features.includes('san'),
    validation: features.includes('EV') ? 'EV' : features.includes('OV') ? 'OV' : 'DV',
    realtime: features.includes('realtime'),
  };
}

export const PRODUCTS: readonly Product[] = [
  product('BASIC_SSL', 'DigiCert', 12, 'realtime'),
  product('BASIC_SSL_WILDCARD', 'DigiCert', 79, 'realtime'),
  product('QUICKSSLPREMIUM', 'DigiCert', 59, 'san'),
  product('RAPID_SSL', 'DigiCert', 15),
  product('RAPID_SSL_WILDCARD', 'DigiCert', 89),
  product('SSL123', 'DigiCert', 42, 'san'),
  product('SSL123WILDCARD', 'DigiCert', 199),
  product('SSLWEB', 'DigiCert', 119, 'san OV'),
  product('SSLWEBWILDCARD', 'DigiCert', 399, 'OV'),
  product('SSLWEBSERVEREV', 'DigiCert', 199, 'san EV'),
  product('TRUEBIZID', 'DigiCert', 99, 'san OV'),
  product('TRUEBIZIDWILDCARD', 'DigiCert', 349, 'OV'),
  product('TRUEBIZIDEV', 'DigiCert', 189, 'san EV'),
  product('SECURESITE', 'DigiCert', 329, 'san OV'),
  product('SECURESITEPRO', 'DigiCert', 699, 'san OV'),
  product('SECURESITEEV', 'DigiCert', 699, 'san EV'),
  product('SECURESITEPROEV', 'DigiCert', 999, 'san EV'),
  product('COMODO_SSL', 'Sectigo', 19),
  product('COMODO_SSL_ESSENTIAL', 'Sectigo', 19),
  product('COMODO_SSL_ESSENTIAL_WILDCARD', 'Sectigo', 99),
  product('COMODO_SSL_PREMIUM', 'Sectigo', 69, 'OV'),
  product('COMODO_SSL_PREMIUM_WILDCARD', 'Sectigo', 199, 'OV'),
  product('COMODO_SSL_UCC', 'Sectigo', 89, 'san OV'),
  product('COMODO_SSL_EV', 'Sectigo', 149, 'EV'),
];

export function findProduct(name: string): Product | undefined {
  return PRODUCTS.find((candidate) => candidate.name === name.toUpperCase());
}
