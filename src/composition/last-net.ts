/**
 * Under everything that this process says by itself: what commands print, and what is said of a crash, which Node would
 * print as it is. Secrets that were read from the configuration are cut out of both.
 */
import type { Terminal } from '../cli/output.ts';
import { createScrubber, type Scrubber } from '../platform/logger.ts';

/** An error, its cause, and so on. */
const causesMax = 5;

export interface LastNet {
  readonly scrubber: Scrubber;
  /** The stream, with secrets cut out of what is written. */
  terminal(stream: Terminal): Terminal;
}

/** Handles crashes of this process from now on: last words to `stderr`, then exit code 1, as Node would end it. */
export function spreadLastNet(stderr: Terminal): LastNet {
  const scrubber = createScrubber();
  // Should somebody ask Node for diagnostic reports: the environment may hold secrets.
  process.report.excludeEnv = true;
  process.on('uncaughtException', (thrown, origin) => {
    const text = `renewd: a mistake in the program ended it (${origin}): ${lastWords(thrown)}\n`;
    stderr.write(scrubber.scrub(text));
    process.exit(1);
  });
  return {
    scrubber,
    terminal: (stream) => ({
      get isTTY() {
        return stream.isTTY;
      },
      get columns() {
        return stream.columns;
      },
      write: (text) => stream.write(scrubber.scrub(text)),
    }),
  };
}

/** Stacks as they are: quoted once more, a secret would be written in a way that nobody looks for. */
function lastWords(thrown: unknown): string {
  const words: string[] = [];
  let one: unknown = thrown;
  while (one !== undefined && words.length < causesMax) {
    words.push(wordsOf(one));
    one = one instanceof Error ? one.cause : undefined;
  }
  return words.join('\ncaused by: ');
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return typeof thrown === 'string' ? thrown : `something of type ${typeof thrown}`;
}
