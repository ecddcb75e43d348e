/** ResendNotification, of both APIs: the approval mail once more, or a look at DNS or the file at once. */
import { Refusal, success } from './answers.ts';
import { catchUp } from './catch-up.ts';
import { certificateBy } from './closing.ts';
import type { Command } from './command.ts';
import { legacyOrderBy, subBy } from './legacy/model.ts';

const TYPES = [
  'domaintransfer',
  'certificate',
  'trademark',
  'claimsnotice',
  'contactverification',
  'ownerchange',
] as const;

/** `object` is a certificate of either API; `sub` belongs to the older one. */
export const resendNotification: Command = async (context, parameters) => {
  const { world, account } = context;
  const type = parameters.word('type', TYPES);
  parameters.word('recipient', ['owner', 'admin', 'gaining', 'losing', 'both']);
  const object = parameters.required('object');
  if (type !== 'certificate') throw new Refusal(545, object);
  const legacy = account.legacyOrders.get(object.toUpperCase());
  const sub = parameters.text('sub');
  if (legacy === undefined && sub !== undefined) throw new Refusal(545, sub);
  const waiting =
    legacy === undefined ? certificateBy(context, object) : subBy(legacyOrderBy(account, object), sub);
  const pending = waiting.status === 'processing' || waiting.status === 'ORDER_REQUESTED';
  if (!pending) throw new Refusal(557, `${waiting.id} is ${waiting.status}`);
  const requirements = world.ca.get(waiting.caOrderId)?.request.requirements ?? [];
  if (requirements.some(({ kind }) => kind !== 'email')) {
    await world.ca.recheck(waiting.caOrderId);
    catchUp(world);
  }
  return success();
};
