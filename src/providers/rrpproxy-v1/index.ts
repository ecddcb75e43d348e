/**
 * CentralNic Reseller (RRPproxy), API 1: the manifest. Orders with sub-certificates that were bought before API 2; they
 * can be reissued until they expire, or be migrated. Documents: README.md, "Links".
 */
import type { ProviderManifest } from '../../contracts/provider.ts';
import { capabilities } from './capabilities.ts';

export const manifest: ProviderManifest = {
  id: 'rrpproxy-v1',
  displayName: 'CentralNic Reseller (RRPproxy), API 1',
  capabilities,
  address: async (config) => (await import('../../vendors/rrpproxy/config.ts')).addressOf(config),
  create: async (config, dependencies) => {
    const { createRrpproxyV1 } = await import('./provider.ts');
    return createRrpproxyV1(config, dependencies);
  },
};
