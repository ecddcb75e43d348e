/**
 * What the verbs of the `/ssl-certificate` API do and what it can do at all, as data. Source: vendor document "SSL
 * Certificate (Purchase)"; what it leaves open is named in README.md, "Open questions".
 */
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import { freeReissue, newOrder } from '../../vendors/common/effects.ts';

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: newOrder,
    // The same object goes to pending and is active again when the renewal is done.
    renew: { ...newOrder, certificateId: 'unchanged' },
    // The document: active at once, and the certificate before it is invalid then.
    reissue: { ...freeReissue, earlierCertificates: 'revoked', certificateId: 'unchanged' },
  },
  dcvMethods: ['dns', 'file', 'email'],
  // dcv_type says DNS and no more; the client follows what the validation details show.
  recordTypes: ['txt', 'cname'],
  findBy: 'reference',
  // Differs by plan (`renew_days_before_expiration`): see productFacts.
  reissueKeepsDcvMethod: false,
  // Names come from the CSR alone. Unproved, but a wrong "yes" costs one refused request, a wrong "no" a second order.
  reissueChangesNames: true,
  termDays: 365,
  pricePreview: false,
  // The documents name no CA; `ee_reference_order_id` refers to Encryption Everywhere, which is DigiCert's.
  ca: () => 'digicert',
  // No document gives a limit; the plan decides.
  maxNames: 250,
};
