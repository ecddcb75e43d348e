/**
 * InterNetX (AutoDNS, SSL Manager), JSON API and XML gateway: the manifest. Holds data only; everything heavy is loaded
 * when a client is created. Documents: README.md, "Links".
 */
import type { ProviderManifest } from '../../contracts/provider.ts';
import { capabilities } from './capabilities.ts';

export const manifest: ProviderManifest = {
  id: 'internetx',
  displayName: 'InterNetX (AutoDNS SSL Manager)',
  capabilities,
  address: async (config) => (await import('../../vendors/internetx/account.ts')).addressOf(config),
  create: async (config, dependencies) => {
    const { createInternetx } = await import('./orders.ts');
    return createInternetx(config, dependencies);
  },
};
