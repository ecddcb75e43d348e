/** Long work in slices: everything else in the process gets its turn in between. */

/** Well below what anybody notices in a daemon, and long enough to cost nothing. */
const sliceMs = 8;

/** Returns what a loop calls now and then: it gives the turn away when the slice is over. */
export function createBreath(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < sliceMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        startedAt = performance.now();
        resolve();
      });
    });
  };
}
