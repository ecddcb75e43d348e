/**
 * What is left of API 1, as data. Sources: "Reissue a SSL Certificate Step by Step via API"; knowledge base
 * ssl/ssl-2-0.md (end of life) and ssl/ssl-validation-methods.
 */
import type { ClosedVerb, ProviderCapabilities } from '../../contracts/capabilities.ts';

const sellsNothing: ClosedVerb = {
  closed:
    'API 1 sells nothing any more; migrate the order with the operation `migrate`, then use a provider of type rrpproxy',
};

/** Brands of Sectigo among the classes of API 1 (manual 8.1.7); all others are DigiCert's. */
const sectigoClasses: ReadonlySet<string> = new Set([
  'instantssl',
  'sgcwildcardssl',
  'positivessl',
  'premiumssl',
  'extendedvalidatedssl',
  'positivewildcardssl',
  'unifiedcommunicationsdv',
  'unifiedcommunicationsov',
  'multidomainov',
  'multidomainev',
]);

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: sellsNothing,
    renew: sellsNothing,
    // Another sub-certificate in the same order, ending when the earlier one ends; both are valid.
    reissue: {
      invoice: 'free',
      paidUntil: 'unchanged',
      notAfter: 'unchanged',
      key: 'new',
      earlierCertificates: 'kept',
      certificateId: 'new',
    },
  },
  dcvMethods: ['dns', 'file', 'email'],
  // The CA decides which: TXT at DigiCert, CNAME at Sectigo.
  recordTypes: ['txt', 'cname'],
  findBy: 'public-key',
  // ReissueCertificate takes `authmethod` (knowledge base, change-of-validation-method).
  reissueKeepsDcvMethod: false,
  reissueChangesNames: false,
  termDays: 365,
  pricePreview: false,
  discardsSuperseded: true,
  ca: (product) => (sectigoClasses.has(product.trim().toLowerCase()) ? 'sectigo' : 'digicert'),
  maxNames: 250,
};
