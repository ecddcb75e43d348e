/** Orders: CPU time, overhead, a thousand at once, and their durable parts; the simulated reseller is another process. */
import { readFileSync } from 'node:fs';
import type { Bench } from '../bench.ts';
import { startWorker, type Worker } from '../child.ts';
import { megabytes, ms } from '../report.ts';
import { writeOrders } from '../world/inventory.ts';
import type { handlers as floorHandlers } from '../workers/order-floor.ts';
import type { OrderFigures, handlers as orderHandlers } from '../workers/orders.ts';
import type { handlers as sandboxHandlers } from '../workers/sandbox.ts';
import { measureOrderParts } from './order-parts.ts';

export async function measureOrders(bench: Bench): Promise<void> {
  await measureOrderParts(bench);
  await withWorkers(bench, async (trial) => {
    await cpuOfAnOrder(bench, trial);
    await overheadOfAnOrder(bench, trial);
  });
  await withWorkers(bench, (trial) => manyInFlight(bench, trial));
}

interface TrialOptions {
  readonly name: string;
  readonly orders: number;
  readonly accounts: number;
  readonly issuanceMs: number;
  readonly answerMs: number;
  /** The CA waits until every order waits for it. */
  readonly together?: boolean;
}

type FloorFigures = Awaited<ReturnType<(typeof floorHandlers)['run']>>;

interface Trial {
  readonly figures: OrderFigures;
  /** For one order. */
  readonly requests: number;
  readonly plain: FloorFigures;
  readonly whole: FloorFigures;
}

type Try = (options: TrialOptions) => Promise<Trial>;

async function withWorkers(bench: Bench, measure: (trial: Try) => Promise<void>): Promise<void> {
  const { root, env } = bench;
  const sandbox = startWorker<typeof sandboxHandlers>('sandbox', [root], env);
  const renewd = startWorker<typeof orderHandlers>('orders', [root], env);
  const floor = startWorker<typeof floorHandlers>('order-floor', [], env);
  try {
    await measure((options) => tryOrders(bench, options, { sandbox, renewd, floor }));
  } finally {
    await Promise.all([renewd.stop(), floor.stop(), sandbox.stop()]);
  }
}

interface Workers {
  readonly sandbox: Worker<typeof sandboxHandlers>;
  readonly renewd: Worker<typeof orderHandlers>;
  readonly floor: Worker<typeof floorHandlers>;
}

async function tryOrders(bench: Bench, options: TrialOptions, workers: Workers): Promise<Trial> {
  const { name, orders, accounts, issuanceMs, answerMs, together = false } = options;
  const { sandbox, renewd, floor } = workers;
  bench.say(`${orders} orders: ${name}`);
  const { vendor, dns, control, rootPem } = await sandbox.ask('addresses');
  const directory = `${bench.directory}/orders-${name.replaceAll(' ', '-')}`;
  const resolver = `${dns.host}:${dns.port}`;
  const config = writeOrders({ directory, orders, accounts, vendor, dns: resolver });
  await sandbox.ask('pace', { issuanceMs, answerMs });
  const before = await sandbox.ask('requests');
  const figures = await renewd.ask('run', { config, vendor, ...(together ? { releasedBy: control } : {}) });
  const requests = ((await sandbox.ask('requests')) - before) / orders;
  const work = {
    url: `${vendor}/api/call.cgi`,
    orders,
    requests: Math.round(requests),
    commits: Math.round(figures.commits),
  };
  const chainPem = readFileSync(`${directory}/tls/o0/fullchain.pem`, 'latin1');
  const plain = await floor.ask('run', { ...work, directory: `${directory}/plain` });
  const datagrams = Math.round(figures.datagrams);
  const whole = await floor.ask('run', {
    ...work,
    directory: `${directory}/whole`,
    whole: { dns, datagrams, chainPem, rootPem },
  });
  return { figures, requests, plain, whole };
}

/** Twice: the first pays for loading and compiling. */
async function cpuOfAnOrder(bench: Bench, trial: Try): Promise<void> {
  const { orders } = bench;
  for (const name of ['libraries loaded first', 'again']) {
    const { figures, requests, plain, whole } = await trial({
      name,
      orders,
      accounts: 10,
      issuanceMs: 8000,
      answerMs: 0,
    });
    const what = `CPU per order, ${figures.inFlight} in flight, ${name}`;
    const goal = name === 'again' ? { goal: ['≤ 2 ×', figures.cpuMs <= 2 * plain.cpuMs] as const } : {};
    bench.add({
      what,
      figure: ms(figures.cpuMs / orders),
      floor: `${ms(plain.cpuMs / orders)} (${requests.toFixed(1)} requests, ${figures.commits.toFixed(1)} commits, 5 files)`,
      ratio: figures.cpuMs / plain.cpuMs,
      ...goal,
    });
    bench.add({
      what: '… beside all that an order needs',
      figure: ms(figures.cpuMs / orders),
      floor: `${ms(whole.cpuMs / orders)} (also key, request, ${figures.datagrams.toFixed(1)} datagrams, chain)`,
      ratio: figures.cpuMs / whole.cpuMs,
    });
    if (name !== 'again') continue;
    bench.add({
      what: '… commits, those of polls without news among them',
      figure: `${figures.commits.toFixed(1)}, ${figures.waitingCommits.toFixed(1)}`,
      goal: ['≤ 6', figures.commits <= 6],
    });
  }
}

/** Answers take 50 ms; what an order takes beyond them and beyond the pauses that renewd makes between its looks. */
async function overheadOfAnOrder(bench: Bench, trial: Try): Promise<void> {
  const answerMs = 50;
  for (const [orders, limit] of [
    [10, 1.1],
    [100, 1.4],
  ] as const) {
    const accounts = Math.min(orders, 50);
    const name = `${orders} with slow answers`;
    const { figures, requests, whole } = await trial({ name, orders, accounts, issuanceMs: 0, answerMs });
    const polls = mean(figures.spans.map((span) => span.polls));
    // Each order sends as many requests as the others, and one more for each of its own looks without news.
    const ideals = figures.spans.map((span) => span.pausedMs + (requests + span.polls - polls) * answerMs);
    const over = figures.spans.map((span, index) => span.ms - (ideals[index] ?? 0));
    const floorOver = whole.spans.map((span) => span - Math.round(requests) * answerMs);
    const ratio = mean(figures.spans.map((span) => span.ms)) / mean(ideals);
    bench.add({
      what: `an order beside the reseller's answers and the pauses, ${orders} in flight`,
      figure: ms(mean(figures.spans.map((span) => span.ms))),
      floor: `${ms(mean(ideals))} (answers and pauses)`,
      ratio,
      goal: [`≤ ${limit} ×`, ratio <= limit],
    });
    bench.add({
      what: '… overhead, 99th percentile',
      figure: ms(percentile(over, 0.99)),
      floor: `${ms(percentile(floorOver, 0.99))} (all that an order needs)`,
      ratio: percentile(over, 0.99) / percentile(floorOver, 0.99),
      ...(orders === 10
        ? { goal: ['≤ 1.5 ×', percentile(over, 0.99) <= 1.5 * percentile(floorOver, 0.99)] as const }
        : {}),
    });
  }
}

async function manyInFlight(bench: Bench, trial: Try): Promise<void> {
  const orders = bench.orders * 10;
  const accounts = 50;
  // Libraries and code that was compiled are no part of what an order takes.
  await trial({ name: 'to begin with', orders: 20, accounts, issuanceMs: 0, answerMs: 0 });
  const { figures, whole } = await trial({
    name: 'all at once',
    orders,
    accounts,
    // Until it is told otherwise.
    issuanceMs: 3_600_000,
    answerMs: 0,
    together: true,
  });
  const perSecond = (orders * 1000) / figures.ms;
  const floorPerSecond = (orders * 1000) / whole.ms;
  const label = `${figures.inFlight} in flight`;
  bench.add({
    what: `orders per second, ${label}, all served`,
    figure: perSecond.toFixed(1),
    floor: floorPerSecond.toFixed(1),
    ratio: perSecond / floorPerSecond,
    goal: ['≥ 0.6 ×', perSecond >= 0.6 * floorPerSecond],
  });
  bench.add({
    what: '… CPU per order',
    figure: ms(figures.cpuMs / orders),
    floor: `${ms(whole.cpuMs / orders)} (all that an order needs)`,
    ratio: figures.cpuMs / whole.cpuMs,
  });
  bench.add({
    what: '… resident memory at most',
    figure: megabytes(figures.residentMegabytes),
    floor: megabytes(whole.residentMegabytes),
    ratio: figures.residentMegabytes / whole.residentMegabytes,
    goal: ['≤ 1.5 ×', figures.residentMegabytes <= 1.5 * whole.residentMegabytes],
  });
  bench.add({
    what: '… event loop held up at most',
    figure: ms(figures.delayMs),
    goal: ['≤ 200 ms', figures.delayMs <= 200],
  });
  bench.add({
    what: `… connections to the reseller at most, ${accounts} accounts`,
    figure: String(figures.connections),
    goal: [`≤ ${5 * accounts}`, figures.connections <= 5 * accounts],
  });
  const { waitingBytes = Number.NaN } = figures;
  bench.add({
    what: '… heap of an order that waits for its CA',
    figure: `${(waitingBytes / 1024).toFixed(1)} KB`,
    goal: ['≤ 4 KB', waitingBytes <= 4096],
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
