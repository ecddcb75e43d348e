/** `DELETE /ssl-certificate/{id}`. */
import type { SimulatorAnswer } from '../contract.ts';
import { refusal } from './answers.ts';
import { certificateAnswer } from './certificate-json.ts';
import type { RouteContext } from './context.ts';
import { refundInGrace } from './invoices.ts';
import { revokeAll } from './progress.ts';

/** Disables at once: nothing goes on at the CA, everything it issued is revoked. */
export function deleteCertificate(context: RouteContext): SimulatorAnswer {
  const { world, account, certificate } = context;
  if (certificate.deletedAt !== undefined) throw refusal(409, 'conflict', 'It is deleted already.');
  const now = world.clock.now();
  refundInGrace(account, certificate, now);
  const { open } = certificate;
  const order = open?.caOrderId === undefined ? undefined : world.ca.get(open.caOrderId);
  if (order?.status === 'pending') world.ca.cancel(order.id);
  // Issued already, and not told yet.
  if (order?.certificate !== undefined) {
    certificate.serials.push({ serialHex: order.certificate.serialHex, revoked: false });
  }
  revokeAll(world, certificate, 'cessationOfOperation');
  if (open !== undefined) certificate.details = open.details;
  delete certificate.open;
  delete certificate.stale;
  certificate.deletedAt = now;
  certificate.updatedAt = now;
  if (world.options.deleteAnswer === 'empty') return { status: 204, headers: {}, body: '' };
  return certificateAnswer(world, certificate, 200);
}
