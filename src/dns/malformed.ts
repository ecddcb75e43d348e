/** The error for bytes that are not a DNS message: code `dns-failed`, kind `protocol`. */
import { RenewdError } from '../core/errors.ts';

export function malformed(reason: string): RenewdError {
  return new RenewdError('dns-failed', `malformed DNS message: ${reason}`, { kind: 'protocol' });
}
