/** Commands over EPP: the account's session, its pace, and what a lost connection means for the command under way. */
import { secondMs } from '../../../core/durations.ts';
import { RenewdError } from '../../../core/errors.ts';
import type { Throttle } from '../../../contracts/throttle.ts';
import { pairsOf, secretLinesOf, type Command } from '../command.ts';
import { eppAddress, type Account } from '../config.ts';
import { isSuccess } from '../../command-text/result-code.ts';
import { failureOf, outcomeWord, pauseAfter } from '../errors.ts';
import { safeReply, type Reply } from '../reply.ts';
import type { Sender, TransportDependencies } from '../transport.ts';
import { commandMessage } from './messages.ts';
import type { EppResponse } from './answers.ts';
import { LoginRefused, where } from './session.ts';
import { shareSession } from './shared.ts';
import { connectTls, readCa } from './socket.ts';

/** From the turn in the queue to the last byte of the answer, connecting and logging in included. */
const timeoutMs = 60_000;

export async function createEppSender(
  account: Account,
  throttle: Throttle,
  { clock, random, observe, connect = connectTls }: TransportDependencies,
): Promise<Sender> {
  const ca = await readCa(account.ca);
  const target = { ...eppAddress(account), ...(ca === undefined ? {} : { ca }) };
  const password = account.password.reveal();
  const share = shareSession(throttle, {
    target,
    login: account.login,
    password,
    keepAliveMs: account.keepAliveSeconds * secondMs,
    connect,
    clock,
    random,
  });
  const over = new AbortController();

  async function exchange(command: Command, signal: AbortSignal): Promise<EppResponse> {
    const { name, repeatable } = command;
    const xml = commandMessage(pairsOf(command));
    const any = AbortSignal.any([signal, over.signal, AbortSignal.timeout(timeoutMs)]);
    let sent = false;
    const mark = (): void => {
      sent = true;
    };
    try {
      return await share.session.ask({ xml, signal: any, careful: !repeatable, sent: mark });
    } catch (thrown) {
      if (thrown instanceof LoginRefused) throw refusedLogin(name, thrown.response, [password]);
      throw classified(thrown, { command, sent, server: where(target), cancelled: signal.aborted });
    }
  }

  async function once(command: Command, signal: AbortSignal): Promise<Reply> {
    const { name, repeatable } = command;
    const startMs = clock.now().getTime();
    let outcome = 'internal';
    try {
      const { resultCode, answer } = await exchange(command, signal);
      outcome = outcomeWord(answer.code);
      const safe = safeReply(answer, [password, ...secretLinesOf(command)]);
      if (isSuccess(answer.code)) return safe;
      const pauseMs = pauseAfter(answer.code);
      if (pauseMs !== undefined) throttle.pause(pauseMs);
      const { description } = safe.answer;
      const carrier = `EPP ${resultCode}`;
      const serverFailed = resultCode >= 2400;
      throw failureOf({
        command: name,
        resultCode: answer.code,
        description,
        carrier,
        serverFailed,
        repeatable,
      });
    } catch (thrown) {
      if (outcome === 'internal' && thrown instanceof RenewdError) outcome = thrown.kind;
      throw thrown;
    } finally {
      observe({ command: name, outcome, seconds: Math.max(0, clock.now().getTime() - startMs) / 1000 });
    }
  }

  return {
    send: (command, signal) => throttle.run(signal, () => once(command, signal)),
    async close() {
      over.abort(new Error('the client was closed'));
      await share.release();
    },
  };
}

/** Nothing of the command was written then, whatever it costs. */
function refusedLogin(
  command: string,
  { resultCode, answer }: EppResponse,
  secrets: readonly string[],
): RenewdError {
  const { description } = safeReply(answer, secrets).answer;
  return failureOf({
    command: `${command}: login`,
    resultCode: answer.code,
    description,
    carrier: `EPP ${resultCode}`,
    serverFailed: resultCode >= 2400,
    repeatable: true,
  });
}

interface Circumstances {
  readonly command: Command;
  readonly sent: boolean;
  readonly server: string;
  readonly cancelled: boolean;
}

function classified(thrown: unknown, { command, sent, server, cancelled }: Circumstances): RenewdError {
  const { name, repeatable } = command;
  // A mistake of ours, found before anything was written.
  if (thrown instanceof RenewdError && !sent) return thrown;
  const why = cancelled ? 'cancelled' : reasonOf(thrown);
  const details = { cause: thrown };
  if (!sent) {
    return new RenewdError('provider-unavailable', `${name}: no EPP session with ${server}: ${why}`, details);
  }
  if (!repeatable) {
    const message = `${name}: ${server} may have received the command, but gave no usable answer: ${why}`;
    return new RenewdError('provider-outcome-unknown', message, details);
  }
  if (thrown instanceof RenewdError) return thrown;
  return new RenewdError('provider-unavailable', `${name}: no answer from ${server}: ${why}`, details);
}

/** A code or a fixed word, never text of the peer. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof RenewdError) return thrown.message;
  if (!(thrown instanceof Error)) return 'unknown failure';
  if (thrown.name === 'TimeoutError') return 'timed out';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return /^(closed|closed by the server|closed by us|cancelled|the client was closed)$/.test(thrown.message)
    ? thrown.message
    : thrown.name;
}
