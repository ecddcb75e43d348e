/** `renewd plan`: the daemon's own decision, without its effects, and what a paid action would cost. */
import { effectOf, type VerbEffect } from '../contracts/capabilities.ts';
import { formatMoney, type Money } from '../core/money.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import type { Decision } from '../renewal/plan/decide.ts';
import { entryFor } from '../renewal/second-provider.ts';
import type { Entry } from '../renewal/watchlist.ts';
import type { CliContext, Command, Runtime } from './context.ts';
import { draftRequest } from './draft-request.ts';
import { exitCodes } from './exit-codes.ts';
import type { Style } from './output.ts';
import { configurationOf, managedCertificate } from './shared.ts';
import { spendingLines } from './spending.ts';
import { table } from './table.ts';

interface PlanRow {
  readonly name: string;
  readonly action: Decision['action'];
  readonly reason: Decision['reason'];
  readonly sentence: string;
  /** When it is or will be done; null: cannot be said. */
  readonly at: Date | null;
  readonly dueAt: Date | null;
  readonly emergencyAt: Date | null;
  readonly paidUntil: Date | null;
  /** Who is asked. */
  readonly provider: string;
  /** Who would be asked from `emergencyAt` on, where the first gets nowhere. */
  readonly failover: string | null;
  /** What the verb does at this provider; null when nothing would be ordered. */
  readonly effect: VerbEffect | null;
  readonly price: Money | null;
  /** Why there is no price for a paid action. */
  readonly priceUnknown: string | null;
}

const priceTimeoutMs = 30_000;

async function priceOf(
  entry: Entry,
  action: 'create' | 'renew',
  runtime: Runtime,
): Promise<Pick<PlanRow, 'price' | 'priceUnknown'>> {
  const { managed, record } = entry;
  if (!runtime.capabilities(managed.provider).pricePreview) {
    return { price: null, priceUnknown: `${managed.provider} has no price preview` };
  }
  try {
    const request = await draftRequest(managed, action, record);
    const provider = await runtime.provider(managed.provider);
    const price = await provider.preview?.(request, AbortSignal.timeout(priceTimeoutMs));
    return price === undefined
      ? { price: null, priceUnknown: 'the provider cannot say' }
      : { price, priceUnknown: null };
  } catch (thrown) {
    return { price: null, priceUnknown: toRenewdError(thrown).message };
  }
}

async function rowOf(entry: Entry, runtime: Runtime, offline: boolean): Promise<PlanRow> {
  const { record, decision } = entry;
  if (decision === undefined) throw new RenewdError('internal', `${entry.managed.name} was not assessed`);
  const managed = entryFor(entry.managed, decision.provider);
  const { action } = decision;
  const effect =
    action === 'create' || action === 'reissue' || action === 'renew'
      ? (effectOf(runtime.capabilities(managed.provider), action) ?? null)
      : null;
  const asks = !offline && (action === 'create' || action === 'renew');
  const cost = asks
    ? await priceOf({ ...entry, managed }, action, runtime)
    : { price: null, priceUnknown: effect?.invoice === 'charged' ? 'not asked' : null };
  return {
    name: managed.name,
    action,
    reason: decision.reason,
    sentence: decision.sentence,
    at: decision.until,
    dueAt: decision.moments?.dueAt ?? null,
    emergencyAt: decision.moments?.emergencyAt ?? null,
    paidUntil: record?.paidUntil ?? null,
    provider: decision.provider,
    failover: entry.managed.failover?.provider ?? null,
    effect,
    ...cost,
  };
}

const styles: Readonly<Record<Decision['action'], Style>> = {
  none: 'good',
  create: 'warn',
  renew: 'warn',
  reissue: 'warn',
  resume: 'warn',
  deploy: 'warn',
  wait: 'dim',
  blocked: 'bad',
};

function whenOf(row: PlanRow): string {
  if (row.action === 'none' || row.action === 'wait')
    return row.at === null ? '-' : row.at.toISOString().slice(0, 16).replace('T', ' ');
  return row.action === 'blocked' ? 'a person' : 'now';
}

function costOf(row: PlanRow): string {
  if (row.effect === null) return '-';
  if (row.effect.invoice === 'free') return 'free';
  return row.price === null ? 'paid, price unknown' : formatMoney(row.price);
}

/** What the verb does at this provider, as the provider's data declares it. */
function effectSentence(effect: VerbEffect): string {
  const parts = [
    effect.invoice === 'charged' ? 'is charged' : 'is free of charge',
    effect.paidUntil === 'new' ? 'begins a new paid term' : 'keeps the paid term',
    effect.notAfter === 'new' ? 'gives a new end' : 'keeps the end of the certificate',
    effect.key === 'new' ? 'takes a new key' : 'keeps the key',
    effect.earlierCertificates === 'kept' ? 'leaves earlier certificates valid' : 'ends earlier certificates',
    effect.certificateId === 'new' ? 'gets an id of its own' : 'keeps its id',
  ];
  return parts.join(', ');
}

function print(rows: readonly PlanRow[], { output }: CliContext): void {
  const cells = rows.map((row) => [
    { text: row.name },
    { text: row.action, paint: (text: string) => output.paint(styles[row.action], text) },
    { text: whenOf(row) },
    { text: costOf(row) },
    { text: row.reason },
    { text: row.sentence },
  ]);
  const columns = [
    { title: 'NAME', least: 12 },
    { title: 'ACTION' },
    { title: 'WHEN (UTC)' },
    { title: 'COST' },
    { title: 'REASON', leaveOut: 1 },
    { title: 'WHY', least: 20, leaveOut: 2 },
  ];
  for (const line of table(columns, cells, output.columns)) output.line(line);
  const sums = new Map<string, number>();
  for (const { price } of rows)
    if (price !== null) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.hundredths);
  for (const [currency, hundredths] of sums)
    output.line(`\nTo be paid now: ${formatMoney({ hundredths, currency })}`);
  for (const { name, failover, emergencyAt, provider } of rows)
    if (failover !== null && failover !== provider)
      output.line(
        `${name}: from ${emergencyAt?.toISOString().slice(0, 10) ?? 'the third failure in a row'} on ${failover} is asked where ${provider} gets nowhere`,
      );
  for (const row of rows)
    if (row.effect !== null) output.line(`${row.name}: ${row.action} ${effectSentence(row.effect)}`);
  for (const row of rows)
    if (row.priceUnknown !== null && row.effect?.invoice === 'charged')
      output.line(`${row.name}: no price: ${row.priceUnknown}`);
}

export const plan: Command = async (context) => {
  const configuration = await configurationOf(context, { secrets: false });
  const wanted = new Set(context.names.map((name) => managedCertificate(configuration, name).name));
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const entries = (await runtime.driver.assess(configuration)).filter(
      ({ managed }) => wanted.size === 0 || wanted.has(managed.name),
    );
    const rows = [];
    for (const entry of entries) rows.push(await rowOf(entry, runtime, context.options['offline'] === true));
    if (context.options['json'] === true)
      context.output.json({
        at: context.clock.now(),
        certificates: rows,
        spending: await runtime.status.spending(),
      });
    else {
      print(rows, context);
      for (const line of spendingLines(await runtime.status.spending())) context.output.line(line);
    }
    return rows.some(({ action }) => action === 'blocked') ? exitCodes.needsPerson : exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
