/** Which names an order carries, which of them are free, and what it costs. */
import { freeAlternative, isWildcard, normaliseName } from '../vendor-kit/names.ts';
import { Refusal } from './answers.ts';
import type { CertificateClass, Prices } from './classes.ts';

export interface OrderNames {
  /** As the certificate carries them: those asked for, then the alternatives added. */
  readonly names: readonly string[];
  /** The names asked for. */
  readonly asked: readonly string[];
  readonly paid: readonly string[];
}

/** Manual 6.2: every name brings its alternative for free, as many as the class allows. */
export function orderNames(cls: CertificateClass, given: readonly string[], autofill: boolean): OrderNames {
  const asked = given.map((text) => {
    const name = normaliseName(text);
    if (name === undefined) throw new Refusal(505, `DOMAIN ${text}`);
    return name;
  });
  if (new Set(asked).size !== asked.length) throw new Refusal(541, 'DOMAIN listed twice');
  if (asked.some(isWildcard) && !cls.wildcard) throw new Refusal(541, `${cls.id} takes no wildcard domains`);

  const names = [...asked];
  const paid: string[] = [];
  let free = 0;
  const covered = new Set<string>();
  for (const name of asked) {
    if (covered.has(name)) continue;
    paid.push(name);
    const alternative = freeAlternative(name);
    if (free >= cls.freeAlternatives) continue;
    if (asked.includes(alternative) && !paid.includes(alternative)) {
      covered.add(alternative);
      free += 1;
    } else if (autofill && !names.includes(alternative)) {
      names.push(alternative);
      free += 1;
    }
  }
  if (!cls.san && paid.length > 1) throw new Refusal(541, `${cls.id} takes one domain only`);
  if (names.length > 250) throw new Refusal(541, 'at most 250 domains');
  return { names, asked, paid };
}

export interface Billing {
  readonly lines: readonly { readonly type: string; readonly count: number }[];
  readonly price: number;
}

/** One base price, wildcard or not, and a price for each name beyond those included (manual 6.6). */
export function bill(
  cls: CertificateClass,
  paid: readonly string[],
  overrides: Partial<Prices> = {},
): Billing {
  const prices = { ...cls.prices, ...overrides };
  const wildcards = paid.filter(isWildcard).length;
  const hosts = paid.length - wildcards;
  // What the base includes is taken off the dearer kind first.
  const includedWildcards = Math.min(wildcards, cls.includedNames);
  const includedHosts = Math.min(hosts, cls.includedNames - includedWildcards);
  const wildcardSans = wildcards - includedWildcards;
  const sans = hosts - includedHosts;
  const base = wildcards > 0 ? 'wildcardbase' : 'base';
  const lines = [
    { type: `${cls.id}-wildcardsan`, count: wildcardSans },
    { type: `${cls.id}-san`, count: sans },
    { type: `${cls.id}-${base}`, count: 1 },
  ].filter(({ count }) => count > 0);
  const price =
    (wildcards > 0 ? prices.wildcardBase : prices.base) +
    wildcardSans * prices.wildcardSan +
    sans * prices.san;
  return { lines, price };
}
