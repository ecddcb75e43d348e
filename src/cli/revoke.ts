/** `renewd revoke NAME`: at the provider, with a reason, once, and only when really meant. */
import { revocationReasons } from '../contracts/provider.ts';
import { RenewdError } from '../core/errors.ts';
import { certificateFacts, parseCertificate } from '../pki/certificate.ts';
import { readPem } from '../pki/pem.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf, managedCertificate } from './shared.ts';

export const revoke: Command = async (context) => {
  const configuration = await configurationOf(context);
  const managed = managedCertificate(configuration, context.names[0] ?? '');
  const reason = revocationReasons.find((one) => one === context.options['reason']);
  if (reason === undefined)
    throw new RenewdError('usage', `--reason takes one of ${revocationReasons.join(', ')}`);
  if (context.options['yes'] !== true) {
    throw new RenewdError('usage', `revoking ${managed.name} cannot be undone; add --yes when it is meant`);
  }
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const issued = await runtime.store.newestIssued(managed.name);
    if (issued?.leafPem == null || issued.certificateId === null) {
      throw new RenewdError(
        'provider-object-missing',
        `the store knows no order behind ${managed.name}; revoke it at the provider`,
      );
    }
    const leaf = readPem(issued.leafPem).blocks[0];
    if (leaf === undefined) throw new RenewdError('internal', 'the stored certificate cannot be read');
    const { serialHex } = certificateFacts(parseCertificate(leaf.der));
    const entry = {
      at: context.clock.now(),
      certificate: managed.name,
      renewalId: issued.id,
      provider: issued.provider,
      charged: null,
      paid: false,
      detail: { serialHex, reason, by: context.user },
    };
    const said = `${context.user} revokes ${serialHex}: ${reason}`;
    await runtime.store.appendLedger([{ ...entry, kind: 'intent', subject: 'revoke', text: said }]);
    const provider = await runtime.provider(issued.provider);
    const handle = {
      certificateId: issued.certificateId,
      ...(issued.orderId === null ? {} : { orderId: issued.orderId }),
    };
    await provider.revoke(handle, serialHex, reason, new AbortController().signal);
    const done = `${issued.provider} took the revocation of ${serialHex}`;
    await runtime.store.appendLedger([
      { ...entry, at: context.clock.now(), kind: 'outcome', subject: 'revoke', text: done },
    ]);
    if (context.options['json'] === true)
      context.output.json({ certificate: managed.name, serialHex, reason, revoked: true });
    else context.output.line(`${done}; \`renewd renew ${managed.name} --new-key\` replaces it`);
    return exitCodes.changed;
  } finally {
    await runtime.close();
  }
};
