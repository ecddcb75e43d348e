/** E-mail validation: who will get the mail is settled before anything is paid. */
import type { OrderRequest } from '../../contracts/order.ts';
import { RenewdError } from '../../core/errors.ts';
import type { ProviderHandle } from '../stage-context.ts';

const shownMax = 20;

/**
 * Throws RenewdError `approver-unknown`, with the addresses that are offered, when the inventory names none or another.
 * A provider that offers no list takes what the inventory says.
 */
export async function checkApprover(
  { provider, capabilities }: ProviderHandle,
  request: OrderRequest,
  signal: AbortSignal,
): Promise<void> {
  const { method, approver } = request.dcv;
  // A reissue that stays with the method of its order stays with its address, too.
  const kept = request.action === 'reissue' && capabilities.reissueKeepsDcvMethod && approver === undefined;
  if (method !== 'email' || kept || provider.approvers === undefined) return;
  const offered = await provider.approvers(request, signal);
  const isOffered =
    approver !== undefined && offered.some((one) => one.toLowerCase() === approver.toLowerCase());
  if (isOffered || (offered.length === 0 && approver !== undefined)) return;
  const choice =
    offered.length === 0
      ? 'the provider offers none'
      : `choose one of ${offered.slice(0, shownMax).join(', ')}`;
  const wrong = approver === undefined ? 'no address is named' : `${approver} is not among those offered`;
  throw new RenewdError('approver-unknown', `e-mail validation: ${wrong} (\`dcv.approver\`); ${choice}`);
}
