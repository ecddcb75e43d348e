/** Zones hosted at HEXONET: the manifest. Legacy: the upstream announced its shutdown (README.md). */
import type { PublisherManifest } from '../../contracts/publisher.ts';

export const manifest: PublisherManifest = {
  id: 'hexonet-dns',
  displayName: 'HEXONET DNS (legacy: the upstream announced its shutdown)',
  kind: 'dns',
  create: async (name, config, dependencies) => {
    const { createHexonetDns } = await import('./publisher.ts');
    return createHexonetDns(name, config, dependencies);
  },
};
