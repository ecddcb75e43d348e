/**
 * Bodies of prepared orders and orders. The certificate object is flat and the same for create, reissue and renew
 * (vendor's reissue walkthrough, "Certificate Reissue").
 */
import type { OrderRequest } from '../../contracts/provider.ts';
import type { DcvMethod } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { wildcardByProduct } from './capabilities.ts';
import type { InternetxConfig, InternetxOrderOptions } from './config.ts';
import { businessCases, methodWords, wireId } from './mapping.ts';
import { parseAs, tokenSchema, type Authentication } from './schema.ts';

/** The spelling that is attested when it differs in case only, else the text as it is: products are an open set. */
export function productWord(product: string): string {
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

/** CertificateData of task 400110. With a certificate id the provider also checks that the method is not changed. */
export function prepareBody(request: OrderRequest, options: InternetxOrderOptions): object {
  const businessCase = businessCases[request.action];
  return {
    plain: request.csrPem,
    product: productWord(request.product),
    ...(businessCase === undefined
      ? {}
      : { businessCase, certificate: { id: wireId(previousCertificateId(request)) } }),
    ...(options.checkCaa ? { checkCaa: true } : {}),
  };
}

export function orderBody(
  request: OrderRequest,
  options: InternetxOrderOptions,
  account: Pick<InternetxConfig, 'adminContact' | 'technicalContact'>,
): object {
  const admin = options.adminContact ?? account.adminContact;
  const technical = options.technicalContact ?? account.technicalContact ?? admin;
  const [name, ...others] = request.names;
  return {
    ...(admin === undefined ? {} : { adminContact: { id: wireId(admin) } }),
    ...(technical === undefined ? {} : { technicalContact: { id: wireId(technical) } }),
    name,
    lifetime: { unit: 'MONTH', period: options.lifetimeMonths },
    software: options.software,
    csr: request.csrPem,
    product: productWord(request.product),
    authentication: authenticationBody(request, options),
    ...(others.length === 0 ? {} : { subjectAlternativeNames: others.map((other) => ({ name: other })) }),
    ...(options.transparency === undefined ? {} : { certificateTransparencyPrivacy: options.transparency }),
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
function authenticationBody(request: OrderRequest, options: InternetxOrderOptions): object {
  const { method, approver } = request.dcv;
  if (method === 'email' && approver === undefined) {
    throw new RenewdError('provider-rejected', 'validation by e-mail needs an approver address', {
      kind: 'configuration',
    });
  }
  const prepared =
    request.prepared === undefined
      ? undefined
      : parseAs(tokenSchema, request.prepared.token, 'the stored preparation').authentication;
  const bodies: Readonly<Record<DcvMethod, object>> = {
    dns: { dns: prepared?.dns, domains: prepared?.domains, provisioning: options.provisioning },
    file: { fileName: prepared?.fileName, fileContent: prepared?.fileContent, domains: prepared?.domains },
    email: { approverEmails: approver === undefined ? undefined : [approver] },
  };
  return withoutAbsent({ method: methodWords[method], ...bodies[method] });
}

function withoutAbsent(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
