/**
 * The one EPP session of an account: opened when first needed, shared by all callers in the order in which they come,
 * kept alive while idle, opened anew after a loss with growing pauses, ended by a logout.
 */
import type { Clock, Random } from '../../../contracts/platform.ts';
import { RenewdError } from '../../../core/errors.ts';
import { checkGreeting, parseGreeting, parseResponse, type EppResponse } from './answers.ts';
import { isSuccess } from '../../command-text/result-code.ts';
import { createLine, type Line } from './exchange.ts';
import { createQueue } from './queue.ts';
import { helloMessage, keyValueNamespace, loginMessage, logoutMessage } from './messages.ts';
import type { Connect, EppTarget } from './socket.ts';

export interface SessionOptions {
  readonly target: EppTarget;
  readonly login: string;
  readonly password: string;
  /** Milliseconds of silence before a hello; 0: none. */
  readonly keepAliveMs: number;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Asked {
  readonly xml: string;
  readonly signal: AbortSignal;
  /**
   * Not to be lost for a connection that died while it was idle: a hello goes first on a session that was used before.
   */
  readonly careful: boolean;
  /** Called right before the message is written: from then on the server may have seen it. */
  readonly sent: () => void;
}

export interface EppSession {
  /** Rejects with a RenewdError, or with the Error that ended the connection. */
  ask(asked: Asked): Promise<EppResponse>;
  /** Logs out when nothing is under way, else cuts the connection. */
  close(): Promise<void>;
}

const firstPauseMs = 1000;
const pauseMsMax = 60_000;
/** A longer pause belongs to the stored schedule, not to a call in progress. */
const patienceMs = 10_000;
/** Real time: closing a client must be prompt. */
const logoutTimeoutMs = 500;
const helloTimeoutMs = 30_000;

export function createSession(options: SessionOptions): EppSession {
  const { target, login, password, keepAliveMs, connect, clock, random } = options;
  const queue = createQueue();
  const closed = new AbortController();
  let line: Line | undefined;
  let lastUsedMs = 0;
  let used = false;
  /** Connections in a row that failed or were lost. */
  let losses = 0;
  let notBeforeMs = 0;
  let transactions = 0;

  function transactionId(): string {
    transactions += 1;
    return `renewd-${clock.now().getTime()}-${transactions}`;
  }

  function lost(): void {
    losses += 1;
    const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(losses - 1, 10), pauseMsMax);
    notBeforeMs = clock.now().getTime() + Math.round(pauseMs * (0.5 + random.fraction() / 2));
    line?.destroy();
    line = undefined;
  }

  async function pauseAfterLoss(signal: AbortSignal): Promise<void> {
    // Never longer than what was drawn, even if the clock was set back meanwhile.
    const leftMs = Math.min(notBeforeMs - clock.now().getTime(), pauseMsMax);
    if (losses === 0 || leftMs <= 0) return;
    if (leftMs > patienceMs) {
      const message = `no EPP connection to ${where(target)}: waiting after ${losses} failures`;
      throw new RenewdError('provider-unavailable', message, { retryAfterMs: leftMs });
    }
    await clock.sleep(leftMs, signal);
  }

  async function open(signal: AbortSignal): Promise<Line> {
    if (line?.open === true) return line;
    await pauseAfterLoss(signal);
    let fresh: Line | undefined;
    try {
      fresh = createLine(await connect(target, signal));
      const greeting = parseGreeting(await fresh.exchange(undefined, signal));
      checkGreeting(greeting);
      // RFC 5730 §2.9.1.1 wants at least one; a client of this extension is known to name it here as well.
      const objectUris = greeting.objectUris.length === 0 ? [keyValueNamespace] : greeting.objectUris;
      const message = loginMessage({ login, password, objectUris, transactionId: transactionId() });
      const welcome = parseResponse(await fresh.exchange(message, signal));
      if (!isSuccess(welcome.answer.code)) throw new LoginRefused(welcome);
    } catch (thrown) {
      fresh?.destroy();
      if (!isCancelled(signal)) lost();
      throw thrown;
    }
    line = fresh;
    losses = 0;
    used = false;
    touch();
    if (keepAliveMs > 0) void keepAlive(fresh);
    return fresh;
  }

  function touch(): void {
    lastUsedMs = clock.now().getTime();
  }

  async function greet(alive: Line, signal: AbortSignal): Promise<void> {
    parseGreeting(await alive.exchange(helloMessage, signal));
    touch();
  }

  async function keepAlive(mine: Line): Promise<void> {
    while (mine.open) {
      const idleMs = clock.now().getTime() - lastUsedMs;
      try {
        await clock.sleep(Math.max(1, keepAliveMs - Math.max(0, idleMs)), mine.ended);
        await queue.run(mine.ended, async () => {
          if (!mine.open || clock.now().getTime() - lastUsedMs < keepAliveMs) return;
          await greet(mine, AbortSignal.any([mine.ended, AbortSignal.timeout(helloTimeoutMs)]));
        });
      } catch {
        // The connection ended, or the server does not answer: the next command opens another one.
        mine.destroy();
      }
    }
  }

  /**
   * A connection that died, or a session that the server gave up while it was idle, is replaced here, where nothing is at
   * stake yet.
   */
  async function proved(signal: AbortSignal): Promise<Line> {
    const alive = await open(signal);
    if (!used) return alive;
    try {
      await greet(alive, signal);
      return alive;
    } catch (thrown) {
      alive.destroy();
      if (isCancelled(signal)) throw thrown;
      return open(signal);
    }
  }

  async function askNow({ xml, signal, careful, sent }: Asked): Promise<EppResponse> {
    const any = AbortSignal.any([signal, closed.signal]);
    const alive = careful ? await proved(any) : await open(any);
    try {
      any.throwIfAborted();
      used = true;
      sent();
      const response = parseResponse(await alive.exchange(xml, any));
      touch();
      if (response.closing) alive.destroy();
      return response;
    } catch (thrown) {
      // Whatever could not be read, nothing after it can be trusted either.
      if (isCancelled(any)) alive.destroy();
      else lost();
      throw thrown;
    }
  }

  return {
    ask: (asked) => queue.run(AbortSignal.any([asked.signal, closed.signal]), () => askNow(asked)),

    async close() {
      if (closed.signal.aborted) return;
      const idle = queue.idle();
      closed.abort(new Error('the client was closed'));
      const last = line;
      if (idle && last?.open === true) {
        await last
          .exchange(logoutMessage(transactionId()), AbortSignal.timeout(logoutTimeoutMs))
          // A server that does not answer is left all the same.
          .catch(() => undefined);
      }
      last?.destroy();
    },
  };
}

export function where({ host, port }: EppTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A refusal of the login, known to have applied nothing else. */
export class LoginRefused extends Error {
  readonly response: EppResponse;
  constructor(response: EppResponse) {
    super('login refused');
    this.response = response;
  }
}

/** By whoever asked; running out of time is the server's doing. */
function isCancelled(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  return signal.aborted && !(reason instanceof Error && reason.name === 'TimeoutError');
}
