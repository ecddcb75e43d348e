/**
 * Every place where one process of renewd has an effect on the world, or asks the world something: counted, listed, and
 * made to fail on demand. A method that is not named in `looking` counts as a write point, so a new one cannot escape.
 */
import { RenewdError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/error-table.ts';

/**
 * `failed`: nothing was applied. `unanswered`: applied, then a failure is told. `crashed`: applied, then the process is gone.
 * `twice`: carried out twice, and the second answer is what the caller gets, as when a file server, a pool or a proxy sends
 * a request again by itself: a file that "exists already", a revision that "somebody else changed", an event that is gone.
 * An order is never carried out twice (Part.once): there what comes twice is what the provider has to say about it.
 */
export const injuries = ['failed', 'unanswered', 'crashed', 'twice'] as const;
export type Injury = (typeof injuries)[number];

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

class Crash extends Error {
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
  /** Every method that could have been called and is a write point: "store updateRenewal". */
  readonly methods: Set<string>;
  /** An order was answered twice: from now on the provider repeats its events. */
  repeats: boolean;
  readonly injection: Injection | undefined;
  /** Gets every answer on its way to the caller and may replace it, or throw instead. */
  alter: (point: string, result: unknown) => unknown;
  /** After any call that had an effect: the moment at which somebody else may look. */
  afterCall: (call: PointCall) => void;
}

export function newLife(injection?: Injection): Life {
  return {
    calls: [],
    dead: false,
    struck: false,
    methods: new Set(),
    repeats: false,
    injection,
    alter: (_, result) => result,
    afterCall: () => undefined,
  };
}

interface Part {
  /** What the failure looks like to the caller. */
  readonly code: (method: string) => ErrorCode;
  /** Methods that only look. */
  readonly looking: readonly string[];
  /** Methods that work whatever happens: how a test cleans up. */
  readonly always?: readonly string[];
  /** Methods that are carried out once even where they are answered twice. */
  readonly once?: readonly string[];
}

export const storePart: Part = {
  code: () => 'store-failed',
  looking: [
    'certificates',
    'certificate',
    'renewal',
    'renewalsOf',
    'renewalsToDiscard',
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
  looking: ['read', 'lstat', 'stat', 'list', 'readLink', 'freeBytes', 'whyUnreadable'],
};

export const providerPart: Part = {
  code: () => 'provider-unavailable',
  looking: [],
  always: ['close', 'foreign'],
  once: ['submit'],
};

export const publisherPart: Part = { code: () => 'dcv-publish-failed', looking: [], always: ['close'] };
export const dnsPart: Part = { code: () => 'dns-failed', looking: [] };
export const processesPart: Part = { code: () => 'reload-failed', looking: [] };
export const deliveryPart: Part = { code: () => 'not-served', looking: [] };
export const keysPart: Part = { code: () => 'key-unusable', looking: ['read', 'list'] };

type Method = (...parameters: readonly unknown[]) => unknown;

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** `target` with every method counted and breakable. Objects below it (an event feed) are wrapped as well. */
export function withPoints<T extends object>(target: T, name: string, part: Part, life: Life): T {
  for (const method of methodsOf(target)) {
    if (part.looking.includes(method) || part.always?.includes(method) === true) continue;
    life.methods.add(`${name} ${method}`);
  }
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

/** Own methods, and those that a class gives. */
function methodsOf(target: object): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at: unknown = target; typeof at === 'object' && at !== null && at !== Object.prototype;) {
    const here: object = at;
    for (const key of Object.getOwnPropertyNames(here)) {
      const value: unknown = Object.getOwnPropertyDescriptor(here, key)?.value;
      if (key !== 'constructor' && isMethod(value)) names.add(key);
    }
    at = Object.getPrototypeOf(here);
  }
  return names;
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
    const after = (answer: unknown): unknown => {
      if (life.dead) throw new Crash();
      const result = life.alter(point, answer);
      if (counts) life.afterCall(call);
      if (!strikes) return result;
      life.struck = true;
      if (injection.injury === 'unanswered') throw failure(part, method, point, injection.injury);
      if (injection.injury === 'twice') return result;
      life.dead = true;
      throw new Crash();
    };
    const again = strikes && injection.injury === 'twice';
    if (again) life.struck = true;
    if (again && part.once?.includes(method) === true) life.repeats = true;
    const twice = again && part.once?.includes(method) !== true;
    const result = apply(...parameters);
    if (result instanceof Promise)
      return (twice ? result.then(() => apply(...parameters)) : result).then(after);
    return after(twice ? apply(...parameters) : result);
  };
}

function failure(part: Part, method: string, point: string, injury: Injury): RenewdError {
  const code =
    method === 'submit' && injury === 'unanswered' ? 'provider-outcome-unknown' : part.code(method);
  return new RenewdError(code, `injected: ${point} ${injury}`);
}
