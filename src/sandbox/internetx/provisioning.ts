/** The vendor writes the DCV records of an order into the zones it manages, when the order asks for it. */
import type { DcvRequirement } from '../contract.ts';
import { isManaged } from './authentication.ts';
import type { OrderDetails, World } from './world.ts';

export function provision(world: World, { authentication }: OrderDetails): void {
  if (!authentication.provisioning || !isManaged(world, authentication)) return;
  for (const { requirement } of authentication.items) {
    writeRecord(world, requirement);
    world.options.provision?.(requirement);
  }
}

function writeRecord({ dns }: World, requirement: DcvRequirement): void {
  try {
    if (requirement.kind === 'dns-txt') {
      dns?.addRecord({ name: requirement.recordName, type: 'TXT', value: requirement.value, ttl: 300 });
    }
    if (requirement.kind === 'dns-cname') {
      dns?.addRecord({ name: requirement.recordName, type: 'CNAME', value: requirement.target, ttl: 300 });
    }
  } catch {
    // The name is an alias, or has other records: the order waits for its evidence, as it would without provisioning.
  }
}
