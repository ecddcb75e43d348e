/** What the CA has done with the subs in progress since the last look. */
import type { CaOrder } from '../../contract.ts';
import type { Change } from '../catch-up.ts';
import { lateBy } from '../steering.ts';
import type { Account, World } from '../world.ts';
import { addLegacyEvent } from './events.ts';
import type { LegacyOrder, LegacySub } from './model.ts';

export function legacyChanges(world: World, account: Account): Change[] {
  const now = world.clock.now();
  return [...account.legacyOrders.values()].flatMap((order) =>
    order.subs.flatMap((sub): Change[] => {
      const caOrder = sub.status === 'ORDER_REQUESTED' ? world.ca.get(sub.caOrderId) : undefined;
      if (caOrder === undefined || caOrder.status === 'pending') return [];
      const at = new Date(caOrder.updatedAt.getTime() + lateBy(sub.names, world.options));
      return at > now ? [] : [{ at, apply: () => settle(world, account, order, sub, caOrder, at) }];
    }),
  );
}

function settle(
  world: World,
  account: Account,
  order: LegacyOrder,
  sub: LegacySub,
  { certificate, failure }: CaOrder,
  at: Date,
): void {
  sub.updatedAt = at;
  order.updatedAt = at;
  sub.status = certificate === undefined ? 'FAILED' : 'ACTIVE';
  if (certificate !== undefined) sub.issued = certificate;
  addLegacyEvent(world, account, order, sub, {
    what: 'REISSUE',
    outcome: certificate === undefined ? 'FAILED' : 'SUCCESSFUL',
    info:
      certificate === undefined ? (failure ?? 'The CA did not issue.') : `Issued for ${sub.names.join(', ')}`,
    at,
  });
}
