/** Zones at InterNetX (AutoDNS), JSON API or XML gateway: the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { AutodnsConfig } from './config.ts';

export const manifest: PublisherManifest = {
  id: 'autodns',
  displayName: 'InterNetX AutoDNS',
  kind: 'dns',
  create: async (name, config, dependencies) => {
    const { createAutodns } = await import('./publisher.ts');
    return createAutodns(name, checkedSettings<AutodnsConfig>(config), dependencies);
  },
};
