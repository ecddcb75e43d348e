/** Any program as DNS publisher, by the conventions of other clients' hooks: the manifest. */
import type { PublisherManifest } from '../../contracts/publisher.ts';
import { checkedSettings } from '../checked-settings.ts';
import type { CommandConfig } from './config.ts';
import { recordTypesOf } from './record-types.ts';

export const manifest: PublisherManifest = {
  id: 'command',
  displayName: 'A program (acme.sh dnsapi, lego exec, certbot and dehydrated hooks)',
  kind: 'dns',
  recordTypesOf: ({ convention }) => recordTypesOf(convention),
  create: async (name, config, dependencies) => {
    const { createCommand } = await import('./publisher.ts');
    return createCommand(name, checkedSettings<CommandConfig>(config), dependencies);
  },
};
