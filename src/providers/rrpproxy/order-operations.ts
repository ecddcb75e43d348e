/** Certificate orders (manual 8.2), for people: the containers that share one paid term. */
import type { ProviderOperation } from '../../contracts/provider-operations.ts';
import { bounded } from '../../vendors/common/text.ts';
import {
  limitParameter,
  lineOf,
  listRows,
  present,
  requiredId,
  type RowNames,
} from '../../vendors/rrpproxy/operations.ts';
import type { Client } from './client.ts';
import { readCertificateOrder } from './objects.ts';

const columns: RowNames = {
  CERTIFICATEORDER: 'orderId',
  STATUS: 'status',
  CLASS: 'class',
  PAIDUNTIL: 'paidUntil',
  CREATEDDATE: 'createdAt',
  UPDATEDDATE: 'updatedAt',
};

const orderParameter = { name: 'order', description: 'Id of the certificate order.', required: true };

export function orderOperations(client: Client): readonly ProviderOperation[] {
  return [
    {
      name: 'order-status',
      summary: 'A certificate order with its certificates and the end of its paid term.',
      command: 'StatusCertificateOrder',
      effect: 'reads',
      parameters: [orderParameter],
      async run(given, signal) {
        const { answer } = await client.statusCertificateOrder(requiredId(given, 'order'), signal);
        return { data: readCertificateOrder(answer) };
      },
    },
    {
      name: 'order-list',
      summary: 'List certificate orders, all or those that match.',
      command: 'QueryCertificateOrderList',
      effect: 'reads',
      parameters: [
        { name: 'order', description: 'Id, with * as wildcard.' },
        { name: 'status', description: 'State, e.g. active.' },
        { name: 'class', description: 'Certificate class.' },
        { name: 'paid-until', description: 'End of the paid term, with * as wildcard: 2027-01-*' },
        { name: 'created', description: 'Date of creation.' },
        { name: 'updated', description: 'Date of the last change.' },
        limitParameter,
      ],
      async run(given, signal) {
        const filters = present({
          certificateOrder: lineOf(given, 'order'),
          status: lineOf(given, 'status'),
          class: lineOf(given, 'class'),
          paidUntil: lineOf(given, 'paid-until'),
          createdDate: lineOf(given, 'created'),
          updatedDate: lineOf(given, 'updated'),
        });
        return listRows(given, columns, ['CERTIFICATEORDER'], (page) =>
          client.queryCertificateOrderList({ ...filters, wide: true, ...page }, signal),
        );
      },
    },
    {
      name: 'order-cancel',
      summary: 'Withdraw a certificate order before anything was issued from it.',
      command: 'CancelCertificateOrder',
      effect: 'changes',
      parameters: [orderParameter],
      async run(given, signal) {
        const orderId = requiredId(given, 'order');
        const { answer } = await client.cancelCertificateOrder(orderId, signal);
        return { data: { orderId, result: bounded(answer.description) } };
      },
    },
    {
      name: 'order-revoke',
      summary: 'Revoke a certificate order with every certificate in it.',
      command: 'RevokeCertificateOrder',
      effect: 'changes',
      parameters: [orderParameter],
      async run(given, signal) {
        const orderId = requiredId(given, 'order');
        const { answer } = await client.revokeCertificateOrder(orderId, signal);
        return { data: { orderId, result: bounded(answer.description) } };
      },
    },
  ];
}
