/** Does what the provider says of a product now fit what the inventory wants of it? Pure. */
import type { ProductFacts } from '../contracts/capabilities.ts';
import type { ManagedCertificate } from '../core/certificate.ts';

/** One sentence per thing that does not fit; empty: everything does. */
export function misfits(managed: ManagedCertificate, facts: ProductFacts): readonly string[] {
  const { names, dcv, order } = managed;
  const found: string[] = [];
  const wildcards = names.filter((name) => name.startsWith('*.'));
  if (!facts.wildcard && wildcards.length > 0)
    found.push(`it does not cover wildcards (${wildcards.join(', ')})`);
  if (names.length > facts.maxNames)
    found.push(`it takes ${facts.maxNames} names, the inventory has ${names.length}`);
  if (facts.dcv !== undefined && !facts.dcv.includes(dcv.method))
    found.push(`it does not validate by ${dcv.method}; possible: ${facts.dcv.join(', ')}`);
  if (dcv.method === 'dns' && facts.recordTypes !== undefined && !facts.recordTypes.includes(dcv.record))
    found.push(`it does not validate by ${dcv.record} records; possible: ${facts.recordTypes.join(', ')}`);
  const period = order['period'];
  if (typeof period === 'string' && facts.periods !== undefined && !facts.periods.includes(period))
    found.push(`it has no term of ${period}; possible: ${facts.periods.join(', ')}`);
  if (order['immediate'] === true && facts.immediateIssuance === false)
    found.push('it is not issued immediately');
  return found;
}
