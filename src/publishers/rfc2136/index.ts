/** DNS updates signed with TSIG (BIND, Knot, PowerDNS, NSD's front ends): the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { Rfc2136Config } from './config.ts';

export const manifest: PublisherManifest = {
  id: 'rfc2136',
  displayName: 'DNS update (RFC 2136) with TSIG',
  kind: 'dns',
  create: async (name, config, dependencies) => {
    const { createRfc2136 } = await import('./publisher.ts');
    return createRfc2136(name, checkedSettings<Rfc2136Config>(config), dependencies);
  },
};
