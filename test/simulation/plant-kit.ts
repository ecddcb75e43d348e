/** What planted bugs are made with. */
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
