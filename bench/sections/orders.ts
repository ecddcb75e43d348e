/** CPU time of an order with a hundred of them in flight; the simulated reseller is another process. */
import type { Bench } from '../bench.ts';
import { startWorker } from '../child.ts';
import { ms } from '../report.ts';
import { writeOrders } from '../world/inventory.ts';
import type { handlers as floorHandlers } from '../workers/order-floor.ts';
import type { handlers as orderHandlers } from '../workers/orders.ts';
import type { handlers as sandboxHandlers } from '../workers/sandbox.ts';

export async function measureOrders(bench: Bench): Promise<void> {
  const { directory, root, env, orders } = bench;
  const sandbox = startWorker<typeof sandboxHandlers>('sandbox', [root], env);
  const worker = startWorker<typeof orderHandlers>('orders', [root], env);
  const floorWorker = startWorker<typeof floorHandlers>('order-floor', [], env);
  try {
    const { vendor, dns } = await sandbox.ask('addresses');
    for (const round of ['first', 'second']) {
      bench.say(`${orders} orders, ${round} time`);
      const config = writeOrders({ directory: `${directory}/orders-${round}`, orders, vendor, dns });
      const before = await sandbox.ask('requests');
      const figures = await worker.ask('run', { config });
      const requests = ((await sandbox.ask('requests')) - before) / orders;
      const floor = await floorWorker.ask('run', {
        directory: `${directory}/floor-${round}`,
        url: `${vendor}/api/call.cgi`,
        orders,
        requests: Math.round(requests),
        commits: Math.round(figures.commits),
      });
      bench.add({
        what: `CPU per order, ${figures.inFlight} in flight${round === 'first' ? ', libraries loaded first' : ''}`,
        figure: ms(figures.cpuMs / orders),
        floor: `${ms(floor.cpuMs / orders)} (${requests.toFixed(1)} requests, ${figures.commits.toFixed(0)} commits, 5 files)`,
        ratio: figures.cpuMs / floor.cpuMs,
        ...(round === 'second' ? { goal: ['≤ 2 ×', figures.cpuMs <= 2 * floor.cpuMs] as const } : {}),
      });
    }
  } finally {
    await Promise.all([worker.stop(), floorWorker.stop(), sandbox.stop()]);
  }
}
