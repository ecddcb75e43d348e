/** What verbs do at most resellers, as data; what differs is said by the provider. */
import type { VerbEffect } from '../../contracts/capabilities.ts';

/** A new order on the invoice, with a certificate of its own. */
export const newOrder: VerbEffect = {
  invoice: 'charged',
  paidUntil: 'new',
  notAfter: 'new',
  key: 'new',
  earlierCertificates: 'kept',
  certificateId: 'new',
};

/** Another certificate inside the paid order. */
export const freeReissue: VerbEffect = { ...newOrder, invoice: 'free', paidUntil: 'unchanged' };
