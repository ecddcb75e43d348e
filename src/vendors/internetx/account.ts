/** One account at InterNetX: where it is, how it is spoken to, and what must never be shown of it. */
import type { Secret } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { secretForms } from '../../core/secret-forms.ts';
import type { ProviderDependencies } from '../../contracts/provider.ts';
import type { Throttle } from '../../contracts/throttle.ts';

export interface Account {
  readonly user: string;
  readonly password: Secret;
  /** Part of the login: the same user name may exist in several contexts. */
  readonly context: number;
  readonly encoding: 'json' | 'xml';
  /** Absent: the vendor's production address of the encoding. */
  readonly url?: string | undefined;
  readonly language: 'de' | 'en';
  readonly requestsPerSecond: number;
}

/** What provider and publisher are both given. */
export type VendorDependencies = Pick<ProviderDependencies, 'clock' | 'random' | 'throttleOf' | 'observe'>;

/** Help pages JSON API Basics and XML API Basics, "Interface addresses". */
const productionUrls: Readonly<Record<Account['encoding'], string>> = {
  json: 'https://api.autodns.com/v1',
  xml: 'https://gateway.autodns.com',
};

export function urlOf(account: Account): string {
  return account.url ?? productionUrls[account.encoding];
}

/** Of settings that the schema accepted, whether or not secrets are in place. */
export function addressOf({ url, encoding }: Readonly<Record<string, unknown>>): string {
  return typeof url === 'string' ? url : productionUrls[encoding === 'xml' ? 'xml' : 'json'];
}

/**
 * The throttle lets as many requests go at once as its rate has whole ones, and refills meanwhile: 2.5 would mean two at
 * once and two more within the second, four where InterNetX allows three. Below 2 there is no such burst.
 */
const steadyRateMax = 1.99;

/** Shared by everything that uses this account. */
export function throttleOf(account: Account, dependencies: VendorDependencies): Throttle {
  const host = URL.parse(urlOf(account))?.host ?? '';
  return dependencies.throttleOf(`internetx ${host} ${account.user}`, {
    requestsPerSecond: Math.min(account.requestsPerSecond, steadyRateMax),
    concurrency: 4,
  });
}

/** `user:password` as Basic carries it (help page Authentication, "BasicAuth"). */
export function basicCredentials(account: Account): string {
  return Buffer.from(`${account.user}:${account.password.reveal()}`).toString('base64');
}

/** Removes what must not be shown: the password in every coat in which it travels, also when it comes back. */
export function redactorOf(account: Account): (text: string) => string {
  const forms = [basicCredentials(account), ...secretForms(account.password.reveal())];
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}

/** Ids come from answers, from the store and from the command line; nothing else may become part of a path. */
export function checkedId(id: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new RenewdError('internal', 'an InterNetX id has characters that do not belong into a request');
}
