/** Puts the provider together from a checked account; loaded when the first client is needed. */
import type { Provider, ProviderDependencies } from '../../contracts/provider.ts';
import { checkedAccount } from '../../vendors/common/checked-settings.ts';
import { createTransport } from '../../vendors/rrpproxy/transport.ts';
import { createClient } from './client.ts';
import { accountSchema } from './config.ts';
import { createEvents } from './events.ts';
import { createOperations } from './operations.ts';
import { createOrders } from './orders.ts';

/** Throws `config-invalid` for an account that the schema refuses; the message names fields, never values. */
export function createRrpproxy(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Provider {
  const account = checkedAccount(accountSchema, config, 'rrpproxy account');
  const transport = createTransport(account, dependencies);
  const client = createClient(transport);
  return {
    ...createOrders({ client, account }),
    events: createEvents(client),
    operations: createOperations(client),
    close: () => transport.close(),
  };
}
