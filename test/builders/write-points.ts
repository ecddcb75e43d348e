/**
 * Every place where one process of renewd has an effect on the world, or asks the world something: counted, listed, and
 * made to fail on demand. A method that is not named in `looking` counts as a write point, so a new one cannot escape.
 */
import { RenewdError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/error-table.ts';

/** `failed`: nothing was applied. `unanswered`: applied, then a failure is told. `crashed`: applied, then the process is gone. */
export type Injury = 'failed' | 'unanswered' | 'crashed';

export interface Injection {
  /** "files rename", "store updateRenewal", "cnr submit" */
  readonly point: string;
  /** Which call of this point, counted from 1. */
  readonly call: number;
  readonly injury: Injury;
}

export interface PointCall {
  readonly point: string;
  readonly call: number;
}

export class Crash extends Error {
  override readonly name = 'Crash';
  constructor() {
    super('the process is gone');
  }
}

/** One process: what it did, and whether it still lives. */
export interface Life {
  readonly calls: PointCall[];
  dead: boolean;
  struck: boolean;
  readonly injection: Injection | undefined;
  /** After any call that had an effect: the moment at which somebody else may look. */
  afterCall: (call: PointCall) => void;
}

export function newLife(injection?: Injection): Life {
  return { calls: [], dead: false, struck: false, injection, afterCall: () => undefined };
}

interface Part {
  /** What the failure looks like to the caller. */
  readonly code: (method: string) => ErrorCode;
  /** Methods that only look. */
  readonly looking: readonly string[];
  /** Methods that work whatever happens: how a test cleans up. */
  readonly always?: readonly string[];
}

export const storePart: Part = {
  code: () => 'store-failed',
  looking: [
    'certificates',
    'certificate',
    'renewal',
    'renewalsOf',
    'newestIssued',
    'issuedSummaries',
    'openRenewals',
    'challenges',
    'challengesToWithdraw',
    'unacknowledgedEvents',
    'ledger',
    'spent',
    'receipts',
    'receiptOf',
    'newestReceipt',
    'revocations',
    'compromisedKeys',
    'revocationsDue',
    'issuedWithKey',
    'pendingRequests',
    'toldNotices',
    'leaseHolder',
    'foreignChangeCounter',
  ],
  always: ['close'],
};

export const filesPart: Part = {
  code: () => 'file-failed',
  looking: ['read', 'lstat', 'stat', 'list', 'readLink', 'freeBytes'],
};

export const providerPart: Part = {
  code: () => 'provider-unavailable',
  looking: [],
  always: ['close', 'foreign'],
};

export const publisherPart: Part = { code: () => 'dcv-publish-failed', looking: [], always: ['close'] };
export const dnsPart: Part = { code: () => 'dns-failed', looking: [] };
export const processesPart: Part = { code: () => 'reload-failed', looking: [] };
export const deliveryPart: Part = { code: () => 'not-served', looking: [] };

type Method = (...parameters: readonly unknown[]) => unknown;

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** `target` with every method counted and breakable. Objects below it (an event feed) are wrapped as well. */
export function withPoints<T extends object>(target: T, name: string, part: Part, life: Life): T {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      const method = String(key);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return withPoints(value, `${name} ${method}`, part, life);
      }
      if (!isMethod(value) || part.always?.includes(method) === true) return value;
      const bound: Method = (...parameters) => Reflect.apply(value, object, parameters);
      return around(bound, `${name} ${method}`, part, method, life);
    },
  });
}

function around(apply: Method, point: string, part: Part, method: string, life: Life): Method {
  const counts = !part.looking.includes(method);
  return (...parameters) => {
    if (life.dead) throw new Crash();
    const call = { point, call: life.calls.filter((earlier) => earlier.point === point).length + 1 };
    if (counts) life.calls.push(call);
    const { injection } = life;
    const strikes = counts && injection?.point === point && injection.call === call.call;
    if (strikes && injection.injury === 'failed') {
      life.struck = true;
      throw failure(part, method, point, injection.injury);
    }
    const after = <Result>(result: Result): Result => {
      if (life.dead) throw new Crash();
      if (counts) life.afterCall(call);
      if (!strikes) return result;
      life.struck = true;
      if (injection.injury === 'unanswered') throw failure(part, method, point, injection.injury);
      life.dead = true;
      throw new Crash();
    };
    const result = apply(...parameters);
    return result instanceof Promise ? result.then(after) : after(result);
  };
}

function failure(part: Part, method: string, point: string, injury: Injury): RenewdError {
  const code =
    method === 'submit' && injury === 'unanswered' ? 'provider-outcome-unknown' : part.code(method);
  return new RenewdError(code, `injected: ${point} ${injury}`);
}
