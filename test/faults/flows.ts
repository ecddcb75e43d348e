/** The flows that faults are injected into: each account × each verb that it sells × each way of proof. */
import type { Renewal } from '../../src/core/renewal.ts';
import { showsPaidTerm } from '../builders/accounts.ts';
import type { ProviderName, Wanted } from '../builders/inventory.ts';
import type { Seed, WorldOptions } from '../builders/world/contract.ts';

export interface Flow {
  /** Unique; the first part of a fault's label. */
  readonly title: string;
  readonly account: ProviderName;
  readonly wanted: Wanted;
  readonly seed?: Seed;
  readonly action: Renewal['action'];
  /** Orders that may be charged for; the whole point. */
  readonly paid: number;
  readonly options?: WorldOptions;
}

const verbs = ['create', 'reissue', 'renew'] as const;
type Verb = (typeof verbs)[number];

const proofs = { dns: { method: 'dns' }, file: { method: 'file', publisher: 'web' } } as const;
type Proof = keyof typeof proofs;

/** What there was before. An order of RRPproxy's API 1 never lasts longer by a reissue: another key is what it is good for. */
function seedFor(account: ProviderName, verb: Verb): Omit<Seed, 'name'> | undefined {
  if (account === 'old') return { daysLeft: 150, paidDays: 150, keyType: 'rsa-2048' };
  switch (verb) {
    case 'create':
      return undefined;
    case 'reissue':
      return { daysLeft: 12, paidDays: 180 };
    case 'renew':
      return { daysLeft: 6, paidDays: 8 };
  }
}

export function flow(account: ProviderName, action: Verb, proof: Proof): Flow {
  const seed = seedFor(account, action);
  const name = 'shop';
  return {
    title: `${account} ${action} ${proof}`,
    account,
    wanted: { name, provider: account, dcv: proofs[proof] },
    ...(seed === undefined ? {} : { seed: { name, provider: account, dcvMethod: proof, ...seed } }),
    action,
    paid: action === 'reissue' ? 0 : 1,
    ...(account === 'xml' ? { options: { internetx: showsPaidTerm } } : {}),
  };
}

const two = flow('cnr', 'renew', 'dns');
const first = flow('cnr', 'create', 'dns');
const special: readonly Flow[] = [
  { ...two, title: 'cnr renew dns, two directories', wanted: { ...two.wanted, targets: 2 } },
  {
    ...first,
    title: 'cnr create dns, proved before the order',
    wanted: { ...first.wanted, order: { immediate: true } },
  },
];

/** Nothing new is sold by RRPproxy's API 1. */
export function flowsOf(account: ProviderName): readonly Flow[] {
  const sold = account === 'old' ? (['reissue'] as const) : verbs;
  const plain = sold.flatMap((verb) => [flow(account, verb, 'dns'), flow(account, verb, 'file')]);
  return [...plain, ...special.filter((one) => one.account === account)];
}
