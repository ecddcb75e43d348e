/** `renewd renew NAME` */
import { RenewdError } from '../core/errors.ts';
import type { Command } from './context.ts';
import { requestAndFollow } from './request.ts';
import { configurationOf, managedCertificate } from './shared.ts';

export const renew: Command = async (context) => {
  const configuration = await configurationOf(context, { secrets: false });
  managedCertificate(configuration, context.names[0] ?? '');
  const { reissue, renew: paid } = context.options;
  if (reissue === true && paid === true)
    throw new RenewdError('usage', 'choose one of --reissue and --renew');
  const action = reissue === true ? { action: 'reissue' } : paid === true ? { action: 'renew' } : {};
  const key = context.options['new-key'] === true ? { newKey: true } : {};
  return requestAndFollow(context, configuration, 'renew', { ...action, ...key });
};
