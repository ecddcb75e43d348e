/** RevokeSSLCert and ResendSSLCertEmail. */
import { Refusal, success } from './answers.ts';
import type { Command } from './command.ts';
import { isMailAddress } from './contacts.ts';
import { certificateBy } from './queries.ts';

export const revokeSslCert: Command = (context, parameters) => {
  const { world } = context;
  const certificate = certificateBy(context, parameters);
  const reason =
    world.options.revocationReason === 'required' ? parameters.required('REASON') : parameters.text('REASON');
  const { issued } = certificate;
  // What a renewal replaced is still valid, and can still be revoked.
  const revocable = certificate.state === 'active' || certificate.state === 'replaced';
  if (!revocable || issued === undefined) throw new Refusal(549, `${certificate.id} is ${certificate.state}`);
  world.ca.revoke(issued.serialHex, reason ?? 'unspecified');
  certificate.state = 'revoked';
  certificate.details = reason ?? '';
  certificate.updatedAt = world.clock.now();
  return success();
};

const MAIL_TYPES = [
  'InviteEmail',
  'ApproverEmail',
  'PickUpEmail',
  'FulfillmentEmail',
  'PhoneAuthEmail',
] as const;

/** Sends nothing, but refuses what could not be sent. */
export const resendSslCertEmail: Command = (context, parameters) => {
  const certificate = certificateBy(context, parameters);
  const type = parameters.word('RESENDEMAILTYPE', MAIL_TYPES) ?? 'ApproverEmail';
  const address = parameters.text('EMAIL');
  if (address !== undefined && !isMailAddress(address)) throw new Refusal(505, 'EMAIL');
  if (type !== 'ApproverEmail') return success();
  const { validations } = certificate.submission;
  if (certificate.state !== 'waiting' || !validations.some(({ method }) => method === 'EMAIL')) {
    throw new Refusal(549, `${certificate.id} waits for no mail to be answered`);
  }
  return success();
};
