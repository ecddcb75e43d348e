/** Files below the document root of a web server on this host: the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { WebrootConfig } from './config.ts';

export const manifest: PublisherManifest = {
  id: 'webroot',
  displayName: 'Files in a web root',
  kind: 'file',
  create: async (name, config, dependencies) => {
    const { createWebroot } = await import('./publisher.ts');
    return createWebroot(name, checkedSettings<WebrootConfig>(config), dependencies);
  },
};
