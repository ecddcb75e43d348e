/** A small HTTP listener of renewd's own that shows published proofs and nothing else: the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { ResponderConfig } from './config.ts';

export const manifest: PublisherManifest = {
  id: 'responder',
  displayName: 'Built-in HTTP responder',
  kind: 'file',
  create: async (name, config, dependencies) => {
    const { createResponder } = await import('./publisher.ts');
    return await createResponder(name, checkedSettings<ResponderConfig>(config), dependencies);
  },
};
