/** `renewd resolve NAME`: a person's word on a blocked renewal. */
import { RenewdError } from '../core/errors.ts';
import type { Command } from './context.ts';
import { requestAndFollow } from './request.ts';
import { configurationOf, managedCertificate } from './shared.ts';

export const resolve: Command = async (context) => {
  const configuration = await configurationOf(context, { secrets: false });
  managedCertificate(configuration, context.names[0] ?? '');
  const { order, none, cancel } = context.options;
  const certificateId = context.options['certificate-id'];
  const isOrder = typeof order === 'string' || typeof certificateId === 'string';
  if ([isOrder, none === true, cancel === true].filter(Boolean).length !== 1) {
    throw new RenewdError('usage', 'say one of --certificate-id/--order ID, --none and --cancel');
  }
  const decision = isOrder
    ? {
        ...(typeof order === 'string' ? { orderId: order } : {}),
        ...(typeof certificateId === 'string' ? { certificateId } : {}),
      }
    : none === true
      ? { none: true }
      : { cancel: true };
  return requestAndFollow(context, configuration, 'resolve', decision);
};
