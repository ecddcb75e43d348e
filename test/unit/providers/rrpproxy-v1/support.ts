/** The provider of API 1 and its client, pointed at the loopback stand-in of API 2's tests. */
import type { Provider } from '../../../../src/contracts/provider.ts';
import type { ProviderOperation } from '../../../../src/contracts/provider-operations.ts';
import { createClient, type Client } from '../../../../src/providers/rrpproxy-v1/client.ts';
import { accountSchema } from '../../../../src/providers/rrpproxy-v1/config.ts';
import { manifest } from '../../../../src/providers/rrpproxy-v1/index.ts';
import { createTransport } from '../../../../src/vendors/rrpproxy/transport.ts';
import {
  dependenciesOf,
  newWatch,
  settings,
  vendor,
  type Heard,
  type Said,
  type Vendor,
} from '../rrpproxy/support.ts';

export async function withProvider<T>(
  say: (heard: Heard, count: number) => Said,
  use: (provider: Provider, server: Vendor) => Promise<T>,
): Promise<T> {
  await using server = await vendor(say);
  const provider = await manifest.create(settings(server.url), dependenciesOf(newWatch()));
  try {
    return await use(provider, server);
  } finally {
    await provider.close();
  }
}

export async function withClient<T>(
  say: (heard: Heard, count: number) => Said,
  use: (client: Client, server: Vendor) => Promise<T>,
): Promise<T> {
  await using server = await vendor(say);
  const transport = createTransport(accountSchema.parse(settings(server.url)), dependenciesOf(newWatch()));
  try {
    return await use(createClient(transport), server);
  } finally {
    await transport.close();
  }
}

export function operation(provider: Provider, name: string): ProviderOperation {
  const found = provider.operations?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}
