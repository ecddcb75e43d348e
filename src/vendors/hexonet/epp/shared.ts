/**
 * Provider and publisher of one account speak through one session. They are created apart from each other; what they
 * have in common is the account's throttle, so the sessions hang on it. The last to close ends the session.
 */
import type { Throttle } from '../../../contracts/throttle.ts';
import { createSession, type EppSession, type SessionOptions } from './session.ts';

interface Shared {
  readonly options: SessionOptions;
  readonly session: EppSession;
  users: number;
}

/** By the account's throttle; a password or CA that changed makes a session of its own beside the old one. */
const sessions = new WeakMap<Throttle, Shared[]>();

export interface SessionShare {
  readonly session: EppSession;
  /** Ends the session when nobody else uses it. */
  release(): Promise<void>;
}

export function shareSession(throttle: Throttle, options: SessionOptions): SessionShare {
  const list = sessions.get(throttle) ?? [];
  sessions.set(throttle, list);
  let one = list.find((candidate) => sameAccount(candidate.options, options));
  if (one === undefined) {
    one = { options, session: createSession(options), users: 0 };
    list.push(one);
  }
  const mine = one;
  mine.users += 1;
  let released = false;
  return {
    session: mine.session,
    async release() {
      if (released) return;
      released = true;
      mine.users -= 1;
      if (mine.users > 0) return;
      list.splice(list.indexOf(mine), 1);
      await mine.session.close();
    },
  };
}

function sameAccount(a: SessionOptions, b: SessionOptions): boolean {
  return (
    a.target.host === b.target.host &&
    a.target.port === b.target.port &&
    a.target.ca === b.target.ca &&
    a.login === b.login &&
    a.password === b.password &&
    a.keepAliveMs === b.keepAliveMs &&
    a.connect === b.connect
  );
}
