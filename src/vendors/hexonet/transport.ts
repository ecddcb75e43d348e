/**
 * One command out, one successful answer back, by whichever way the account says. Every failure leaves here as a
 * RenewdError without a secret in it; repeatable commands are retried, others never.
 */
import type { Clock, Random } from '../../contracts/platform.ts';
import type { ProviderDependencies } from '../../contracts/provider.ts';
import type { ThrottleOf } from '../../contracts/throttle.ts';
import { RenewdError } from '../../core/errors.ts';
import { retryRepeatable } from '../common/retry.ts';
import type { Command } from './command.ts';
import { accountName, type Account } from './config.ts';
import type { Connect } from './epp/socket.ts';
import { createEppSender } from './epp/sender.ts';
import { createHttpSender } from './http.ts';
import type { Reply } from './reply.ts';

export interface TransportDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly throttleOf: ThrottleOf;
  readonly observe: ProviderDependencies['observe'];
  /** How an EPP connection is opened; default: TLS. */
  readonly connect?: Connect;
}

/** Sends a command once. Throws what errors.ts makes of a result code, and what the carrier throws. */
export interface Sender {
  send(command: Command, signal: AbortSignal): Promise<Reply>;
  close(): Promise<void>;
}

export type Transport = Sender;

/** Nothing is published; one request at a time lets each change be told apart from the next. */
const concurrency = 1;

/** Throws `config-invalid` for an address that would send credentials in the clear. */
export async function openTransport(
  account: Account,
  dependencies: TransportDependencies,
): Promise<Transport> {
  const { clock, random } = dependencies;
  const throttle = dependencies.throttleOf(accountName(account), {
    requestsPerSecond: account.requestsPerSecond,
    concurrency,
  });
  const sender =
    account.transport === 'epp'
      ? await createEppSender(account, throttle, dependencies)
      : createHttpSender(account, throttle, dependencies);
  let closed = false;

  function once(command: Command, signal: AbortSignal): Promise<Reply> {
    if (!closed) return sender.send(command, signal);
    const message = `${command.name}: the client was closed before the command was sent`;
    return Promise.reject(new RenewdError('provider-unavailable', message));
  }

  return {
    send: (command, signal) =>
      command.repeatable
        ? retryRepeatable(() => once(command, signal), { clock, random, signal })
        : once(command, signal),
    close() {
      closed = true;
      return sender.close();
    },
  };
}
