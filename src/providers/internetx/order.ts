/** What is asked of InterNetX for a prepared order and an order, whichever encoding carries it. */
import type { OrderRequest } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import { wildcardByProduct } from './capabilities.ts';
import type { InternetxConfig, InternetxOrderOptions } from './config.ts';
import type { CertificateOrder, OrderAuthentication, PrepareRequest } from './gateway.ts';
import { withoutAbsent } from './json-bodies.ts';
import { businessCases, methodWords } from './mapping.ts';
import { parseAs, tokenSchema, type Authentication } from './schema.ts';

/** The spelling that is attested when it differs in case only, else the text as it is: products are an open set. */
function productWord(product: string): string {
  const upper = product.toUpperCase();
  return Object.hasOwn(wildcardByProduct, upper) ? upper : product;
}

/**
 * Throws `provider-rejected` for what a known product refuses anyway: wildcard products take wildcard names as the
 * common name, the others take none.
 */
export function checkProduct(request: OrderRequest): void {
  const product = productWord(request.product);
  const wildcard = Object.hasOwn(wildcardByProduct, product) ? wildcardByProduct[product] : undefined;
  if (wildcard === undefined) return;
  if (wildcard && !(request.names[0] ?? '').startsWith('*.')) {
    throw new RenewdError('provider-rejected', `product ${product} needs a wildcard as the first name`, {
      kind: 'configuration',
    });
  }
  const offending = wildcard ? undefined : request.names.find((name) => name.startsWith('*.'));
  if (offending !== undefined) {
    throw new RenewdError(
      'provider-rejected',
      `product ${product} does not cover the wildcard name ${offending}`,
      {
        kind: 'configuration',
      },
    );
  }
}

export function prepareRequest(request: OrderRequest, options: InternetxOrderOptions): PrepareRequest {
  const businessCase = businessCases[request.action];
  return {
    csrPem: request.csrPem,
    product: productWord(request.product),
    ...(businessCase === undefined
      ? {}
      : { previous: { businessCase, certificateId: previousCertificateId(request) } }),
    checkCaa: options.checkCaa,
  };
}

export function certificateOrder(
  request: OrderRequest,
  options: InternetxOrderOptions,
  account: Pick<InternetxConfig, 'adminContact' | 'technicalContact'>,
): CertificateOrder {
  const adminContact = options.adminContact ?? account.adminContact;
  const [name = '', ...alternatives] = request.names;
  return {
    adminContact,
    technicalContact: options.technicalContact ?? account.technicalContact ?? adminContact,
    name,
    alternatives,
    lifetimeMonths: options.lifetimeMonths,
    software: options.software,
    csrPem: request.csrPem,
    product: productWord(request.product),
    authentication: orderAuthentication(request, options),
    transparency: options.transparency,
  };
}

/** The certificate that a reissue or renew is about. Throws `internal` when the caller forgot it. */
export function previousCertificateId(request: OrderRequest): string {
  const id = request.previous?.certificateId;
  if (id !== undefined) return id;
  throw new RenewdError('internal', `a ${request.action} at InterNetX needs the id of the certificate`);
}

/** What `prepare` keeps for the order: the prepared element, its texts byte for byte. */
export function preparedToken(prepared: Authentication): Readonly<Record<string, unknown>> {
  return { authentication: withoutAbsent(prepared) };
}

/**
 * The prepared values go back unchanged: without them the provider makes new ones from the time of day (HELP:
 * Certificate Create), and what we published would be for nothing.
 */
function orderAuthentication(request: OrderRequest, options: InternetxOrderOptions): OrderAuthentication {
  const { method, approver } = request.dcv;
  const prepared =
    request.prepared === undefined
      ? undefined
      : parseAs(tokenSchema, request.prepared.token, 'the stored preparation').authentication;
  const domains = prepared?.domains;
  switch (method) {
    case 'dns':
      return { method: methodWords.dns, dns: prepared?.dns, domains, provisioning: options.provisioning };
    case 'file':
      return {
        method: methodWords.file,
        fileName: prepared?.fileName,
        fileContent: prepared?.fileContent,
        domains,
      };
    case 'email':
      if (approver === undefined) {
        throw new RenewdError('provider-rejected', 'validation by e-mail needs an approver address', {
          kind: 'configuration',
        });
      }
      return { method: methodWords.email, approverEmails: [approver] };
  }
}
