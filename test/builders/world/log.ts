/** What renewd writes to its log, and whether a secret was about to be in it. */
import { createLogger, createScrubber } from '../../../src/platform/logger.ts';
import type { Logger } from '../../../src/contracts/platform.ts';

export interface Log {
  readonly logger: Logger;
  /** Every line that was logged, as it would be seen. */
  readonly lines: readonly string[];
  /** Lines that held a secret before the scrubber saw them. */
  readonly leaks: readonly string[];
}

export async function captureLog(secrets: readonly string[]): Promise<Log> {
  const lines: string[] = [];
  const leaks: string[] = [];
  const scrubber = createScrubber();
  for (const secret of secrets) scrubber.register(secret);
  const logger = await createLogger({
    level: 'debug',
    pretty: false,
    scrubber: {
      register: (secret) => scrubber.register(secret),
      scrub(text) {
        const clean = scrubber.scrub(text);
        if (clean !== text) leaks.push(text);
        return clean;
      },
    },
    write: (line) => lines.push(line),
  });
  return { logger, lines, leaks };
}
