/** KeyDNS zones at CentralNic Reseller (RRPproxy): the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { KeydnsConfig } from './config.ts';

export const manifest: PublisherManifest = {
  id: 'rrpproxy-keydns',
  displayName: 'CentralNic Reseller (RRPproxy) KeyDNS',
  kind: 'dns',
  create: async (name, config, dependencies) => {
    const { createKeydns } = await import('./publisher.ts');
    return createKeydns(name, checkedSettings<KeydnsConfig>(config), dependencies);
  },
};
