/** `renewd once`: one pass, followed while short waits last. */
import type { Clock } from '../contracts/platform.ts';
import { minuteMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import type { Command, Runtime } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf, durationOption } from './shared.ts';
import { summary } from './summary.ts';

/**
 * Drives until nothing is due before the deadline, or every certificate of `only` is settled. Returns nothing: the store
 * knows what happened. Once the lease is lost nothing more is begun; then it throws what the lease says.
 */
export async function driveFor(
  runtime: Runtime,
  clock: Clock,
  waitMs: number,
  lost: AbortSignal,
  only?: ReadonlySet<string>,
): Promise<void> {
  const { driver } = runtime;
  lost.addEventListener('abort', () => driver.stop(), { once: true });
  const deadline = clock.now().getTime() + waitMs;
  await driver.configure(runtime.configuration);
  await driver.pass();
  for (;;) {
    await driver.idle();
    lost.throwIfAborted();
    await driver.advanceDue();
    await driver.idle();
    const open = driver
      .entries()
      .filter((entry) => entry.open !== undefined && entry.open.state !== 'blocked');
    const concerned = only === undefined ? open : open.filter(({ managed }) => only.has(managed.name));
    const dirty = driver.entries().some((entry) => entry.dirty);
    if (concerned.length === 0 && !dirty) return;
    const next = driver.nextWake()?.getTime() ?? Number.POSITIVE_INFINITY;
    if (next > deadline || clock.now().getTime() > deadline) return;
    await clock.sleep(Math.max(next - clock.now().getTime(), 5), lost);
  }
}

export const once: Command = async (context) => {
  const configuration = await configurationOf(context);
  const { composer, clock, output } = context;
  const waitMs = durationOption(context, 'wait', 10 * minuteMs);
  const runtime = await composer.openRuntime(configuration, { quiet: false, begin: true });
  try {
    const lease = await composer.takeLease(runtime.store);
    if (lease === undefined)
      throw new RenewdError(
        'store-locked',
        'a daemon works with this store; ask it with `renewd renew NAME`',
      );
    const since = clock.now();
    try {
      await driveFor(runtime, clock, waitMs, lease.lost);
      await runtime.passMade();
    } finally {
      runtime.driver.stop();
      await runtime.driver.idle();
      await lease.release();
    }
    const touched = [];
    for (const { managed } of runtime.driver.entries()) {
      const [renewal] = await runtime.store.renewalsOf(managed.name, 1);
      if (renewal !== undefined && renewal.updatedAt >= since) touched.push(renewal);
    }
    const decisions = runtime.driver
      .entries()
      .flatMap(({ managed, decision }) =>
        decision?.action === 'blocked' ? [{ name: managed.name, sentence: decision.sentence }] : [],
      );
    if (context.options['json'] === true) {
      output.json({
        renewals: touched.map((renewal) => ({ certificate: renewal.certificate, ...summary(renewal) })),
        blocked: decisions,
      });
    } else {
      for (const renewal of touched)
        output.line(`${renewal.certificate}: ${renewal.action} is ${renewal.state}`);
      for (const { name, sentence } of decisions) output.line(`${name}: blocked: ${sentence}`);
      if (touched.length === 0 && decisions.length === 0) output.line('nothing to do');
    }
    if (decisions.length > 0 || touched.some(({ state }) => state === 'blocked'))
      return exitCodes.needsPerson;
    if (touched.some(({ state }) => state === 'failed')) return exitCodes.failed;
    return touched.some(({ state }) => state === 'served') ? exitCodes.changed : exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
