/**
 * Plans as `/ssl-certificate-plan` tells them, and the sandbox's price list. The document uses one plan's id in its
 * samples; as those carry all that an organization is asked for, it is the OV plan here.
 */
import type { Json } from './json.ts';

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly brand: string;
  readonly validation: 'DV' | 'OV' | 'EV';
  readonly names: 'single' | 'wildcard' | 'multi';
  /** Which record proves a name by DNS. */
  readonly dns: 'TXT' | 'CNAME';
  /** Days before expiry from which renewing is possible. */
  readonly renewDaysBeforeExpiration: number;
  /** Months paid for. */
  readonly intervalMonths: number;
  /** Days within which a deletion is refunded. */
  readonly graceDays: number;
  readonly price: number;
}

export const PLANS: readonly Plan[] = [
  {
    id: 'a1f1b0de-52a6-4c43-9d5b-0d3f6c7be101',
    name: 'DV Single',
    description: 'One domain and its www. name, domain validation',
    brand: 'Sandbox TXT',
    validation: 'DV',
    names: 'single',
    dns: 'TXT',
    renewDaysBeforeExpiration: 90,
    intervalMonths: 12,
    graceDays: 30,
    price: 9.5,
  },
  {
    id: 'b52f0c11-0d8b-4f0e-8a4e-7f1f4a9fd202',
    name: 'DV Single CNAME',
    description: 'One domain and its www. name, domain validation',
    brand: 'Sandbox CNAME',
    validation: 'DV',
    names: 'single',
    dns: 'CNAME',
    renewDaysBeforeExpiration: 30,
    intervalMonths: 12,
    graceDays: 15,
    price: 8,
  },
  {
    id: 'c93d7e22-6c1a-4f57-b6f3-2c0b8e5ac303',
    name: 'DV Wildcard',
    description: 'All names directly below one domain, domain validation',
    brand: 'Sandbox TXT',
    validation: 'DV',
    names: 'wildcard',
    dns: 'TXT',
    renewDaysBeforeExpiration: 90,
    intervalMonths: 12,
    graceDays: 30,
    price: 79,
  },
  {
    id: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
    name: 'DV Multi-Domain',
    description: 'Several domains, domain validation',
    brand: 'Sandbox CNAME',
    validation: 'DV',
    names: 'multi',
    dns: 'CNAME',
    renewDaysBeforeExpiration: 30,
    intervalMonths: 12,
    graceDays: 15,
    price: 49,
  },
  {
    id: '3f7830c3-3fa4-404d-908f-35daaa1cd17b',
    name: 'OV Single',
    description: 'One domain and its www. name, organization validation',
    brand: 'Sandbox TXT',
    validation: 'OV',
    names: 'single',
    dns: 'TXT',
    renewDaysBeforeExpiration: 90,
    intervalMonths: 12,
    graceDays: 30,
    price: 99,
  },
  {
    id: 'e15f9044-8e3c-4b79-98b5-4e2da07ce505',
    name: 'EV Multi-Domain',
    description: 'Several domains, extended validation',
    brand: 'Sandbox TXT',
    validation: 'EV',
    names: 'multi',
    dns: 'TXT',
    renewDaysBeforeExpiration: 90,
    intervalMonths: 12,
    graceDays: 30,
    price: 189,
  },
];

/** By id; seeds may use the name too. */
export function findPlan(idOrName: string): Plan | undefined {
  return PLANS.find(({ id, name }) => id === idOrName.toLowerCase() || name === idOrName);
}

/** The vendor's plan object; `grace_period` is named by the purchase document's text only, so its key is a guess. */
export function planJson(plan: Plan, currency: string): Json {
  const action = (name: string, price: number): Json => ({ name, price: price.toFixed(2), currency });
  return {
    id: plan.id,
    name: plan.name,
    description: plan.description,
    brand: plan.brand,
    renew_days_before_expiration: plan.renewDaysBeforeExpiration,
    interval: plan.intervalMonths,
    grace_period: plan.graceDays,
    actions: [action('create', plan.price), action('renew', plan.price), action('reissue', 0)],
    product: { name: 'SSL Certificate', type: plan.validation },
    provisioner: { id: plan.dns === 'TXT' ? 'sandbox-txt' : 'sandbox-cname' },
  };
}
