/** `renewd resend NAME`: the provider is asked to look again, or to send its mail again. */
import { RenewdError } from '../core/errors.ts';
import { handleOf } from '../renewal/order/request.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf, managedCertificate } from './shared.ts';

const timeoutMs = 60_000;

export const resend: Command = async (context) => {
  const configuration = await configurationOf(context);
  const managed = managedCertificate(configuration, context.names[0] ?? '');
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const [open] = (await runtime.store.openRenewals()).filter(
      ({ certificate }) => certificate === managed.name,
    );
    if (open === undefined || (open.state !== 'awaiting-dcv' && open.state !== 'awaiting-issuance')) {
      throw new RenewdError(
        'usage',
        `no order of ${managed.name} waits for validation (renewd status ${managed.name})`,
      );
    }
    const provider = await runtime.provider(open.provider);
    await provider.retryValidation(handleOf(open), AbortSignal.timeout(timeoutMs));
    const text = `${context.user} had ${open.provider} validate again${open.dcvMethod === 'email' ? ': the mail is sent again' : ''}`;
    const entry = { certificate: managed.name, renewalId: open.id, provider: open.provider };
    await runtime.store.appendLedger([
      {
        ...entry,
        at: context.clock.now(),
        kind: 'note',
        subject: 'resend',
        text,
        charged: null,
        paid: false,
        detail: { by: context.user },
      },
    ]);
    if (context.options['json'] === true) context.output.json({ certificate: managed.name, asked: true });
    else context.output.line(text);
    return exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
