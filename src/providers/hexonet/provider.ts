/** Puts the provider together from a checked account; loaded when the first client is needed. */
import type { Provider, ProviderDependencies } from '../../contracts/provider.ts';
import { checkedAccount } from '../../vendors/common/checked-settings.ts';
import { openTransport } from '../../vendors/hexonet/transport.ts';
import { createClient } from './client.ts';
import { accountSchema } from './config.ts';
import { createOperations } from './operations.ts';
import { createOrders } from './orders.ts';

/** Throws `config-invalid` for an account that the schema refuses; the message names fields, never values. */
export async function createHexonet(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Promise<Provider> {
  const account = checkedAccount(accountSchema, config, 'hexonet account');
  const transport = await openTransport(account, dependencies);
  const client = createClient(transport);
  return {
    ...createOrders(client),
    operations: createOperations(client),
    close: () => transport.close(),
  };
}
