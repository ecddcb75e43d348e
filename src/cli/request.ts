/** Hands an operator's word to whoever drives: the running daemon, or this process when none runs. Then watches. */
import { randomUUID } from 'node:crypto';
import type { OperatorRequest, Store, StoredLedgerEntry } from '../contracts/store.ts';
import type { Configuration } from '../core/certificate.ts';
import { minuteMs } from '../core/durations.ts';
import type { Renewal } from '../core/renewal.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { followRenewal, type Followed } from './follow.ts';
import { driveFor } from './once.ts';
import { configurationOf, durationOption } from './shared.ts';
import { summary } from './summary.ts';

export function requestAndFollow(
  context: CliContext,
  configuration: Configuration,
  kind: OperatorRequest['kind'],
  options: OperatorRequest['options'],
): Promise<number> {
  const [certificate = ''] = context.names;
  return askAndFollow(context, configuration, (store, at) =>
    store.addRequest({ id: randomUUID(), at, certificate, kind, options, by: context.user }),
  );
}

/** `say` stores the word; `isLeft` tells whether something is still to be waited for once the renewal has ended. */
export async function askAndFollow(
  context: CliContext,
  configuration: Configuration,
  say: (store: Store, at: Date) => Promise<void>,
  isLeft: (store: Store) => Promise<boolean> = () => Promise.resolve(false),
): Promise<number> {
  const [certificate = ''] = context.names;
  const { output, clock, composer } = context;
  const waitMs = durationOption(context, 'wait', 10 * minuteMs);
  const json = context.options['json'] === true;
  const store = await composer.openStore(configuration, { begin: true });
  try {
    const since = clock.now();
    const ask = (): Promise<void> => say(store, since);
    const show = (entry: StoredLedgerEntry): void => {
      if (!json)
        output.line(`${entry.at.toISOString().slice(11, 19)}  ${entry.subject.padEnd(17)} ${entry.text}`);
    };
    if (waitMs === 0) {
      await ask();
      if (json) output.json({ certificate, requested: true });
      else output.line(`asked for; the daemon takes it up (renewd status ${certificate})`);
      return exitCodes.ok;
    }
    const watch = (settled?: () => boolean): Promise<Followed> =>
      followRenewal(store, certificate, since, clock, waitMs, show, settled, () => isLeft(store));
    const lease = await composer.takeLease(store);
    if (lease === undefined) {
      await ask();
      return report(context, certificate, (await watch()).renewal);
    }
    try {
      return report(context, certificate, await drive(context, certificate, waitMs, lease.lost, ask, watch));
    } finally {
      await lease.release();
    }
  } finally {
    await store.close();
  }
}

/** No daemon runs: the work is done here, which needs the secrets that asking does not. */
async function drive(
  context: CliContext,
  certificate: string,
  waitMs: number,
  lost: AbortSignal,
  ask: () => Promise<void>,
  watch: (settled: () => boolean) => Promise<Followed>,
): Promise<Renewal | undefined> {
  const { composer, clock } = context;
  const runtime = await composer.openRuntime(await configurationOf(context), { quiet: true, begin: true });
  try {
    await ask();
    let driven = false;
    const driving = driveFor(runtime, clock, waitMs, lost, new Set([certificate])).finally(() => {
      driven = true;
    });
    const watching = watch(() => driven).finally(() => runtime.driver.stop());
    const [{ renewal }] = await Promise.all([watching, driving]);
    return renewal;
  } finally {
    await runtime.close();
  }
}

function report(context: CliContext, certificate: string, renewal: Renewal | undefined): number {
  const { output } = context;
  // Given up because a person said so is what was asked for.
  const cancelled = context.options['cancel'] === true && renewal?.state === 'failed';
  const code =
    renewal === undefined || cancelled
      ? exitCodes.ok
      : renewal.state === 'served'
        ? exitCodes.changed
        : renewal.state === 'blocked'
          ? exitCodes.needsPerson
          : renewal.state === 'failed'
            ? exitCodes.failed
            : exitCodes.ok;
  if (context.options['json'] === true) {
    output.json({ certificate, renewal: renewal === undefined ? null : summary(renewal) });
  } else if (renewal === undefined) {
    output.line('nothing was begun; `renewd plan` says why');
  } else {
    const why = renewal.failure === null ? '' : `: ${renewal.failure.message}`;
    output.line(`${certificate} is ${renewal.state}${why}`);
  }
  return code;
}
