/** A request that is asked about and never sent: for prices, approver addresses, and what a product takes. */
import type { OrderAction, OrderRequest } from '../contracts/order.ts';
import type { CertificateRecord } from '../contracts/store.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import { createCsr } from '../pki/csr.ts';
import { generateKey } from '../pki/keys.ts';

/** With a key that is thrown away: what is asked depends on product and names, not on the key. */
export async function draftRequest(
  managed: ManagedCertificate,
  action: OrderAction,
  record: CertificateRecord | undefined,
): Promise<OrderRequest> {
  const { pem } = await generateKey('ecdsa-p256');
  const { method, record: recordType, approver } = managed.dcv;
  const previous =
    action === 'create' || record?.certificateId == null
      ? {}
      : {
          previous: {
            certificateId: record.certificateId,
            ...(record.orderId === null ? {} : { orderId: record.orderId }),
          },
        };
  return {
    action,
    reference: 'rnwd-not-an-order',
    names: managed.names,
    product: action === 'create' ? managed.product : (record?.product ?? managed.product),
    csrPem: await createCsr(pem, managed.names),
    dcv: { method, record: recordType, ...(approver === undefined ? {} : { approver }) },
    ...previous,
    options: managed.order,
  };
}
