/** Puts the provider together from a checked account; loaded when the first client is needed. */
import type { Provider, ProviderDependencies } from '../../contracts/provider.ts';
import { RenewdError } from '../../core/errors.ts';
import { createTransport } from '../../vendors/rrpproxy/transport.ts';
import { createClient } from './client.ts';
import { accountSchema } from './config.ts';
import { createOperations } from './operations.ts';
import { createOrders } from './orders.ts';

/** Throws `config-invalid` for an account that the schema refuses; the message names fields, never values. */
export function createRrpproxyV1(
  config: Readonly<Record<string, unknown>>,
  dependencies: ProviderDependencies,
): Provider {
  const parsed = accountSchema.safeParse(config);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'account').join(', ');
    throw new RenewdError('config-invalid', `the rrpproxy-v1 account settings do not fit: ${fields}`);
  }
  const transport = createTransport(parsed.data, dependencies);
  const client = createClient(transport);
  return {
    ...createOrders(client),
    operations: createOperations(client),
    close: () => transport.close(),
  };
}
