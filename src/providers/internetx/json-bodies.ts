/**
 * Bodies of the JSON API. The certificate object is flat and the same for create, reissue and renew (vendor's reissue
 * walkthrough, "Certificate Reissue").
 */
import type { CertificateOrder, ListQuery, PrepareRequest } from './gateway.ts';
import { wireId } from './mapping.ts';
import type { SslContact } from './schema.ts';

/** CertificateData of task 400110. */
export function prepareBody({ csrPem, product, previous, checkCaa }: PrepareRequest): object {
  return {
    plain: csrPem,
    product,
    ...(previous === undefined
      ? {}
      : { businessCase: previous.businessCase, certificate: { id: wireId(previous.certificateId) } }),
    ...(checkCaa ? { checkCaa: true } : {}),
  };
}

export function orderBody(order: CertificateOrder): object {
  const { adminContact, technicalContact, alternatives, transparency } = order;
  return {
    ...(adminContact === undefined ? {} : { adminContact: { id: wireId(adminContact) } }),
    ...(technicalContact === undefined ? {} : { technicalContact: { id: wireId(technicalContact) } }),
    name: order.name,
    lifetime: { unit: 'MONTH', period: order.lifetimeMonths },
    software: order.software,
    csr: order.csrPem,
    product: order.product,
    authentication: withoutAbsent(order.authentication),
    ...(alternatives.length === 0 ? {} : { subjectAlternativeNames: alternatives.map((name) => ({ name })) }),
    ...(transparency === undefined ? {} : { certificateTransparencyPrivacy: transparency }),
  };
}

/** Query of the list commands (OpenAPI document, "Query"). */
export function listBody({ filters, limit, offset }: ListQuery): object {
  return {
    ...(filters.length === 0 ? {} : { filters }),
    view: { limit, offset },
    orders: [{ key: 'id', type: 'DESC' }],
  };
}

export function contactBody(contact: SslContact): object {
  return withoutAbsent(contact);
}

export function withoutAbsent(source: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
