/** Who is asking: login and password with every command, or a session that replaces the password. */
import type { SandboxClock } from '../contract.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { dateTime, Refusal, success, value } from './answers.ts';
import type { RrpproxyOptions } from './options.ts';
import type { Answer, Credentials } from './wire.ts';

export interface Login {
  readonly login: string;
  readonly password: string;
}

interface Session {
  readonly login: string;
  lastUsed: Date;
  readonly endsAt: Date;
}

export class Sessions {
  readonly #logins: readonly Login[];
  readonly #clock: SandboxClock;
  readonly #random: RandomSource;
  readonly #options: RrpproxyOptions;
  readonly #open = new Map<string, Session>();

  constructor(logins: readonly Login[], clock: SandboxClock, random: RandomSource, options: RrpproxyOptions) {
    this.#logins = logins;
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
  }

  /** The login the request speaks for. */
  authenticate(credentials: Credentials): string {
    if (credentials.sessionId !== undefined) return this.#bySession(credentials.sessionId, credentials.login);
    const known = this.#logins.some(
      ({ login, password }) => login === credentials.login && password === credentials.password,
    );
    if (!known || credentials.login === undefined) throw new Refusal(530);
    return credentials.login;
  }

  #bySession(id: string, login: string | undefined): string {
    const session = this.#open.get(id);
    const now = this.#clock.now();
    const ended =
      session === undefined ||
      session.endsAt <= now ||
      now.getTime() - session.lastUsed.getTime() >= this.#options.sessionIdleMs;
    if (ended || (login !== undefined && login !== session.login)) {
      if (ended) this.#open.delete(id);
      throw new Refusal(530, 'SESSIONID NOT FOUND');
    }
    session.lastUsed = now;
    return session.login;
  }

  start(login: string): Answer {
    const now = this.#clock.now();
    const id = lowerAlphanumeric(this.#random, 32);
    const endsAt = new Date(now.getTime() + this.#options.sessionTtlMs);
    this.#open.set(id, { login, lastUsed: now, endsAt });
    return success([
      ...value('sessionid', id),
      ...value('expiration date', dateTime(endsAt, 'seconds')),
      // The sister system's clients look for this name.
      ...(this.#options.style === 'hexonet' ? value('session', id) : []),
    ]);
  }

  stop(id: string | undefined): Answer {
    if (id === undefined || !this.#open.delete(id)) throw new Refusal(530, 'SESSIONID NOT FOUND');
    return success();
  }
}
