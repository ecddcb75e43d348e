/** What a signal means: the first SIGTERM or SIGINT asks to finish, the second ends at once; SIGHUP reloads. */
export interface SignalActions {
  readonly finish: () => void;
  readonly reload: () => void;
}

/** Exit codes follow the shell's convention of 128 + signal number. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Returns the function that takes the handlers away again. */
export function onSignals(actions: SignalActions): () => void {
  let asked = false;
  const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (asked) process.exit(codes[signal]);
    asked = true;
    actions.finish();
  };
  const handlers = {
    SIGINT: () => end('SIGINT'),
    SIGTERM: () => end('SIGTERM'),
    SIGHUP: () => actions.reload(),
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}
