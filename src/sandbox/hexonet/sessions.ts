/** HTTP sessions: opened once with login and password, they stand in for both afterwards. */
import type { SandboxClock } from '../contract.ts';
import { pick } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { Refusal, success, value } from './answers.ts';
import type { Answer } from './answers.ts';
import type { Entity, Login } from './logins.ts';
import type { HexonetOptions } from './options.ts';
import type { Parameters } from './parameters.ts';

interface Session {
  readonly login: Login;
  readonly entity: Entity;
  readonly idleMs: number;
  readonly endsAt: Date;
  lastUsed: Date;
}

const SESSION_ID = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SESSION_ID_LENGTH = 64;
/** Seconds. */
const TIMEOUT = { least: 60, usual: 600, most: 3600 } as const;
const MAXTTL = { least: 60, usual: 86_400, most: 86_400 } as const;

export class Sessions {
  readonly #clock: SandboxClock;
  readonly #random: RandomSource;
  readonly #options: HexonetOptions;
  readonly #open = new Map<string, Session>();

  constructor(clock: SandboxClock, random: RandomSource, options: HexonetOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
  }

  start(login: Login, entity: Entity, parameters: Parameters): Answer {
    const timeout = parameters.int('TIMEOUT', TIMEOUT.least, TIMEOUT.most) ?? TIMEOUT.usual;
    const maxTtl = parameters.int('MAXTTL', MAXTTL.least, MAXTTL.most) ?? MAXTTL.usual;
    parameters.word('TYPE', ['API']);
    const now = this.#clock.now();
    for (const [id, session] of this.#open) if (isOver(session, now)) this.#open.delete(id);
    const mine = [...this.#open.values()].filter((session) => session.login === login);
    if (mine.length >= this.#options.sessionsMax) throw new Refusal(521);
    const id = pick(this.#random, SESSION_ID, SESSION_ID_LENGTH);
    const endsAt = new Date(now.getTime() + maxTtl * 1000);
    this.#open.set(id, { login, entity, idleMs: timeout * 1000, endsAt, lastUsed: now });
    return success(value('SESSION', id));
  }

  /** The login it was started by. A session of one system is unknown in the other. */
  use(id: string, entity: Entity): Login {
    const session = this.#open.get(id);
    const now = this.#clock.now();
    if (session === undefined || session.entity !== entity || isOver(session, now)) {
      throw new Refusal(this.#options.expiredSessionCode, 'SESSION NOT FOUND');
    }
    session.lastUsed = now;
    return session.login;
  }

  end(id: string | undefined): Answer {
    if (id === undefined || !this.#open.delete(id)) throw new Refusal(530, 'SESSION NOT FOUND');
    return success();
  }

  endAll(): void {
    this.#open.clear();
  }
}

const isOver = ({ endsAt, lastUsed, idleMs }: Session, now: Date): boolean =>
  endsAt <= now || now.getTime() - lastUsed.getTime() >= idleMs;
