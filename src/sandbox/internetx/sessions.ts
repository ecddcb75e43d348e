/** Who is asking: Basic with the context in a header, a session in a header or a cookie, or either in an XML request. */
import type { SandboxClock, SimulatorRequest } from '../contract.ts';
import { lowerAlphanumeric } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import { LoginBody, readBody } from './bodies.ts';
import { ApiError, wrongValue } from './envelope.ts';
import type { Envelope } from './envelope.ts';

export interface InternetxAccount {
  readonly user: string;
  readonly password: string;
  readonly context: number;
}

interface Session {
  readonly account: InternetxAccount;
  readonly idleMs: number;
  lastUsed: Date;
}

const HEADER = 'x-domainrobot-sessionid';
const COOKIE = 'domainrobot_session';
const MINUTES_DEFAULT = 10;

/** Sessions of both APIs: what one opened the other knows. */
export class Sessions {
  readonly #accounts: readonly InternetxAccount[];
  readonly #clock: SandboxClock;
  readonly #random: RandomSource;
  readonly #open = new Map<string, Session>();

  constructor(accounts: readonly InternetxAccount[], clock: SandboxClock, random: RandomSource) {
    this.#accounts = accounts;
    this.#clock = clock;
    this.#random = random;
  }

  authenticate(request: SimulatorRequest): InternetxAccount {
    const sessionId = sessionIdOf(request);
    const account = sessionId === undefined ? this.#byBasic(request) : this.bySession(sessionId);
    if (account === undefined) throw unauthorized();
    return account;
  }

  #byBasic(request: SimulatorRequest): InternetxAccount | undefined {
    const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (encoded === undefined) return undefined;
    const decoded = Buffer.from(encoded, 'base64').toString('utf8');
    const at = decoded.indexOf(':');
    const context = request.headers['x-domainrobot-context'] ?? '';
    return this.byPassword(
      decoded.slice(0, at),
      decoded.slice(at + 1),
      /^\d+$/.test(context) ? Number(context) : -1,
    );
  }

  byPassword(user: string, password: string, context: number): InternetxAccount | undefined {
    return this.#accounts.find(
      (account) => account.user === user && account.password === password && account.context === context,
    );
  }

  bySession(id: string): InternetxAccount | undefined {
    const session = this.#open.get(id);
    const now = this.#clock.now();
    if (session === undefined || now.getTime() - session.lastUsed.getTime() >= session.idleMs) {
      this.#open.delete(id);
      return undefined;
    }
    session.lastUsed = now;
    return session.account;
  }

  open(account: InternetxAccount, minutes = MINUTES_DEFAULT): string {
    const id = lowerAlphanumeric(this.#random, 32);
    this.#open.set(id, { account, idleMs: minutes * 60_000, lastUsed: this.#clock.now() });
    return id;
  }

  /** False when there was none. */
  end(id: string): boolean {
    return this.#open.delete(id);
  }

  login(request: SimulatorRequest): Envelope {
    const task = '1321001';
    const body = readBody(LoginBody, request.body, task, 'loginData');
    const minutes = Number(request.query.get('timeout') ?? MINUTES_DEFAULT);
    if (!Number.isInteger(minutes) || minutes < 10 || minutes > 300) {
      throw wrongValue(task, 'timeout', String(minutes));
    }
    const account = this.byPassword(body.user, body.password, body.context);
    if (account === undefined) throw unauthorized(task);
    const id = this.open(account, minutes);
    return {
      code: `S${task}`,
      type: 'SUCCESS',
      headers: {
        [HEADER]: id,
        'set-cookie': `${COOKIE}=${id}; Path=/;Max-Age=${minutes * 60 - 1};secure;httponly`,
      },
      object: { type: 'user', value: `${account.user}, ${account.context}` },
      data: [{ user: account.user, context: account.context }],
    };
  }

  logout(request: SimulatorRequest): Envelope {
    const id = sessionIdOf(request);
    if (id === undefined || !this.end(id)) throw unauthorized('1321003');
    return { code: 'S1321003', type: 'SUCCESS' };
  }
}

function sessionIdOf(request: SimulatorRequest): string | undefined {
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;\\s]+)`).exec(request.headers['cookie'] ?? '')?.[1];
  return request.headers[HEADER] ?? cookie;
}

/** The documents give no code for this; HTTP 401 is what clients look for. */
export function unauthorized(task?: string): ApiError {
  return new ApiError(task, [{ text: 'Authentication failed.' }], 401);
}
