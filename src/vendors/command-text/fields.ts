/** Single values of an answer of the text protocol, checked before they are stored or sent back. */
import { wholeSeconds } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../common/text.ts';
import { column, type Answer } from './wire.ts';

/** Values by index; holes and empty values are undefined. */
export type Column = readonly (string | undefined)[];

/** Ids are opaque, but they are sent back and stored: one word of bounded length. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}

/** The single id called `name` (a normal name). Throws `provider-protocol` when there are several, or it is no id. */
export function identifier(answer: Answer, name: string): string | undefined {
  const id = unambiguous(answer, name);
  if (id !== undefined && !isId(id)) throw protocol(`the value of "${name.toLowerCase()}" is not an id`);
  return id;
}

/** The single value called `name`, bounded to 100 characters. Throws `provider-protocol` when there are several. */
export function unambiguous(answer: Answer, name: string): string | undefined {
  const values = new Set(column(answer, name).filter((value) => value !== undefined));
  if (values.size > 1) throw protocol(`"${name.toLowerCase()}" has several values`);
  const [value] = values;
  return value === undefined ? undefined : bounded(value, 100);
}

export function protocol(what: string): RenewdError {
  return new RenewdError('provider-protocol', `the provider's answer cannot be trusted: ${what}`);
}

export function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * `YYYY-MM-DD HH:MM:SS` with or without fraction, or a bare date, taken as UTC and cut to whole seconds; undefined for
 * anything else, including days that do not exist. That it is UTC: php-sdk src/ApiDateTime.php for RRPproxy; for HEXONET
 * the StatusSSLCert sample, which prints the notAfter of the certificate beside it in GMT.
 */
export function parseDate(text: string | undefined): Date | undefined {
  const match = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?)?$/.exec(
    text ?? '',
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour;
  return exists && minute < 60 && second < 60 ? wholeSeconds(at) : undefined;
}

/** Names as we write them; what is no name is left out. */
export function hostNames(domains: Column): string[] {
  const names = domains
    .filter((name) => name !== undefined)
    .map((name) => name.toLowerCase().replace(/\.$/, ''))
    .filter((name) => name.length <= 253 && /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+$/.test(name));
  return [...new Set(names)];
}
