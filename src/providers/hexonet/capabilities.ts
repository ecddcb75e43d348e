/** What the verbs do and what is possible, as data. Sources: hexonet-ssl-api and the vendor's command pages; see README.md. */
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import { freeReissue, newOrder } from '../../vendors/common/effects.ts';
import { caOf, knownProducts, maxNames } from './products.ts';

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: newOrder,
    // A new order that takes the place of the old: another SSLCERTID, with OLD-SSLCERTID beside it.
    renew: newOrder,
    // Free of charge; the answer names no id, so the order stays what it is.
    reissue: { ...freeReissue, certificateId: 'unchanged' },
  },
  dcvMethods: ['dns', 'file', 'email'],
  // DNSZONE validation is always a CNAME record.
  recordTypes: ['cname'],
  findBy: 'public-key',
  // ReissueSSLCert takes VALIDATION and DOMAIN (command page); without them the method would be EMAIL.
  reissueKeepsDcvMethod: false,
  reissueChangesNames: true,
  termDays: 365,
  pricePreview: false,
  // "abcde01234.<DOMAIN>. CNAME …" in every sample of the document.
  proofLabel: /^[a-z0-9]{10}$/,
  makesKeys: ['create', 'renew', 'reissue'],
  ca: caOf,
  knownProducts,
  maxNames,
};
