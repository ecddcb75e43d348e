/**
 * What InterNetX's verbs do and what it can do at all, as data. Sources: the vendor's reissue walkthrough (page version
 * 29), its OpenAPI document of April 2026, and the help pages Certificate Renew, Reissue and Revoke; see README.md.
 */
import type { ProductFacts, ProviderCapabilities } from '../../contracts/capabilities.ts';
import { freeReissue, newOrder } from '../../vendors/common/effects.ts';

/**
 * Products whose handling of wildcard names is attested (vendor's PHP client of 2018 and a public billing module).
 * Products are an open set at this provider: a product that is missing here is passed on as it is written.
 */
export const wildcardByProduct: Readonly<Record<string, boolean>> = {
  BASIC_SSL: false,
  BASIC_SSL_WILDCARD: true,
  QUICKSSLPREMIUM: false,
  RAPID_SSL: false,
  RAPID_SSL_WILDCARD: true,
  SSL123: false,
  SSL123WILDCARD: true,
  SSLWEB: false,
  SSLWEBWILDCARD: true,
  SSLWEBSERVEREV: false,
  TRUEBIZID: false,
  TRUEBIZIDWILDCARD: true,
  TRUEBIZIDEV: false,
  SECURESITE: false,
  SECURESITEPRO: false,
  SECURESITEEV: false,
  SECURESITEPROEV: false,
  COMODO_SSL: false,
  COMODO_SSL_ESSENTIAL: false,
  COMODO_SSL_ESSENTIAL_WILDCARD: true,
  COMODO_SSL_PREMIUM: false,
  COMODO_SSL_PREMIUM_WILDCARD: true,
  COMODO_SSL_UCC: false,
  COMODO_SSL_EV: false,
  DEMOSSL: false,
};

/** No document gives a limit; this is what the CAs behind the multi-name products accept, the product decides. */
const maxNames = 250;

const knownProducts: Readonly<Record<string, ProductFacts>> = Object.fromEntries(
  Object.entries(wildcardByProduct).map(([product, wildcard]) => [product, { wildcard, maxNames }]),
);

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: newOrder,
    renew: { ...newOrder, certificateId: 'unchanged' },
    reissue: { ...freeReissue, certificateId: 'unchanged' },
  },
  dcvMethods: ['dns', 'file', 'email'],
  // The product decides which of the two it asks for; the client follows the prepared line.
  recordTypes: ['txt', 'cname'],
  findBy: 'public-key',
  renewWindowDays: 90,
  reissueKeepsDcvMethod: true,
  // A reissue takes the names as an order does. Unproved, but a wrong "yes" costs one refused request, a wrong "no" a
  // second paid order.
  reissueChangesNames: true,
  termDays: 365,
  pricePreview: false,
  ca,
  knownProducts,
  maxNames,
};

/** Comodo is Sectigo since 2018; GeoTrust, Thawte, RapidSSL and Symantec's brands are DigiCert since 2017. */
function ca(product: string): string {
  const name = product.toUpperCase();
  if (name.startsWith('COMODO') || name.startsWith('SECTIGO') || name.startsWith('POSITIVE'))
    return 'sectigo';
  if (name.startsWith('GLOBALSIGN')) return 'globalsign';
  return 'digicert';
}
