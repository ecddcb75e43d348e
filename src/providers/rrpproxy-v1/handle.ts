/**
 * An order of API 1 and one certificate inside it: `certificate` (CZ00001) and `sub` (CZ00001-001). In our handles the
 * order's id is `orderId`, the sub's `certificateId`.
 */
import type { OrderHandle } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import { noId } from '../../vendors/command-text/orders.ts';
import { isId } from '../../vendors/command-text/fields.ts';

export interface Parts {
  readonly certificate: string;
  /** Undefined: the handle names the order only. */
  readonly sub: string | undefined;
}

/** In every document a sub's id is the order's id, a hyphen and three digits. */
const subForm = /^(.+)-\d{3}$/;

/**
 * Where the order's id is missing (a person named a sub), it is taken from the sub's. Throws `provider-object-missing`
 * for a handle without ids.
 */
export function partsOf(handle: OrderHandle | undefined, command: string): Parts {
  const { orderId, certificateId } = handle ?? {};
  const certificate =
    orderId ??
    (certificateId === undefined ? undefined : (subForm.exec(certificateId)?.[1] ?? certificateId));
  if (certificate === undefined || !isId(certificate)) {
    throw noId(command);
  }
  return { certificate, sub: certificateId === certificate ? undefined : certificateId };
}

export interface SubParts extends Parts {
  readonly sub: string;
}

/**
 * For commands that end something. Without a sub the provider would end the newest certificate, or the whole order: the
 * documents contradict each other, so neither is ever asked for. Throws `provider-object-missing`.
 */
export function subPartsOf(handle: OrderHandle, command: string): SubParts {
  const { certificate, sub } = partsOf(handle, command);
  if (sub !== undefined && isId(sub)) return { certificate, sub };
  throw new RenewdError(
    'provider-object-missing',
    `${command}: the sub-certificate has no known id, and without it the whole order ${certificate} could be ended; nothing was sent`,
  );
}
