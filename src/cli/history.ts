/** `renewd history NAME`: the ledger of one certificate; with --verify and --receipt, what proves it. */
import type { Configuration } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import { formatMoney } from '../core/money.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { printReceipt } from './receipt.ts';
import { nearest } from '../settings/suggest.ts';
import { configurationOf } from './shared.ts';
import { verifyHistory } from './verify-history.ts';

const pageSize = 1000;

/** One that left the inventory has its history still; one that was never in it is mostly a slip of the pen. */
function unknown({ certificates }: Configuration, name: string): string {
  const names = certificates.map((managed) => managed.name);
  if (names.includes(name)) return '';
  const near = nearest(name, names);
  return `, and the inventory has no such certificate${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

export const history: Command = async (context) => {
  const [name] = context.names;
  const { verify, head, receipt, renewal } = context.options;
  if (verify === true && receipt === true)
    throw new RenewdError('usage', 'choose one of --verify and --receipt');
  if (head !== undefined && verify !== true) throw new RenewdError('usage', '--head goes with --verify');
  if (renewal !== undefined && receipt !== true)
    throw new RenewdError('usage', '--renewal goes with --receipt');
  if (verify === true) return verifyHistory(context, name, head);
  if (name === undefined) throw new RenewdError('usage', 'renewd history needs NAME, except with --verify');
  if (receipt === true) return printReceipt(context, name, renewal);
  const limit = Number(context.options['limit'] ?? 200);
  if (!Number.isInteger(limit) || limit < 1)
    throw new RenewdError('usage', '--limit takes a whole number from 1');
  const configuration = await configurationOf(context, { secrets: false });
  const store = await context.composer.openStore(configuration, { begin: false });
  try {
    const entries = [];
    for (let after = 0; ;) {
      const page = await store.ledger({ certificate: name, afterSequence: after, limit: pageSize });
      entries.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = last.sequence;
      if (entries.length > limit + pageSize) entries.splice(0, entries.length - limit);
    }
    const newest = entries.slice(-limit);
    if (context.options['json'] === true) {
      context.output.json({ certificate: name, entries: newest });
      return exitCodes.ok;
    }
    if (newest.length === 0)
      context.output.line(`nothing has been done for "${name}" yet${unknown(configuration, name)}`);
    for (const entry of newest) {
      const at = entry.at.toISOString().slice(0, 19).replace('T', ' ');
      const cost = entry.charged === null ? '' : ` [${formatMoney(entry.charged)}]`;
      const { output } = context;
      output.line(
        `${output.paint('dim', at)}  ${entry.kind.padEnd(10)} ${entry.subject.padEnd(17)} ${entry.text}${cost}`,
      );
    }
    return exitCodes.ok;
  } finally {
    await store.close();
  }
};
