/**
 * Resello, the reseller platform's `/ssl-certificate` REST API: the manifest. Holds data only; everything heavy is
 * loaded when a client is created. Documents: README.md, "Links".
 */
import type { ProviderManifest } from '../../contracts/provider.ts';
import { capabilities } from './capabilities.ts';

export const manifest: ProviderManifest = {
  id: 'resello',
  displayName: 'Resello (reseller platform, ssl-certificate)',
  capabilities,
  address: (config) => Promise.resolve(String(config['url'])),
  create: async (config, dependencies) => {
    const { createResello } = await import('./provider.ts');
    return createResello(config, dependencies);
  },
};
