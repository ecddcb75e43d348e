/** From an inventory entry that nothing was wrong with to the managed certificate. */
import type { ManagedCertificate } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import type { ProviderFit } from './checks/provider-fit.ts';
import type { Entry } from './entry.ts';
import type { SecretSources } from './secret-sources.ts';

/** What the checks settled about an entry. */
export interface EntryFit extends ProviderFit {
  readonly failover: ManagedCertificate['failover'] | undefined;
}

/** Called when there was no complaint: every part is there. */
export function complete(
  { draft }: Entry,
  fit: EntryFit | undefined,
  secrets: SecretSources,
): ManagedCertificate {
  const { name, provider, product, crt, dcv, failover: _asWritten, ...rest } = draft;
  if (
    name === undefined ||
    provider === undefined ||
    product === undefined ||
    crt === undefined ||
    fit === undefined
  ) {
    throw new RenewdError('internal', 'an entry without mistakes lacks a part');
  }
  const { failover } = fit;
  return {
    ...rest,
    name,
    provider,
    product,
    crt,
    deploy: draft.deploy.map((target) => secrets.withPasswordPaths(target)),
    order: fit.order,
    dcv: { ...dcv, record: fit.record },
    ...(failover === undefined ? {} : { failover }),
  };
}
