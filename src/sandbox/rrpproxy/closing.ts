/** Taking back: revoke one certificate, cancel an order not yet issued, revoke an issued order. */
import { Refusal, success } from './answers.ts';
import type { Command, CommandContext } from './command.ts';
import { finishClosing } from './catch-up.ts';
import { certificateStatus, orderOf, refund, wasEverIssued } from './world.ts';
import type { Certificate, CertificateOrder } from './world.ts';

export function certificateBy(context: CommandContext, id: string): Certificate {
  const certificate = context.account.certificates.get(id.toUpperCase());
  if (certificate === undefined) throw new Refusal(545, id);
  return certificate;
}

function orderBy(context: CommandContext, id: string): CertificateOrder {
  const order = context.account.orders.get(id.toUpperCase());
  if (order === undefined) throw new Refusal(545, id);
  return order;
}

function close(context: CommandContext, certificate: Certificate): void {
  const { world, account } = context;
  const at = new Date(world.clock.now().getTime() + world.options.closeDelayMs);
  if (world.ca.get(certificate.caOrderId)?.status === 'pending') world.ca.cancel(certificate.caOrderId);
  certificate.status = certificate.issued === undefined ? 'cancel_processing' : 'revoke_processing';
  certificate.closesAt = at;
  if (world.options.closeDelayMs === 0) finishClosing(world, account, certificate, at);
}

function revokeOne(context: CommandContext, certificate: Certificate): void {
  const status = certificateStatus(certificate, context.world.clock.now());
  if (status !== 'active') throw new Refusal(557, `${certificate.id} is ${status}`);
  close(context, certificate);
}

function cancelOrder(context: CommandContext, order: CertificateOrder): void {
  const { world, account } = context;
  if (order.closed !== undefined) throw new Refusal(557, `order ${order.id} is ${order.closed}`);
  if (wasEverIssued(account, order)) throw new Refusal(557, `order ${order.id} has an issued certificate`);
  const open = openCertificates(context, order);
  if (open.length === 0) throw new Refusal(557, `order ${order.id} has nothing in progress`);
  for (const certificate of open) close(context, certificate);
  if (world.options.closeDelayMs === 0) order.closed = 'canceled';
  refund(account, order, world.clock.now());
}

function revokeOrder(context: CommandContext, order: CertificateOrder): void {
  const { account } = context;
  if (order.closed !== undefined) throw new Refusal(557, `order ${order.id} is ${order.closed}`);
  if (!wasEverIssued(account, order)) throw new Refusal(557, `order ${order.id} has no issued certificate`);
  for (const certificate of openCertificates(context, order)) close(context, certificate);
  order.closed = 'revoked';
}

function openCertificates({ world, account }: CommandContext, order: CertificateOrder): Certificate[] {
  const now = world.clock.now();
  return order.certificateIds
    .flatMap((id) => account.certificates.get(id) ?? [])
    .filter((certificate) => ['active', 'processing'].includes(certificateStatus(certificate, now)));
}

export const revokeCertificate: Command = (context, parameters) => {
  revokeOne(context, certificateBy(context, parameters.required('certificate')));
  return success();
};

export const cancelCertificateOrder: Command = (context, parameters) => {
  cancelOrder(context, orderBy(context, parameters.required('certificateorder')));
  return success();
};

export const revokeCertificateOrder: Command = (context, parameters) => {
  revokeOrder(context, orderBy(context, parameters.required('certificateorder')));
  return success();
};

/** Without `action` the state decides. */
export const deleteCertificate: Command = (context, parameters) => {
  const certificate = certificateBy(context, parameters.required('certificate'));
  const order = orderOf(context.account, certificate);
  const action =
    parameters.word('action', ['REVOKE', 'CANCELORDER', 'REVOKEORDER']) ??
    (certificate.status === 'processing' ? 'CANCELORDER' : 'REVOKE');
  switch (action) {
    case 'REVOKE':
      revokeOne(context, certificate);
      break;
    case 'CANCELORDER':
      cancelOrder(context, order);
      break;
    case 'REVOKEORDER':
      revokeOrder(context, order);
      break;
  }
  return success();
};
