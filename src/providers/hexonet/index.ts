/**
 * HEXONET (ISPAPI), over HTTP or EPP: the manifest. Holds data only; everything heavy is loaded when a client is
 * created. Legacy: the upstream announced its shutdown (README.md).
 */
import type { ProviderManifest } from '../../contracts/provider.ts';
import { capabilities } from './capabilities.ts';

export const manifest: ProviderManifest = {
  id: 'hexonet',
  displayName: 'HEXONET (legacy: the upstream announced its shutdown)',
  capabilities,
  address: async (config) => (await import('../../vendors/hexonet/config.ts')).addressOf(config),
  create: async (config, dependencies) => {
    const { createHexonet } = await import('./provider.ts');
    return createHexonet(config, dependencies);
  },
};
