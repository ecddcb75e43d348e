/** What planted bugs are made with. */
import { RenewdError, toRenewdError } from '../../src/core/errors.ts';

/** The same object with some methods exchanged; works for what has its methods on a prototype, too. */
export function altered<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(object, key) {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key);
      const value: unknown = Reflect.get(object, key);
      if (typeof value !== 'function') return value;
      return (...parameters: readonly unknown[]): unknown => Reflect.apply(value, object, parameters);
    },
  });
}

/** The call, with failures that have forgotten when to come again. */
export const withoutDelay = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (thrown) {
    const { code, message, kind } = toRenewdError(thrown);
    throw new RenewdError(code, message, { kind });
  }
};
