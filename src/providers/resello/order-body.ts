/** Bodies of create, renew, reissue and validate (vendor document, "JSON request" and "Request parameters"). */
import type { OrderRequest } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import { orderSchema, type ReselloOrderOptions } from './config.ts';
import { dcvWords } from './mapping.ts';

/** Throws `config-invalid` for order settings that do not fit, and where e-mail validation lacks its address. */
export function orderBody(request: OrderRequest): object {
  const options = optionsOf(request);
  const { action, dcv, csrPem, product, reference } = request;
  if (dcv.method === 'email' && dcv.approver === undefined) {
    throw new RenewdError(
      'config-invalid',
      'validation by e-mail needs an approver address (`dcv.approver`)',
    );
  }
  return withoutAbsent({
    csr: csrPem,
    dcv_type: dcvWords[dcv.method],
    chamber_of_commerce: options.chamberOfCommerce,
    company_name: options.companyName,
    department: options.department,
    address: options.address,
    zip_code: options.zipCode,
    city: options.city,
    approver_first_name: options.approverFirstName,
    approver_last_name: options.approverLastName,
    approver_email_address: dcv.method === 'email' ? dcv.approver : options.approverEmail,
    approver_phone_number: options.approverPhone,
    client_reference: reference,
    // A reissue stays within its plan.
    plan: action === 'reissue' ? undefined : product,
    // Only a new certificate can upgrade one of Encryption Everywhere.
    ee_reference_order_id: action === 'create' ? options.encryptionEverywhereOrder : undefined,
  });
}

export interface Validation {
  readonly method?: 'EMAIL' | 'FILE' | 'DNS';
  readonly email?: string | undefined;
  readonly domain?: string | undefined;
}

export function validateBody({ method, email, domain }: Validation): object {
  return withoutAbsent({
    dcv_type: method,
    // The document has this field for e-mail validation alone.
    email_address: method === undefined || method === 'EMAIL' ? email : undefined,
    domain,
  });
}

/** The certificate that a reissue or renew is about. Throws `internal` when the caller forgot it. */
export function previousId(request: OrderRequest): string {
  const id = request.previous?.certificateId;
  if (id !== undefined) return id;
  throw new RenewdError('internal', `a ${request.action} at Resello needs the id of the certificate`);
}

function optionsOf(request: OrderRequest): ReselloOrderOptions {
  const result = orderSchema.safeParse(request.options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new RenewdError(
    'config-invalid',
    `order settings for Resello: ${where} ${issue?.message ?? ''}`.trim(),
  );
}

function withoutAbsent(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
