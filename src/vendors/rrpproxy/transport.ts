/**
 * One command out, one successful answer back: form fields, credentials, result codes, pace of the account, and the
 * retries of repeatable commands. Every failure leaves here as a RenewdError without a secret in it.
 *
 * Form: knowledge base api/connecting/hypertext-transfer-protocol-socket.md and the vendor's node-sdk; no session is
 * opened (README.md of providers/rrpproxy).
 */
import { secretForms } from '../../core/secret-forms.ts';
import type { ProviderDependencies } from '../../contracts/provider.ts';
import { createHttpClient, type HttpAnswer } from '../common/http.ts';
import { retryRepeatable } from '../common/retry.ts';
import { accountUrl, type Account } from './config.ts';
import { isSuccess } from '../command-text/result-code.ts';
import { codeTable, failureOf, pauseAfter } from './errors.ts';
import { parseAnswer, serialiseCommand, single, type Answer, type Parameters } from '../command-text/wire.ts';

export interface Reply {
  readonly answer: Answer;
  /** The whole text, secrets removed. */
  readonly text: string;
}

export interface SendOptions {
  /** False for commands that cost money: sent once, one at a time, and an unclear end is `provider-outcome-unknown`. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
}

export interface Transport {
  /** Throws what errors.ts makes of a result code, and what the HTTP client throws. */
  send(command: string, parameters: Parameters, options: SendOptions): Promise<Reply>;
  close(): Promise<void>;
}

type Send = (command: string, parameters: Parameters, signal: AbortSignal) => Promise<Reply>;

/** How a client marks each of its commands. */
export function markedSends(transport: Transport): {
  readonly repeatable: Send;
  readonly notRepeatable: Send;
} {
  return {
    repeatable: (command, parameters, signal) =>
      transport.send(command, parameters, { repeatable: true, signal }),
    notRepeatable: (command, parameters, signal) =>
      transport.send(command, parameters, { repeatable: false, signal }),
  };
}

/** Connections per account: the EPP gateway's published limit is 5, nothing is published for HTTPS. */
const concurrency = 4;

/** Orders take some seconds in the manual's samples; the vendor's clients wait 300 s, which would hold up others. */
const timeoutMs = 60_000;

export type TransportDependencies = Pick<ProviderDependencies, 'clock' | 'random' | 'throttleOf' | 'observe'>;

export function createTransport(account: Account, dependencies: TransportDependencies): Transport {
  const { clock, random, throttleOf, observe } = dependencies;
  const { requestsPerSecond } = account;
  const name = `rrpproxy ${URL.parse(accountUrl(account))?.host ?? ''} ${account.login}`;
  const throttle = throttleOf(name, { requestsPerSecond, concurrency });
  // A queue, not a limit of pace: one change that costs money at a time, so that each can be told apart afterwards.
  const paidQueue = throttleOf(`${name} paid`, { requestsPerSecond: 1000, concurrency: 1 });
  const http = createHttpClient({
    baseUrl: accountUrl(account),
    userAgent: 'renewd',
    timeoutMs,
    throttle,
    clock,
    random,
    observe,
  });

  function form(command: string, parameters: Parameters): string {
    const fields = new URLSearchParams({ s_login: account.login, s_pw: account.password.reveal() });
    // Harmless on the test host, and what keeps a test from being billed elsewhere.
    if (account.environment === 'ote') fields.set('s_opmode', 'OTE');
    fields.set('s_command', serialiseCommand(command, parameters));
    return fields.toString();
  }

  /** Every spelling of the password: an echo of it, in whatever form, must not get further than this. */
  const secrets = secretForms(account.password.reveal());

  function readReply(reply: HttpAnswer): Reply {
    const text = secrets.reduce((rest, form) => rest.replaceAll(form, '[secret]'), reply.text());
    return { answer: parseAnswer(text), text };
  }

  async function once(command: string, parameters: Parameters, options: SendOptions): Promise<Reply> {
    const { repeatable, signal } = options;
    let read: Reply | undefined;
    const reply = await http.request({
      command,
      method: 'POST',
      path: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form(command, parameters),
      repeatable,
      signal,
      outcomeOf: (answered) => {
        read = readReply(answered);
        return outcomeOf(answered, read.answer);
      },
    });
    const { answer, text } = read ?? readReply(reply);
    const resultCode = resultOf(reply, answer);
    if (isSuccess(resultCode)) return { answer, text };
    const pauseMs = pauseAfter(resultCode);
    if (pauseMs !== undefined) throttle.pause(pauseMs);
    const id = single(answer, 'CERTIFICATE');
    throw failureOf({
      command,
      resultCode,
      description: answer.description,
      httpStatus: reply.status,
      paid: !repeatable,
      ...(id !== undefined && /^FAIL\d{1,20}$/i.test(id) ? { supportId: id } : {}),
    });
  }

  return {
    send(command, parameters, options) {
      const { repeatable, signal } = options;
      const attempt = (): Promise<Reply> => once(command, parameters, options);
      return repeatable
        ? retryRepeatable(attempt, { clock, random, signal })
        : paidQueue.run(signal, attempt);
    },
    close: () => http.close(),
  };
}

/** The code in the body is the result whatever HTTP says, but an HTTP failure with a success in it is neither. */
function resultOf(reply: HttpAnswer, answer: Answer): number | undefined {
  return reply.status >= 400 && isSuccess(answer.code) ? undefined : answer.code;
}

/** For the metric: ok, the kind of failure by documented code, or that it was no answer of the API. */
function outcomeOf(reply: HttpAnswer, answer: Answer): string {
  const code = resultOf(reply, answer);
  if (isSuccess(code)) return 'ok';
  return code === undefined ? 'no-result' : (codeTable[code]?.code ?? 'undocumented-code');
}
