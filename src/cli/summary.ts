/** A renewal as the commands print it for machines: what it is about and how it stands, no keys and no certificates. */
import type { Renewal } from '../core/renewal.ts';

export function summary(renewal: Renewal) {
  const {
    id,
    action,
    state,
    reason,
    sentence,
    createdAt,
    updatedAt,
    nextAt,
    failure,
    waitsFor,
    orderId,
    certificateId,
    price,
    notAfter,
  } = renewal;
  return {
    id,
    action,
    state,
    reason,
    sentence,
    createdAt,
    updatedAt,
    nextAt,
    failure,
    waitsFor,
    orderId,
    certificateId,
    price,
    notAfter,
  };
}
