/** Failures between us and a DNS server, as RenewdErrors that name it. */
import { RenewdError } from '../core/errors.ts';
import { showServer, type ServerAddress } from './server-address.ts';

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}

/** Codes by which the system says that this host cannot send to the address at all. */
const noRouteCodes = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'];

export function unreachable(server: ServerAddress, error: unknown): RenewdError {
  const code = systemCode(error);
  return new RenewdError('dns-failed', `DNS server ${showServer(server)} cannot be reached: ${code}`, {
    cause: error,
    fields: { server: showServer(server), noRoute: noRouteCodes.includes(code), noAnswer: true },
  });
}

/** `complaint`: why what did arrive was not taken as the answer. */
export function noAnswer(server: ServerAddress, timeoutMs: number, complaint: unknown): RenewdError {
  const addition = complaint instanceof Error ? `; something came, but: ${complaint.message}` : '';
  const message = `DNS server ${showServer(server)} did not answer within ${Math.round(timeoutMs)} ms${addition}`;
  return new RenewdError('dns-failed', message, {
    ...(complaint === undefined ? {} : { cause: complaint }),
    fields: { server: showServer(server), noRoute: false, noAnswer: true },
  });
}
