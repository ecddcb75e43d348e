/** The second provider of an entry: it exists, is another one, sells the product, and has a limit of spending. */
import type { ManagedCertificate } from '../../core/certificate.ts';
import { complainOf, originOf } from '../entry.ts';
import type { Entry } from '../entry.ts';
import { complainOfIssues } from '../issues.ts';
import { suggestion } from '../suggest.ts';
import type { CheckContext } from './context.ts';

type Failover = NonNullable<ManagedCertificate['failover']>;

/** Undefined: there is none, or it has mistakes, which are reported. */
export function checkFailover(entry: Entry, context: CheckContext): Failover | undefined {
  const { failover, provider: first } = entry.draft;
  if (failover === undefined || entry.broken.has('failover')) return undefined;
  const { provider, product, order } = failover;
  const declared = context.providers.get(provider);
  if (declared === undefined) {
    complainOf(entry, ['failover', 'provider'], {
      message: 'there is no provider of this name',
      hint:
        suggestion(provider, [...context.providers.keys()]) ?? 'add it under `providers` of the main file',
    });
    return undefined;
  }
  if (provider === first) {
    complainOf(entry, ['failover', 'provider'], {
      message: 'is the first provider of this entry, too',
      hint: 'name another one, or leave failover out',
    });
    return undefined;
  }
  const { schemas, settings } = declared;
  if (schemas === undefined || settings === undefined) return undefined;
  const { capabilities } = schemas;
  if ('closed' in capabilities.verbs.create) {
    complainOf(entry, ['failover', 'provider'], {
      message: 'this provider sells nothing new',
      hint: capabilities.verbs.create.closed,
    });
  }
  const { ordersPerDay, perMonthHundredths } = settings.spend;
  if (ordersPerDay === undefined && perMonthHundredths === undefined) {
    complainOf(entry, ['failover', 'provider'], {
      message: 'a second provider needs a limit of spending',
      hint: `set providers.${provider}.spend: { ordersPerDay: … }`,
    });
  }
  const facts = Object.entries(capabilities.products ?? {}).find(
    ([name]) => name.toLowerCase() === product.toLowerCase(),
  )?.[1];
  if (capabilities.products !== undefined && facts === undefined) {
    complainOf(entry, ['failover', 'product'], {
      message: `provider ${provider} has no product of this name`,
      hint: suggestion(product, Object.keys(capabilities.products)),
    });
  }
  const records = facts?.recordTypes ?? capabilities.recordTypes;
  const record = failover.record ?? (records.includes('txt') ? 'txt' : (records[0] ?? 'txt'));
  return { provider, product, order: settledOrder(entry, schemas.orderSchema, order), record };
}

function settledOrder(
  entry: Entry,
  schema: NonNullable<NonNullable<ReturnType<CheckContext['providers']['get']>>['schemas']>['orderSchema'],
  order: Failover['order'],
): Failover['order'] {
  const parsed = schema.safeParse(order);
  if (!parsed.success) {
    const { file, path } = originOf(entry, ['failover', 'order']);
    complainOfIssues(parsed.error.issues, { file, base: path, schema, data: order });
    return {};
  }
  const { data } = parsed;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : {};
}
