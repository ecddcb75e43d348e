/** Settings from the inventory and from an account with the types of their schemas. Messages name fields, never values. */
import type { ZodType } from 'zod';
import { RenewdError } from '../../core/errors.ts';

type Settings = Readonly<Record<string, unknown>>;

/** `what`: the provider or publisher with its noun, "hexonet account". Throws `config-invalid`. */
export function checkedAccount<Account>(schema: ZodType<Account>, settings: Settings, what: string): Account {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'account').join(', ');
  throw new RenewdError('config-invalid', `the ${what} settings do not fit: ${fields}`);
}

/** What stands under `order:` of a certificate. Throws `config-invalid`. */
export function checkedOptions<Options>(schema: ZodType<Options>, settings: Settings): Options {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new RenewdError('config-invalid', 'the order settings do not fit this provider');
}
