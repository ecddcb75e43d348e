/** What the verbs do and what is possible, as data. Source: Reference Manual (2022), sections 4 to 7; see README.md. */
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import { freeReissue, newOrder } from '../../vendors/common/effects.ts';
import { caOf, maxNames, products } from './products.ts';

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: newOrder,
    // A renewal is a new certificate and a new order (section 5.3).
    renew: newOrder,
    // Another certificate inside the paid order (sections 4.1 and 9.1.25).
    reissue: freeReissue,
  },
  dcvMethods: ['dns', 'file', 'email'],
  recordTypes: ['txt', 'cname'],
  // A first order also carries our reference as service tag, but renewals and reissues take none.
  findBy: 'public-key',
  // ReissueCertificate has neither dcvmethod nor domain# (section 8.1.4).
  reissueKeepsDcvMethod: true,
  reissueChangesNames: false,
  termDays: 365,
  pricePreview: true,
  ca: caOf,
  products,
  maxNames,
};
