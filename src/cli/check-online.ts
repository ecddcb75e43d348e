/** `renewd check --online`: what the providers know of the products now, compared with the inventory. */
import type { ProductFacts } from '../contracts/capabilities.ts';
import type { Configuration } from '../core/certificate.ts';
import { toRenewdError } from '../core/errors.ts';
import type { Runtime } from './context.ts';
import { misfits } from './product-fit.ts';

export interface OnlineFinding {
  readonly certificate: string;
  readonly provider: string;
  readonly product: string;
  /** `misfit`: the order would be refused; `unknown`: the provider could not be asked or has no such command. */
  readonly severity: 'misfit' | 'unknown';
  readonly message: string;
}

const timeoutMs = 60_000;

type Answer = { readonly facts: ProductFacts | undefined } | { readonly unknown: string };

/** Each product is asked about once. */
export async function checkOnline(
  { certificates }: Configuration,
  runtime: Runtime,
): Promise<readonly OnlineFinding[]> {
  const answers = new Map<string, Promise<Answer>>();
  const ask = async (provider: string, product: string): Promise<Answer> => {
    try {
      const { productFacts } = await runtime.provider(provider);
      if (productFacts === undefined) return { unknown: 'the provider cannot be asked about its products' };
      return { facts: await productFacts(product, AbortSignal.timeout(timeoutMs)) };
    } catch (thrown) {
      return { unknown: toRenewdError(thrown).message };
    }
  };
  const found: OnlineFinding[] = [];
  for (const managed of certificates) {
    const { name: certificate, provider, product } = managed;
    const key = JSON.stringify([provider, product]);
    const answer = answers.get(key) ?? ask(provider, product);
    answers.set(key, answer);
    const about = { certificate, provider, product };
    const one = await answer;
    if ('unknown' in one) found.push({ ...about, severity: 'unknown', message: one.unknown });
    else if (one.facts === undefined)
      found.push({ ...about, severity: 'misfit', message: 'the provider does not know this product' });
    else
      for (const message of misfits(managed, one.facts))
        found.push({ ...about, severity: 'misfit', message });
  }
  return found;
}
