/** Everything the simulator remembers, for people and for assertions on the whole world. */
import { legacyOrderStatus, subStatus } from './legacy/model.ts';
import { certificateStatus, orderStatus } from './world.ts';
import type { Account, World } from './world.ts';

export function snapshotOf(world: World): Record<string, unknown> {
  return Object.fromEntries([...world.accounts].map(([name, account]) => [name, accountOf(world, account)]));
}

function accountOf(world: World, account: Account): Record<string, unknown> {
  const now = world.clock.now();
  return {
    credit: account.credit,
    orders: [...account.orders.values()].map(({ cls, ...order }) => ({
      ...order,
      class: cls.id,
      status: orderStatus(account, { cls, ...order }, now),
    })),
    certificates: [...account.certificates.values()].map((certificate) => ({
      ...certificate,
      status: certificateStatus(certificate, now),
    })),
    legacyOrders: [...account.legacyOrders.values()].map(({ cls, subs, ...order }) => ({
      ...order,
      class: cls.name,
      status: legacyOrderStatus({ cls, subs, ...order }, now),
      subs: subs.map((sub) => ({ ...sub, status: subStatus(sub, now) })),
    })),
    contacts: [...account.contacts.values()],
    zones: [...account.zones.values()].map(({ name, kept }) => ({
      name,
      ...(kept === undefined ? {} : { kept }),
    })),
    events: account.events,
    generatedLists: account.generatedLists,
    invoices: account.invoices,
  };
}
