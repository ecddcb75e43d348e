/**
 * One function per remote command, section of the Reference Manual (2022) above it, each marked *repeatable* or not.
 * No policy here.
 */
import { markedSends, type Transport } from '../../vendors/rrpproxy/transport.ts';
import {
  addParameters,
  apiversion,
  checkParameters,
  contactListParameters,
  contactParameters,
  listParameters,
  orderListParameters,
  reissueParameters,
  renewParameters,
  type AddParameters,
  type CheckParameters,
  type ContactListParameters,
  type ContactParameters,
  type ListParameters,
  type OrderListParameters,
  type ReissueParameters,
  type RenewParameters,
  type SyntaxParameters,
} from './parameters.ts';

/** 8.1.5, what is to end. */
export const deleteActions = ['REVOKE', 'CANCELORDER', 'REVOKEORDER'] as const;
export type DeleteAction = (typeof deleteActions)[number];

export interface EventListParameters {
  /** With wildcards, e.g. "CERTIFICATE*". */
  readonly class: string;
  readonly limit: number;
}

export type Client = ReturnType<typeof createClient>;

export function createClient(transport: Transport) {
  const { repeatable, notRepeatable } = markedSends(transport);

  return {
    /** 8.1.1. Repeatable: CSR contents, approver addresses, validation token. */
    checkCertificate: (check: CheckParameters, signal: AbortSignal) =>
      repeatable('CheckCertificate', checkParameters(check), signal),

    /** 8.1.2. Not repeatable: orders. */
    addCertificate: (order: AddParameters, signal: AbortSignal) =>
      notRepeatable('AddCertificate', addParameters(order), signal),

    /** 8.1.2 with checkonly=1 (9.1.13). Repeatable: names and price of an order that is not placed. */
    previewCertificate: (order: AddParameters, signal: AbortSignal) =>
      repeatable('AddCertificate', { ...addParameters(order), checkonly: 1 }, signal),

    /** 8.1.3. Not repeatable: a new certificate and a new order. */
    renewCertificate: (renewal: RenewParameters, signal: AbortSignal) =>
      notRepeatable('RenewCertificate', renewParameters(renewal), signal),

    /** 8.1.4. Not repeatable: free, but each one is another certificate. */
    reissueCertificate: (reissue: ReissueParameters, signal: AbortSignal) =>
      notRepeatable('ReissueCertificate', reissueParameters(reissue), signal),

    /** 8.1.5: the same ends as 8.1.6, 8.2.1 and 8.2.2, by the certificate's id. Repeatable: the second finds it ended. */
    deleteCertificate: (certificate: string, action: DeleteAction, signal: AbortSignal) =>
      repeatable('DeleteCertificate', { apiversion, certificate, action }, signal),

    /** 8.1.6. Repeatable: the second has nothing left to do. It takes no reason. */
    revokeCertificate: (certificate: string, signal: AbortSignal) =>
      repeatable('RevokeCertificate', { apiversion, certificate }, signal),

    /** 8.1.7. Repeatable. */
    statusCertificate: (certificate: string, signal: AbortSignal) =>
      repeatable('StatusCertificate', { apiversion, certificate }, signal),

    /** 8.1.8; `domain` from the knowledge base. Repeatable. */
    queryCertificateList: (list: ListParameters, signal: AbortSignal) =>
      repeatable('QueryCertificateList', listParameters(list), signal),

    /** 8.2.1. Repeatable: the second has nothing left to do. */
    cancelCertificateOrder: (certificateorder: string, signal: AbortSignal) =>
      repeatable('CancelCertificateOrder', { apiversion, certificateorder }, signal),

    /** 8.2.2. Repeatable: the second has nothing left to do. */
    revokeCertificateOrder: (certificateorder: string, signal: AbortSignal) =>
      repeatable('RevokeCertificateOrder', { apiversion, certificateorder }, signal),

    /** 8.2.3. Repeatable. */
    statusCertificateOrder: (certificateorder: string, signal: AbortSignal) =>
      repeatable('StatusCertificateOrder', { apiversion, certificateorder }, signal),

    /** 8.2.4. Repeatable. */
    queryCertificateOrderList: (list: OrderListParameters, signal: AbortSignal) =>
      repeatable('QueryCertificateOrderList', orderListParameters(list), signal),

    /** 8.3.1. Not repeatable: free, but each one is another contact. */
    addCertificateContact: (contact: ContactParameters, signal: AbortSignal) =>
      notRepeatable('AddCertificateContact', contactParameters(contact), signal),

    /** 8.3.2. Repeatable. */
    statusCertificateContact: (certificatecontact: string, signal: AbortSignal) =>
      repeatable('StatusCertificateContact', { apiversion, certificatecontact }, signal),

    /** 8.3.3. Repeatable. */
    queryCertificateContactList: (list: ContactListParameters, signal: AbortSignal) =>
      repeatable('QueryCertificateContactList', contactListParameters(list), signal),

    /** 8.4.2; without a class the names of all. Repeatable. */
    getCertificateInfo: (name: string | undefined, signal: AbortSignal) =>
      repeatable('GetCertificateInfo', { apiversion, class: name }, signal),

    /** 8.4.3. Repeatable. No certificate command: takes no apiversion. */
    queryCommandSyntax: (syntax: SyntaxParameters, signal: AbortSignal) =>
      repeatable(
        'QueryCommandSyntax',
        { commandname: syntax.command, type: syntax.type, class: syntax.class },
        signal,
      ),

    /** 8.4.1, as 9.1.27: also makes the CA look again. Repeatable. No certificate command: takes no apiversion. */
    resendNotification: (certificate: string, signal: AbortSignal) =>
      repeatable('ResendNotification', { type: 'CERTIFICATE', object: certificate }, signal),

    /** Knowledge base, QueryEventList. Repeatable. Oldest first. */
    queryEventList: (list: EventListParameters, signal: AbortSignal) =>
      repeatable(
        'QueryEventList',
        { class: list.class, wide: 1, first: 0, limit: list.limit, orderby: 'DATE', order: 'ASC' },
        signal,
      ),

    /** Knowledge base, StatusEvent. Repeatable. */
    statusEvent: (event: string, signal: AbortSignal) => repeatable('StatusEvent', { event }, signal),

    /** Knowledge base, DeleteEvent. Repeatable: the second finds nothing. */
    deleteEvent: (event: string, signal: AbortSignal) => repeatable('DeleteEvent', { event }, signal),
  };
}
