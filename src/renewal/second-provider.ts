/** The inventory entry as its second provider sees it. Pure. */
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';

/** The entry with everything that belongs to the named provider; itself for its first. */
export function entryFor(managed: ManagedCertificate, provider: string): ManagedCertificate {
  const { failover } = managed;
  if (failover === undefined || provider !== failover.provider || provider === managed.provider)
    return managed;
  const { product, order, record } = failover;
  return { ...managed, provider, product, order, dcv: { ...managed.dcv, record } };
}

/**
 * What a renewal works on: an open one stays with the provider that it was begun at. Another `provider` than the
 * renewal's means that the inventory went over to that one meanwhile.
 */
export function entryOf(renewal: Renewal, managed: ManagedCertificate): ManagedCertificate {
  return entryFor(managed, renewal.provider);
}

/**
 * What the provider can do that a renewal was begun at. Where the configuration has it no more, nothing can be asked of
 * it, and what was collected already is put in place by what the entry's own provider can do.
 */
export function capabilitiesAt(
  name: string,
  managed: ManagedCertificate,
  providers: { capabilities(name: string): ProviderCapabilities },
): ProviderCapabilities {
  try {
    return providers.capabilities(name);
  } catch (thrown) {
    if (!(thrown instanceof RenewdError) || thrown.code !== 'config-invalid') throw thrown;
    return providers.capabilities(managed.provider);
  }
}
