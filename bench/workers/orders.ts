/**
 * New certificates ordered, proved, collected and deployed by the compiled renewd, in the daemon's own loop:
 * `orders PACKAGE`.
 */
import { Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Runtime } from '../../src/cli/context.ts';
import type { Store } from '../../src/contracts/store.ts';
import { serve } from '../child.ts';
import { compiled, newComposer } from '../world/renewd.ts';

const [root = ''] = process.argv.slice(2);
const composer = await newComposer(root);
const startLoop = await compiled(root, 'startLoop');
const { clock } = await compiled(root, 'realWorld');
setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

export interface OrderRun {
  readonly config: string;
  /** The vendor's URL, whose connections are counted. */
  readonly vendor: string;
  /** The sandbox's control API: its CA issues once every order waits for it. Absent: when it likes. */
  readonly releasedBy?: string;
}

export interface OrderFigures {
  readonly ms: number;
  readonly cpuMs: number;
  /** Most orders that were open at the same moment. */
  readonly inFlight: number;
  /** Durable commits for one order, everything counted, and those that a look without news cost among them. */
  readonly commits: number;
  readonly waitingCommits: number;
  /** Datagrams sent for one order. */
  readonly datagrams: number;
  readonly residentMegabytes: number;
  /** The longest that the event loop was held up. */
  readonly delayMs: number;
  readonly connections: number;
  /** Heap that one order takes while it waits for its CA; only with `releasedBy`. */
  readonly waitingBytes: number | undefined;
  /** For each order: from its beginning to the end, and how much of that was a pause that renewd made on purpose. */
  readonly spans: readonly { readonly ms: number; readonly pausedMs: number; readonly polls: number }[];
}

const timeoutMs = 540_000;

const commitsIn = [
  'createRenewal',
  'updateRenewal',
  'saveChallenges',
  'saveCertificates',
  'saveEvents',
  'markEventAcknowledged',
  'makeDue',
  'appendLedger',
] as const satisfies readonly (keyof Store)[];

/** Counts what is committed, from now on. */
function watchStore(store: Store): {
  commits: number;
  waiting: number;
  readonly pauses: Map<string, { ms: number; polls: number }>;
} {
  const seen = { commits: 0, waiting: 0, pauses: new Map<string, { ms: number; polls: number }>() };
  for (const name of commitsIn) {
    const original = store[name];
    Reflect.set(store, name, (...given: readonly unknown[]): unknown => {
      seen.commits += 1;
      return Reflect.apply(original, store, given);
    });
  }
  const counted = store.updateRenewal.bind(store);
  Reflect.set(store, 'updateRenewal', (...given: Parameters<Store['updateRenewal']>) => {
    const [id, , { nextAt, leafPem }, , now] = given;
    if (nextAt != null && nextAt > now && leafPem === undefined) {
      const so = seen.pauses.get(id) ?? { ms: 0, polls: 0 };
      seen.pauses.set(id, { ms: so.ms + nextAt.getTime() - now.getTime(), polls: so.polls + 1 });
      seen.waiting += 1;
    }
    return counted(...given);
  });
  return seen;
}

let datagramsSent = 0;
const sendDatagram = Reflect.get(Socket.prototype, 'send');
Reflect.set(Socket.prototype, 'send', function send(this: Socket, ...given: readonly unknown[]): unknown {
  datagramsSent += 1;
  return Reflect.apply(sendDatagram, this, given);
});

function connectionsTo(vendor: string): number {
  const port = Number(new URL(vendor).port).toString(16).toUpperCase().padStart(4, '0');
  // Fields: number, local address, remote address, state; 01 is ESTABLISHED.
  const rows = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  return rows.filter(([, , remote, state]) => remote?.endsWith(`:${port}`) === true && state === '01').length;
}

function heapAfterCollection(): number {
  if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function untilServed(
  runtime: Runtime,
  run: OrderRun,
  look: (inFlight: number) => void,
): Promise<number | undefined> {
  const { driver } = runtime;
  const deadline = performance.now() + timeoutMs;
  const count = runtime.configuration.certificates.length;
  let waitingHeap: number | undefined;
  for (;;) {
    await pause(100);
    const open = driver.entries().filter((entry) => entry.open !== undefined);
    look(open.filter(({ open: renewal }) => renewal?.orderedAt != null).length);
    const waiting = open.filter(({ open: renewal }) => renewal?.state === 'awaiting-issuance').length;
    if (run.releasedBy !== undefined && waitingHeap === undefined && waiting === count) {
      waitingHeap = heapAfterCollection();
      const body = JSON.stringify({ delayMs: 0 });
      await fetch(`${run.releasedBy}/ca`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    }
    const settled = driver
      .entries()
      .every((entry) => entry.open === undefined && !entry.dirty && entry.issued !== undefined);
    if (settled) return waitingHeap;
    if (performance.now() > deadline) throw new Error(`${open.length} orders are not through`);
  }
}

export const handlers = {
  run: async (run: OrderRun): Promise<OrderFigures> => {
    const { configuration } = await composer.load(run.config);
    if (configuration === undefined) throw new Error('the configuration has mistakes');
    const runtime = await composer.openRuntime(configuration, { quiet: true, begin: true });
    const { driver, store } = runtime;
    await driver.configure(configuration);
    const seen = watchStore(store);
    const sentBefore = datagramsSent;
    let inFlight = 0;
    let connections = 0;
    let resident = 0;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const heapBefore = heapAfterCollection();
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const loop = startLoop(driver, clock, silent, () => undefined);
    driver.onProgress(() => loop.nudge());
    const waitingHeap = await untilServed(runtime, run, (now) => {
      inFlight = Math.max(inFlight, now);
      connections = Math.max(connections, connectionsTo(run.vendor));
      resident = Math.max(resident, process.memoryUsage.rss());
    });
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    delay.disable();
    driver.stop();
    await loop.stop();
    await driver.idle();
    const count = configuration.certificates.length;
    const spans = [];
    for (const { managed } of driver.entries()) {
      const [renewal] = await store.renewalsOf(managed.name, 1);
      if (renewal?.state !== 'served') {
        const why = renewal?.failure?.message ?? '';
        throw new Error(`${managed.name} is ${renewal?.state ?? 'not begun'}: ${why}`);
      }
      const { ms: pausedMs, polls } = seen.pauses.get(renewal.id) ?? { ms: 0, polls: 0 };
      spans.push({ ms: renewal.updatedAt.getTime() - renewal.createdAt.getTime(), pausedMs, polls });
    }
    await runtime.close();
    return {
      ms,
      cpuMs: (user + system) / 1000,
      inFlight,
      commits: seen.commits / count,
      waitingCommits: seen.waiting / count,
      datagrams: (datagramsSent - sentBefore) / count,
      residentMegabytes: resident / 2 ** 20,
      delayMs: delay.max / 1e6,
      connections,
      waitingBytes: waitingHeap === undefined ? undefined : (waitingHeap - heapBefore) / count,
      spans,
    };
  },
} as const;

serve(handlers);
