/** Commands over HTTPS: one POST each, credentials in the body, no session. Source: npm @hexonet/ispapi-apiconnector 9.0.8. */
import type { Throttle } from '../../contracts/throttle.ts';
import { hexonetForm } from '../command-text/hexonet-dialect.ts';
import { parseAnswer, type Answer } from '../command-text/wire.ts';
import { createHttpClient, type HttpAnswer } from '../common/http.ts';
import { pairsOf, secretLinesOf, type Command } from './command.ts';
import { httpUrl, type Account } from './config.ts';
import { isSuccess } from '../command-text/result-code.ts';
import { failureOf, outcomeWord, pauseAfter } from './errors.ts';
import { safeReply } from './reply.ts';
import type { Sender, TransportDependencies } from './transport.ts';

/** The vendor's clients wait 300 s, which would hold up every other certificate of the account. */
const timeoutMs = 60_000;

export function createHttpSender(
  account: Account,
  throttle: Throttle,
  { clock, random, observe }: TransportDependencies,
): Sender {
  const http = createHttpClient({
    baseUrl: httpUrl(account),
    userAgent: 'renewd',
    timeoutMs,
    throttle,
    clock,
    random,
    observe,
  });

  function body(command: Command): string {
    const { environment, login, password, user } = account;
    const lines = pairsOf(command).map(([name, value]) => `${name}=${value ?? ''}`);
    const credentials = {
      environment,
      login,
      password: password.reveal(),
      ...(user === undefined ? {} : { user }),
    };
    return hexonetForm(credentials, lines.join('\n'));
  }

  return {
    async send(command, signal) {
      const { name, repeatable } = command;
      const reply = await http.request({
        command: name,
        method: 'POST',
        path: '',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body(command),
        repeatable,
        signal,
        outcomeOf: (answer) => outcomeWord(resultOf(answer, parseAnswer(answer.text()))),
      });
      const raw = parseAnswer(reply.text());
      const safe = safeReply(raw, [account.password.reveal(), ...secretLinesOf(command)]);
      const resultCode = resultOf(reply, raw);
      if (isSuccess(resultCode)) return safe;
      const pauseMs = pauseAfter(resultCode);
      if (pauseMs !== undefined) throttle.pause(pauseMs);
      throw failureOf({
        command: name,
        resultCode,
        description: safe.answer.description,
        carrier: `HTTP ${reply.status}`,
        serverFailed: reply.status >= 500,
        repeatable,
      });
    },
    close: () => http.close(),
  };
}

/** The code in the body is the result whatever HTTP says, but an HTTP failure with a success in it is neither. */
function resultOf(reply: HttpAnswer, answer: Answer): number | undefined {
  return reply.status >= 400 && isSuccess(answer.code) ? undefined : answer.code;
}
