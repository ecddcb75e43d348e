/** Does the provider, and the product at it, offer what the certificate asks for? */
import type { ZodType } from 'zod';
import type { ProductFacts, ProviderCapabilities } from '../../contracts/capabilities.ts';
import { complainOf, originOf } from '../entry.ts';
import type { Entry } from '../entry.ts';
import { complainOfIssues } from '../issues.ts';
import { suggestion } from '../suggest.ts';
import type { CheckContext } from './context.ts';
import { checkApprover, checkKeyMaker } from './validation.ts';

/** What was found on the way: the order as its schema made it, and the record type that fits. */
export interface ProviderFit {
  readonly order: Readonly<Record<string, unknown>>;
  readonly record: 'txt' | 'cname';
}

const noFit: ProviderFit = { order: {}, record: 'txt' };

export function checkProviderFit(entry: Entry, context: CheckContext): ProviderFit {
  const { provider, product } = entry.draft;
  if (provider === undefined) {
    if (!entry.broken.has('provider')) {
      missing(
        entry,
        'provider',
        `a key of \`providers\`: ${[...context.providers.keys()].join(', ') || '(none yet)'}`,
      );
    }
    return noFit;
  }
  const declared = context.providers.get(provider);
  if (declared === undefined) {
    complainOf(entry, ['provider'], {
      message: 'there is no provider of this name',
      hint:
        suggestion(provider, [...context.providers.keys()]) ?? 'add it under `providers` of the main file',
    });
    return noFit;
  }
  const { schemas } = declared;
  if (schemas === undefined) return noFit;
  const { capabilities } = schemas;
  if (product === undefined && !entry.broken.has('product'))
    missing(entry, 'product', productHint(capabilities));
  const facts = product === undefined ? undefined : checkProduct(entry, product, capabilities);
  checkNames(entry, capabilities, facts);
  checkMethod(entry, capabilities, facts);
  checkApprover(entry);
  checkKeyMaker(entry, capabilities);
  return { order: checkOrder(entry, schemas.orderSchema), record: recordOf(entry, capabilities, facts) };
}

function missing(entry: Entry, key: string, hint: string | undefined): void {
  entry.file.complain({ path: entry.path, message: `"${key}" is missing, here and in the defaults`, hint });
}

function productHint(capabilities: ProviderCapabilities): string | undefined {
  const names = Object.keys(capabilities.products ?? {});
  return names.length === 0 ? undefined : suggestion('', names);
}

function checkProduct(
  entry: Entry,
  product: string,
  capabilities: ProviderCapabilities,
): ProductFacts | undefined {
  const { products } = capabilities;
  if (products === undefined) return undefined;
  const wanted = product.toLowerCase();
  const key = Object.keys(products).find((name) => name.toLowerCase() === wanted);
  if (key !== undefined) return products[key];
  complainOf(entry, ['product'], {
    message: `provider ${entry.draft.provider ?? ''} has no product of this name`,
    hint: suggestion(product, Object.keys(products)),
  });
  return undefined;
}

function checkNames(entry: Entry, capabilities: ProviderCapabilities, facts: ProductFacts | undefined): void {
  const { names, product = '' } = entry.draft;
  if (facts?.wildcard === false) {
    for (const [index, name] of names.entries()) {
      if (!name.startsWith('*.')) continue;
      complainOf(entry, ['names', index], {
        message: `product ${product} does not cover wildcards`,
        hint: 'choose a product that does, or list the names one by one',
      });
    }
  }
  const limit = facts?.maxNames ?? capabilities.maxNames;
  if (names.length > limit) {
    complainOf(entry, ['names'], {
      message: `has ${names.length} names; ${facts === undefined ? `provider ${entry.draft.provider ?? ''}` : `product ${product}`} takes ${limit}`,
      hint: 'split the certificate, or choose another product',
    });
  }
}

function checkMethod(
  entry: Entry,
  capabilities: ProviderCapabilities,
  facts: ProductFacts | undefined,
): void {
  const { method, record } = entry.draft.dcv;
  if (entry.broken.has('dcv.method')) return;
  const methods = facts?.dcv ?? capabilities.dcvMethods;
  if (!methods.includes(method)) {
    complainOf(entry, ['dcv', 'method'], {
      message: `${facts?.dcv === undefined ? 'this provider' : 'this product'} does not validate by ${method}`,
      hint: `possible: ${methods.join(', ')}`,
    });
    return;
  }
  const records = facts?.recordTypes ?? capabilities.recordTypes;
  if (method === 'dns' && record !== undefined && !records.includes(record)) {
    complainOf(entry, ['dcv', 'record'], {
      message: `${facts?.recordTypes === undefined ? 'this provider' : 'this product'} does not validate by ${record} records`,
      hint: `possible: ${records.join(', ')}`,
    });
  }
}

function recordOf(
  entry: Entry,
  capabilities: ProviderCapabilities,
  facts: ProductFacts | undefined,
): 'txt' | 'cname' {
  const records = facts?.recordTypes ?? capabilities.recordTypes;
  return entry.draft.dcv.record ?? (records.includes('txt') ? 'txt' : (records[0] ?? 'txt'));
}

function checkOrder(entry: Entry, schema: ZodType): Readonly<Record<string, unknown>> {
  if (entry.broken.has('order')) return {};
  const parsed = schema.safeParse(entry.draft.order);
  if (parsed.success) return isRecord(parsed.data) ? parsed.data : {};
  for (const issue of parsed.error.issues) {
    const [key] = issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : issue.path;
    const origin = originOf(entry, key === undefined ? ['order'] : ['order', String(key)]);
    const at = origin.path.indexOf('order');
    // An order that stands nowhere is missed in the entry itself.
    const base = at === -1 ? [...entry.path, 'order'] : origin.path.slice(0, at + 1);
    complainOfIssues([issue], { file: origin.file, base, schema, data: entry.draft.order });
  }
  return {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
