/** A logger that keeps what it is told. */
import type { Logger } from '../../../src/contracts/platform.ts';

export interface KeptLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export interface KeepingLogger extends Logger {
  readonly lines: readonly KeptLine[];
}

export function keepingLogger(): KeepingLogger {
  const lines: KeptLine[] = [];
  const at =
    (level: KeptLine['level'], bound: object) =>
    (fields: object, message: string): void => {
      lines.push({ level, fields: { ...bound, ...fields }, message });
    };
  const make = (bound: object): Logger => ({
    debug: at('debug', bound),
    info: at('info', bound),
    warn: at('warn', bound),
    error: at('error', bound),
    child: (more) => make({ ...bound, ...more }),
  });
  return { ...make({}), lines };
}
