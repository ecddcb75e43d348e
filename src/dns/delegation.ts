/**
 * Challenge names may be aliases into a zone that we can write: `_dnsauth.example.com CNAME _dnsauth.acme.example.net`.
 * The record goes where the chain ends, and the publisher is chosen by the zone of that name.
 */
import { RenewdError } from '../core/errors.ts';
import { canonicalName } from './name.ts';
import { cnameAt, type Resolver } from './resolver.ts';

/** More is a mistake, or an attempt to keep us busy. */
const maxHops = 8;

export interface DelegationHop {
  readonly from: string;
  readonly to: string;
}

export interface Delegation {
  /** Lower case, no final dot; the record name itself when it is no alias. */
  readonly target: string;
  readonly hops: readonly DelegationHop[];
}

function brokenChain(recordName: string, hops: readonly DelegationHop[], what: string): RenewdError {
  const path = [recordName, ...hops.map((hop) => hop.to)].join(' → ');
  return new RenewdError('dcv-publish-failed', `the CNAME chain of ${recordName} ${what}: ${path}`, {
    fields: { name: recordName },
  });
}

/**
 * Follows the aliases of a record name. A name that does not exist (yet) ends the chain.
 * Rejects with RenewdError `dcv-publish-failed` for a loop or more than 8 hops, `dns-failed` when a resolver cannot tell.
 */
export async function followDelegation(
  recordName: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Delegation> {
  const hops: DelegationHop[] = [];
  let target = canonicalName(recordName);
  const seen = new Set([target]);
  for (;;) {
    const alias = cnameAt(await resolver.query(target, 'CNAME', signal), target);
    if (alias === undefined) return { target, hops };
    const next = canonicalName(alias);
    hops.push({ from: target, to: next });
    if (seen.has(next)) throw brokenChain(recordName, hops, 'is a loop');
    if (hops.length > maxHops) throw brokenChain(recordName, hops, `has more than ${maxHops} steps`);
    seen.add(next);
    target = next;
  }
}
