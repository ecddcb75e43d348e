/** The inventory entry as its second provider sees it. Pure. */
import type { ManagedCertificate } from '../core/certificate.ts';
import type { Renewal } from '../core/renewal.ts';

/** The entry with everything that belongs to the named provider; itself for its first. */
export function entryFor(managed: ManagedCertificate, provider: string): ManagedCertificate {
  const { failover } = managed;
  if (failover === undefined || provider !== failover.provider || provider === managed.provider)
    return managed;
  const { product, order, record } = failover;
  return { ...managed, provider, product, order, dcv: { ...managed.dcv, record } };
}

/** What a renewal works on: an open one stays with the provider that it was begun at. */
export function entryOf(renewal: Renewal, managed: ManagedCertificate): ManagedCertificate {
  return entryFor(managed, renewal.provider);
}
