/**
 * What the verbs of the `/ssl-certificate` API do and what it can do at all, as data. Source: vendor document "SSL
 * Certificate (Purchase)"; what it leaves open is named in README.md, "Open questions".
 */
import type { ProviderCapabilities } from '../../contracts/provider.ts';

export const capabilities: ProviderCapabilities = {
  verbs: {
    create: {
      invoice: 'charged',
      paidUntil: 'new',
      notAfter: 'new',
      key: 'new',
      earlierCertificates: 'kept',
      certificateId: 'new',
    },
    // "This means that certificate will get updated with the status 'pending' until the renew is completed."
    renew: {
      invoice: 'charged',
      paidUntil: 'new',
      notAfter: 'new',
      key: 'new',
      earlierCertificates: 'kept',
      certificateId: 'unchanged',
    },
    // "The certificate will be activated right away, making the current one invalid."
    reissue: {
      invoice: 'free',
      paidUntil: 'unchanged',
      notAfter: 'new',
      key: 'new',
      earlierCertificates: 'revoked',
      certificateId: 'unchanged',
    },
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
