/** Questions at a terminal, one line each. */
import { createInterface } from 'node:readline/promises';
import { RenewdError } from '../core/errors.ts';

/** An answer is shown as it is typed: no secrets are asked for. */
export function asker(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
  return async (question: string, otherwise: string): Promise<string> => {
    const lines = createInterface({ input, output, terminal: true });
    const ended = new Promise<never>((_, reject) => {
      lines.once('close', () =>
        reject(new RenewdError('usage', 'the questions were not answered to their end')),
      );
      lines.once('SIGINT', () => lines.close());
    });
    try {
      const shown = otherwise === '' ? '' : ` [${otherwise}]`;
      const text = (await Promise.race([lines.question(`${question}${shown}: `), ended])).trim();
      return text === '' ? otherwise : text;
    } finally {
      ended.catch(() => undefined);
      lines.close();
    }
  };
}
