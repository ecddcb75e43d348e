/** `renewd history NAME --receipt`: one receipt, byte for byte as it was hashed. */
import { readReceipt } from '../audit/chain.ts';
import { RenewdError } from '../core/errors.ts';
import { receiptHash } from '../core/receipt.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf } from './shared.ts';

export async function printReceipt(
  context: CliContext,
  name: string,
  renewal: string | boolean | undefined,
): Promise<number> {
  const { output, composer } = context;
  const store = await composer.openStore(await configurationOf(context, { secrets: false }), {
    begin: false,
  });
  try {
    const found =
      typeof renewal === 'string' ? await store.receiptOf(renewal) : await store.newestReceipt(name);
    if (found === undefined || found.certificate !== name) {
      const which = typeof renewal === 'string' ? `for the renewal ${renewal} of "${name}"` : `for "${name}"`;
      output.error(`there is no receipt ${which}; each renewal gets one when it is served`);
      return exitCodes.failed;
    }
    const { content, hash, sequence } = found;
    if (receiptHash(content) !== hash) {
      throw new RenewdError(
        'store-failed',
        `receipt ${sequence} is not what it was when it was written; see \`renewd history --verify\``,
      );
    }
    // Printable ASCII without line feeds: what the output does to text for people changes nothing in it.
    if (context.options['json'] === true) output.json({ hash, receipt: readReceipt(found) });
    else output.line(content);
    return exitCodes.ok;
  } finally {
    await store.close();
  }
}
