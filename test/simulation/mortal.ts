/**
 * A part of the world as one process of renewd sees it: a call may fail, may fail after it was applied, and may be the last
 * thing that the process does. The dead get no answers.
 */
import { RenewdError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/error-table.ts';

export type Injury = 'failed' | 'unanswered' | 'crashed';

export interface Life {
  readonly alive: boolean;
  /** What befalls this call; undefined: nothing. */
  befalls(point: string): Injury | undefined;
  die(why: string): void;
}

type Method = (...parameters: readonly unknown[]) => unknown;

const isMethod = (value: unknown): value is Method => typeof value === 'function';

class Dead extends Error {
  override readonly name = 'Dead';
}

/** `code`: what a failure of this part looks like. */
export function mortal<T extends object>(target: T, name: string, code: ErrorCode, life: Life): T {
  const made = new Map<string | symbol, unknown>();
  return new Proxy(target, {
    get(object, key) {
      if (made.has(key)) return made.get(key);
      const value: unknown = Reflect.get(object, key);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const inner = mortal(value, `${name} ${String(key)}`, code, life);
        made.set(key, inner);
        return inner;
      }
      if (!isMethod(value)) return value;
      const bound: Method = (...parameters) => Reflect.apply(value, object, parameters);
      const wrapped = around(bound, `${name} ${String(key)}`, code, life);
      made.set(key, wrapped);
      return wrapped;
    },
  });
}

function around(apply: Method, point: string, code: ErrorCode, life: Life): Method {
  const never = (): Promise<never> => new Promise<never>(() => undefined);
  return (...parameters) => {
    if (!life.alive) throw new Dead('the process is gone');
    const injury = life.befalls(point);
    if (injury === 'failed') throw new RenewdError(code, `simulated: ${point} failed`);
    const after = (result: unknown): unknown => {
      if (!life.alive) return never();
      if (injury === 'unanswered') throw new RenewdError(code, `simulated: ${point} gave no answer`);
      if (injury === 'crashed') {
        life.die(point);
        throw new Dead('the process is gone');
      }
      return result;
    };
    const result = apply(...parameters);
    if (result instanceof Promise)
      return result.then(after, (thrown: unknown) => {
        if (!life.alive) return never();
        throw thrown;
      });
    if (!life.alive) throw new Dead('the process is gone');
    return after(result);
  };
}
