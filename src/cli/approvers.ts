/** `renewd approvers NAME`: whom the provider would ask by mail. */
import { RenewdError } from '../core/errors.ts';
import type { Command } from './context.ts';
import { draftRequest } from './draft-request.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf, managedCertificate } from './shared.ts';

const timeoutMs = 60_000;

export const approvers: Command = async (context) => {
  const configuration = await configurationOf(context);
  const managed = managedCertificate(configuration, context.names[0] ?? '');
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const provider = await runtime.provider(managed.provider);
    if (provider.approvers === undefined)
      throw new RenewdError(
        'usage',
        `${managed.provider} offers no list; say any address in \`dcv.approver\``,
      );
    const request = await draftRequest(managed, 'create', undefined);
    const addresses = await provider.approvers(request, AbortSignal.timeout(timeoutMs));
    const chosen = managed.dcv.approver ?? null;
    if (context.options['json'] === true) {
      context.output.json({ certificate: managed.name, addresses, chosen });
    } else if (addresses.length === 0) {
      context.output.line(`${managed.provider} offers no address that all names may use`);
    } else {
      for (const address of addresses)
        context.output.line(
          `${address}${address.toLowerCase() === chosen?.toLowerCase() ? '   (chosen)' : ''}`,
        );
      if (chosen === null) context.output.line('\nSet `dcv: { method: email, approver: … }` to one of them.');
    }
    return exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
