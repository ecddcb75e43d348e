/** `renewd compromise NAME`: the key is lost. Says it to the store in one step; whoever drives does the rest. */
import type { Store } from '../contracts/store.ts';
import type { Configuration } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import type { RevocationDue } from '../core/revocation.ts';
import { compromiseOf, type Compromise } from '../renewal/compromise.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { askAndFollow } from './request.ts';
import { configurationOf, managedCertificate } from './shared.ts';

export const compromise: Command = async (context) => {
  const configuration = await configurationOf(context, { secrets: false });
  const managed = managedCertificate(configuration, context.names[0] ?? '');
  if (context.options['revoked'] === true) return settleByWord(context, configuration);
  if (context.options['yes'] !== true) {
    throw new RenewdError(
      'usage',
      `the key of ${managed.name} is replaced and its certificates are revoked, which cannot be undone; add --yes when it is meant`,
    );
  }
  if (managed.hold) {
    throw new RenewdError(
      'usage',
      `${managed.name} is held by \`hold: true\`; nothing would be done. Take that away first`,
    );
  }
  const found = await lookAtKeys(context, configuration);
  let byHand: readonly RevocationDue[] = [];
  const code = await askAndFollow(
    context,
    configuration,
    (store) => store.recordCompromise(found.keys, found.due, found.ledger),
    async (store) => {
      const due = await stillDue(store, managed.name);
      byHand = due.filter(({ state }) => state === 'person');
      return due.length > byHand.length;
    },
  );
  if (byHand.length === 0 || code === exitCodes.failed) return code;
  if (context.options['json'] !== true) for (const { detail } of byHand) context.output.line(detail ?? '');
  return exitCodes.needsPerson;
};

/** The same look at files and store as the daemon's; asks nobody and changes nothing. */
async function lookAtKeys(context: CliContext, configuration: Configuration): Promise<Compromise> {
  const [name = ''] = context.names;
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const entries = await runtime.driver.assess(configuration);
    const entry = entries.find(({ managed }) => managed.name === name);
    const found =
      entry === undefined
        ? undefined
        : await compromiseOf(entry, entries, runtime.store, context.user, context.clock.now());
    if (found !== undefined) return found;
    throw new RenewdError(
      'usage',
      `no key of ${name} is known: neither a deploy directory nor the store has a certificate. If the file is damaged, put it back or revoke at the provider`,
    );
  } finally {
    await runtime.close();
  }
}

async function stillDue(store: Store, name: string) {
  return (await store.revocationsDue()).filter(
    ({ certificate, state }) => certificate === name && state !== 'done',
  );
}

/** A person had the certificates revoked where no program could. */
async function settleByWord(context: CliContext, configuration: Configuration): Promise<number> {
  const [name = ''] = context.names;
  const { output, clock, user } = context;
  const store = await context.composer.openStore(configuration, { begin: false });
  try {
    const left = (await stillDue(store, name)).filter(({ state }) => state === 'person');
    for (const due of left) {
      const { serialHex, fingerprint256, provider } = due;
      await store.updateRevocationDue({ ...due, state: 'done', detail: null, nextAt: null }, [
        {
          at: clock.now(),
          certificate: name,
          renewalId: null,
          kind: 'note',
          subject: 'revoke',
          text: `${user} said that ${serialHex} is revoked`,
          provider,
          charged: null,
          paid: false,
          detail: { by: user, serialHex, fingerprint256 },
        },
      ]);
    }
    const serials = left.map(({ serialHex }) => serialHex);
    if (context.options['json'] === true) output.json({ certificate: name, settled: serials });
    else output.line(serials.length === 0 ? 'nothing waited for a person' : `settled: ${serials.join(', ')}`);
    return exitCodes.ok;
  } finally {
    await store.close();
  }
}
