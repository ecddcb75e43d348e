/** DeleteCertificate of API 1: revokes one sub, or the whole order. */
import { Refusal, success } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { revokeAtCa } from '../world.ts';
import { addLegacyEvent } from './events.ts';
import { legacyOrderBy, newestActive, refuseMigrated, subBy, subStatus } from './model.ts';
import type { LegacyOrder, LegacySub } from './model.ts';

function isOpen(sub: LegacySub, now: Date): boolean {
  const status = subStatus(sub, now);
  return status === 'ACTIVE' || status === 'ORDER_REQUESTED';
}

function close({ world, account }: CommandContext, order: LegacyOrder, sub: LegacySub): void {
  const at = world.clock.now();
  if (sub.issued === undefined) {
    if (world.ca.get(sub.caOrderId)?.status === 'pending') world.ca.cancel(sub.caOrderId);
    sub.status = 'CANCELLED';
  } else {
    revokeAtCa(world, sub.issued);
    sub.status = 'REVOKED';
  }
  sub.updatedAt = at;
  order.updatedAt = at;
  addLegacyEvent(world, account, order, sub, {
    what: 'DELETION',
    outcome: 'SUCCESSFUL',
    info: `${sub.id} is ${sub.status}`,
    at,
  });
}

export const deleteLegacyCertificate: Command = (context, parameters) => {
  const now = context.world.clock.now();
  const order = legacyOrderBy(context.account, parameters.required('certificate'));
  refuseMigrated(order);
  const id = parameters.text('sub');
  if (id !== undefined) {
    const sub = subBy(order, id);
    if (!isOpen(sub, now)) throw new Refusal(557, `${sub.id} is ${subStatus(sub, now)}`);
    close(context, order, sub);
    return success();
  }
  const newest =
    context.world.options.legacyDelete === 'newest-active' ? newestActive(order, now) : undefined;
  const open = newest === undefined ? order.subs.filter((sub) => isOpen(sub, now)) : [newest];
  if (open.length === 0) throw new Refusal(557, `${order.id} has nothing left to delete`);
  for (const sub of open) close(context, order, sub);
  return success();
};
