/** Events of API 1: renamed in 2018, and telling certificate and sub in their data. */
import { addEvent } from '../world.ts';
import type { Account, World } from '../world.ts';
import type { LegacyOrder, LegacySub } from './model.ts';

export interface LegacyHappening {
  readonly what: 'REISSUE' | 'DELETION' | 'MODIFICATION';
  readonly outcome: 'SUCCESSFUL' | 'FAILED' | 'NOTIFY';
  readonly info: string;
  readonly at: Date;
}

/** What the page on the renaming gives as old values; there are none for the others. */
const BEFORE_2018: ReadonlyMap<string, string> = new Map([
  ['REISSUE_SUCCESSFUL', 'REISSUE_SUCCESS'],
  ['REISSUE_FAILED', 'REISSUE_FAILED'],
  ['DELETION_SUCCESSFUL', 'DELETE_SUCCESS'],
]);

export function addLegacyEvent(
  world: World,
  account: Account,
  order: LegacyOrder,
  sub: LegacySub,
  { what, outcome, info, at }: LegacyHappening,
): void {
  if (outcome === 'NOTIFY' && !world.options.legacyNotifies) return;
  const name = `${what}_${outcome}`;
  const old = world.options.legacyEventNames === 'before-2018';
  const subclass = old ? BEFORE_2018.get(name) : name;
  if (subclass === undefined) return;
  addEvent(world, account, {
    eventClass: old ? 'CERTIFICATE' : `CERTIFICATE_${what}`,
    subclass,
    objectId: order.id,
    info,
    data: [`certificate:${order.id}`, `sub:${sub.id}`],
    at,
  });
}
