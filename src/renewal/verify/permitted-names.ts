/** Which names may be in an issued certificate beside those that were ordered. Decision: docs/decisions/0011. */
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import type { Renewal } from '../../core/renewal.ts';

/**
 * Where the product is documented, and with it that nothing but the free apex or "www" is added, an order that stated its
 * names gets these. A reissue that cannot state them repeats what the provider has. What is `known` (served already, or
 * in the inventory by now) surprises nobody.
 */
export function permittedNames(
  { action, product }: Pick<Renewal, 'action' | 'product'>,
  { products = {}, reissueChangesNames }: Pick<ProviderCapabilities, 'products' | 'reissueChangesNames'>,
  known: readonly string[],
): readonly string[] | 'any' {
  const documented = Object.keys(products).some((name) => name.toLowerCase() === product.toLowerCase());
  const stated = action === 'create' || action === 'renew' || reissueChangesNames;
  return documented && stated ? known : 'any';
}
