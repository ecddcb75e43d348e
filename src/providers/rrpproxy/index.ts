/**
 * CentralNic Reseller (RRPproxy), API 2: the manifest. Holds data only; everything heavy is loaded when a client is
 * created. Documents: README.md, "Links".
 */
import type { ProviderManifest } from '../../contracts/provider.ts';
import { capabilities } from './capabilities.ts';

export const manifest: ProviderManifest = {
  id: 'rrpproxy',
  displayName: 'CentralNic Reseller (RRPproxy)',
  capabilities,
  address: async (config) => (await import('../../vendors/rrpproxy/config.ts')).addressOf(config),
  create: async (config, dependencies) => {
    const { createRrpproxy } = await import('./provider.ts');
    return createRrpproxy(config, dependencies);
  },
};
